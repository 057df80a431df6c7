"""How cargo compiles core, compiler_builtins and alloc for a package: by its profile, as packages of others."""

from __future__ import annotations

from collections import Counter

from steelmill.cargo.metadata import Metadata
from steelmill.cargo.unit_graph import Profile, UnitGraph
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.library_flags import library_flags

_NO_LTO = ("false", "off")


def library_codegen(graph: UnitGraph, metadata: Metadata, rustflags: tuple[str, ...], panic: str) -> Codegen:
    """Give the options for the library's crates; ``rustflags`` and ``panic`` are those of the target's units."""
    root = graph.units[graph.roots[0]].profile
    profile = _profile_of_others(graph, metadata) or root
    return Codegen(
        opt_level=profile.opt_level,
        debug=profile.debuginfo,
        debug_assertions=profile.debug_assertions,
        overflow_checks=profile.overflow_checks,
        panic=panic,
        bitcode=root.lto not in _NO_LTO,
        codegen_units=profile.codegen_units,
        flags=library_flags(rustflags),
    )


def _profile_of_others(graph: UnitGraph, metadata: Metadata) -> Profile | None:
    """Give the profile that most packages have that are no members of the workspace: ``package."*"`` is in it.

    What is said of one package by its name is not for the library.
    """
    others = [unit for unit in graph.units if unit.platform and not metadata.package(unit.pkg_id).is_local]
    profiles = Counter(unit.profile for unit in others if not unit.runs_build_script)
    return profiles.most_common(1)[0][0] if profiles else None
