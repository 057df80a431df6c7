"""What core is compiled with under a Cargo package."""

from __future__ import annotations

from cargo_units import recorded_graph, recorded_metadata
from steelmill.cargo.library_codegen import library_codegen
from steelmill.cargo.unit_graph import Profile, Unit, UnitGraph


def changed(graph: UnitGraph, names: tuple[str, ...], profile: Profile) -> UnitGraph:
    def change(unit: Unit) -> Unit:
        named = any(f"#{name}@" in unit.pkg_id for name in names)
        return unit._replace(profile=profile) if named and unit.platform else unit

    return graph._replace(units=tuple(map(change, graph.units)))


def test_the_profile_is_the_one_of_other_packages() -> None:
    graph, metadata = recorded_graph(), recorded_metadata()
    root = graph.units[graph.roots[0]].profile
    codegen = library_codegen(graph, metadata, (), "abort")
    assert (codegen.opt_level, codegen.codegen_units, codegen.bitcode) == (root.opt_level, root.codegen_units, True)
    one = changed(graph, ("heapless",), root._replace(opt_level="3"))
    assert library_codegen(one, metadata, (), "abort") == codegen
    names = tuple({package.name for package in metadata.packages if not package.is_local})
    others = changed(graph, names, root._replace(opt_level="z", codegen_units=4, debug_assertions=True))
    assert library_codegen(others, metadata, (), "abort") == codegen._replace(
        opt_level="z", codegen_units=4, debug_assertions=True
    )


def test_flags_that_shape_code_reach_it() -> None:
    codegen = library_codegen(recorded_graph(), recorded_metadata(), ("-C", "link-arg=-x", "-C", "no-redzone"), "abort")
    assert codegen.flags == ("-Cno-redzone",)
