from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.cargo.lto import OBJECT_AND_BITCODE, OFF, ONLY_BITCODE, ONLY_OBJECT, Lto, decide_lto
from steelmill.cargo.unit_graph import Profile, Target, Unit, UnitDependency, UnitGraph

LTO = ("false", "off", "true", "thin", "fat")


def unit(lto: str, *types: str, needs: tuple[int, ...] = (), kind: str = "") -> Unit:
    profile = Profile("release", "s", lto, 1, None, "0", None, False, False, False, False, "abort", "none", ())
    edges = tuple(UnitDependency(index, f"c{index}", public=False, noprelude=False, nounused=False) for index in needs)
    return Unit("id", Target((kind or types[0],), types, "c", "c.rs", "2024"), profile, "t", "build", (), False, edges)


def decide(*units: Unit, roots: tuple[int, ...] = (0,)) -> list[Lto]:
    return list(decide_lto(UnitGraph(units, roots)))


@pytest.mark.parametrize(
    ("lto", "program", "library"),
    [
        ("false", ONLY_OBJECT, ONLY_OBJECT),
        ("off", OFF, OFF),
        ("true", Lto("run"), ONLY_BITCODE),
        ("thin", Lto("run", "thin"), ONLY_BITCODE),
        ("fat", Lto("run", "fat"), ONLY_BITCODE),
    ],
)
@pytest.mark.parametrize("kind", ["bin", "staticlib"])
def test_a_program_decides_for_its_libraries(lto: str, program: Lto, library: Lto, kind: str) -> None:
    assert decide(unit(lto, kind, needs=(1,)), unit(lto, "lib", needs=(2,)), unit(lto, "rlib")) == [
        program,
        library,
        library,
    ]


def test_a_library_that_is_a_program_too_has_both() -> None:
    assert decide(unit("fat", "lib", "staticlib", needs=(1,)), unit("fat", "lib")) == [
        OBJECT_AND_BITCODE,
        OBJECT_AND_BITCODE,
    ]


def test_a_dependency_that_is_a_program_too_has_both() -> None:
    assert decide(unit("fat", "bin", needs=(1,)), unit("fat", "lib", "staticlib", needs=(2,)), unit("fat", "lib")) == [
        Lto("run", "fat"),
        OBJECT_AND_BITCODE,
        OBJECT_AND_BITCODE,
    ]


def test_a_library_between_two_programs_serves_both() -> None:
    units = unit("fat", "bin", needs=(2,)), unit("false", "bin", needs=(2,)), unit("fat", "lib", needs=(3,))
    assert decide(*units, unit("fat", "lib"), roots=(0, 1))[2:] == [OBJECT_AND_BITCODE, OBJECT_AND_BITCODE]


def test_the_host_has_none() -> None:
    macro, script = unit("fat", "proc-macro", needs=(3,)), unit("fat", "bin", kind="custom-build", needs=(3,))
    units = unit("fat", "bin", needs=(1, 2)), macro, script, unit("fat", "lib")
    assert decide(*units)[1:] == [ONLY_OBJECT] * 3


@given(st.data())
def test_the_order_of_roots_and_edges_does_not_matter(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 7))
    types = st.sampled_from([("bin",), ("lib",), ("lib", "staticlib"), ("proc-macro",)])
    lto = data.draw(st.lists(st.sampled_from(LTO), min_size=count, max_size=count))
    kinds = data.draw(st.lists(types, min_size=count, max_size=count))
    below = [data.draw(st.permutations(range(index + 1, count))) for index in range(count)]
    needs = [order[: data.draw(st.integers(0, len(order)))] for order in below]
    roots = data.draw(st.permutations(range(count)))
    forward = [unit(lto[i], *kinds[i], needs=tuple(needs[i])) for i in range(count)]
    backward = [unit(lto[i], *kinds[i], needs=tuple(reversed(needs[i]))) for i in range(count)]
    assert decide(*forward, roots=tuple(roots)) == decide(*backward, roots=tuple(reversed(roots)))


@pytest.mark.parametrize(
    ("lto", "argv"),
    [
        (Lto("run"), ("-Clto",)),
        (Lto("run", "thin"), ("-Clto=thin",)),
        (OFF, ("-Clto=off",)),
        (ONLY_BITCODE, ("-Clinker-plugin-lto",)),
        (OBJECT_AND_BITCODE, ()),
        (ONLY_OBJECT, ()),
    ],
)
def test_rustc_is_told(lto: Lto, argv: tuple[str, ...]) -> None:
    assert lto.argv() == argv
    assert lto.bitcode == (lto not in (OFF, ONLY_OBJECT))
