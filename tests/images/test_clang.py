"""Clang for cc=: it compiles, links and boots as gcc does, and says what it does not bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from board import write_board
from conftest import need_clang, need_tool
from project import Project


@pytest.fixture(scope="module")
def clang() -> str:
    return need_clang()


def test_c_cpp_and_assembly_boot(board: Project, clang: str) -> None:
    need_tool("qemu-system-arm")
    board.write("c/two.cpp", 'extern "C" unsigned two() { return [](auto n) { return n + n; }(1u); }\n')
    board.edit("firmware.toml", '"c/main.c"', '"c/main.c", "c/two.cpp"')
    board.edit("c/main.c", "answer(40)", "answer(38 + two())").edit(
        "c/main.c", "void put", "uint32_t two(void);\nvoid put"
    )
    board.build(f"cc={clang}")
    assert board.up_to_date(f"cc={clang}")
    board.build(f"cc={clang}", "check")


@pytest.mark.parametrize("linker", ["ld", "lld", "cc"])
def test_every_linker_links_what_it_made(board: Project, clang: str, linker: str) -> None:
    need_tool("qemu-system-arm")
    board.build(f"cc={clang}", f"linker={linker}", "check")


def test_what_plain_assembly_includes_is_tracked(board: Project, clang: str) -> None:
    board.write("c/fill.inc", "nop\n").edit("c/start.s", "    b quit\n", '    b quit\n    .include "c/fill.inc"\n')
    board.build(f"cc={clang}")
    assert "AS c/start.s" in board.write("c/fill.inc", "nop\nnop\n").build(f"cc={clang}").steps


def test_a_library_that_clang_does_not_bring_is_told(tmp_path: Path, clang: str) -> None:
    project = write_board(tmp_path).edit("firmware.toml", "[link]", 'libraries = ["gcc"]\n\n[link]')
    said = project.fail(f"cc={clang}").output
    assert f"{clang} brings no libgcc.a for thumbv7em-none-eabihf" in said
    assert "remedy   take it off the libraries: compiler_builtins has the functions that compiled C calls" in said
