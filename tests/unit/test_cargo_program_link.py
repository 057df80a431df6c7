from __future__ import annotations

import pytest

from steelmill.cargo.program_link import program_scripts

FILES = {"out/link.x", "near/link.x", "own.ld", "memory.x"}


@pytest.mark.parametrize(
    ("words", "scripts"),
    [
        (["-Clink-arg=-Tlink.x", "-L", "out"], ("out/link.x",)),
        (["-C", "link-arg=-Tlink.x", "-Lnative=out"], ("out/link.x",)),
        (["-Clink-args=-Tmemory.x -T link.x", "-Lout"], ("memory.x", "out/link.x")),
        (["--codegen=link-arg=-Tlink.x", "-L", "all=near", "-L", "out"], ("near/link.x",)),
        (["-Clink-arg=-T", "-Clink-arg=own.ld"], ("own.ld",)),
        (["-Clink-arg=-Lnear", "-Clink-arg=-Tlink.x"], ("near/link.x",)),
        (["-Clink-arg=-Tabsent.x", "--cfg", "x", "-Copt-level=s"], ()),
    ],
)
def test_scripts_are_found_as_the_linker_finds_them(words: list[str], scripts: tuple[str, ...]) -> None:
    assert program_scripts(words, (), (), FILES.__contains__).scripts == scripts


def test_what_is_known_besides_comes_last() -> None:
    found = program_scripts(["-L", "out", "-Clink-arg=-Tlink.x"], ("own.ld",), ("near",), FILES.__contains__)
    assert found.scripts == ("own.ld", "out/link.x")
    assert found.search == ("out", "near")


def test_a_path_with_an_equals_sign_is_no_kind() -> None:
    assert program_scripts(["-L", "a/b=c"], (), (), FILES.__contains__).search == ("a/b=c",)
