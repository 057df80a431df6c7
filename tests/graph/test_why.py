"""``why=1`` names the cause of every step; looking (``-n``, ``-h``) changes nothing."""

from __future__ import annotations

import os
import re
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import Project
from tiny import BIN, copy_project
from toolchain_farms import cross_gcc_farm

SLOW_C = "".join(
    f"int f{n}(int a, int b) {{ for (int k = 0; k < b; k++) a = a * {n} + (k ^ b); return a; }}\n" for n in range(300)
)


def reasons(project: Project, *arguments: str) -> dict[str, list[str]]:
    """Build with why=1; give the reasons of each step, which has at least one."""
    found: dict[str, list[str]] = {}
    label = ""
    for line in project.build("why=1", *arguments).stdout.splitlines():
        if step := re.match(r"\[ *\d+/\d+\] (.*)", line):
            label = step[1].split("  ")[0]
            found[label] = []
        elif line.startswith("    because "):
            found[label].append(line.removeprefix("    because "))
    assert all(found.values()), found
    return found


def test_a_first_build(built_tiny: Project, tmp_path: Path) -> None:
    found = reasons(copy_project(built_tiny, tmp_path / "new", build=False))
    assert "RUSTC core" in found
    assert set(map(tuple, found.values())) == {("it was not built before",)}


def test_a_file(tiny: Project) -> None:
    tiny.edit("c/main.h", "1", "2")
    found = reasons(tiny)
    assert found["CC c/main.c"] == ["c/main.h changed"]
    assert found["LINK tiny.elf"] == ["build/thumbv7em-none-eabihf/release/tiny/c/main.c.o changed"]
    assert found["IMAGE tiny.bin"] == ["build/thumbv7em-none-eabihf/release/tiny/tiny.elf changed"]


def test_a_file_that_comes_and_goes(tiny: Project) -> None:
    tiny.edit("c/main.c", '"main.h"', '"main.h"\n#if __has_include("more.h")\n#include "more.h"\n#endif').build()
    tiny.write("c/more.h", "#define MORE 1\n")
    assert reasons(tiny)["CC c/main.c"] == ["c/more.h is new"]
    (tiny.folder / "c/more.h").unlink()
    assert reasons(tiny)["CC c/main.c"] == ["c/more.h is gone"]


def test_a_part_of_the_command(tiny: Project) -> None:
    tiny.edit("firmware.toml", 'include = ["c"]', 'include = ["c"]\ncflags = ["-DX=1"]')
    assert reasons(tiny) == {"CC c/main.c": ["the command now has -DX=1"]}
    tiny.edit("firmware.toml", "-DX=1", "-DX=2")
    assert reasons(tiny) == {"CC c/main.c": ["the command no longer has -DX=1", "the command now has -DX=2"]}
    tiny.edit("firmware.toml", '\ncflags = ["-DX=2"]', "")
    assert reasons(tiny) == {"CC c/main.c": ["the command no longer has -DX=2"]}


def test_the_environment(tiny: Project) -> None:
    tiny.edit("firmware.toml", 'crate = "src/lib.rs"', 'crate = "src/lib.rs"\nenv = { BOARD = "kit" }')
    assert reasons(tiny) == {"RUSTC tiny": ["environment BOARD is new"]}
    tiny.edit("firmware.toml", '"kit"', '"devkit"')
    assert reasons(tiny) == {"RUSTC tiny": ["environment BOARD changed"]}


def test_a_tool(tiny: Project, tmp_path: Path) -> None:
    cc1 = cross_gcc_farm(tmp_path / "farm")
    cc = f"cc={tmp_path}/farm/bin/arm-none-eabi-gcc"
    tiny.build(cc)
    with open(cc1, "ab") as file:
        file.write(b"\0")
    found = reasons(tiny, cc)
    assert found.keys() == {"CC c/main.c"}
    (reason,) = found["CC c/main.c"]
    assert re.fullmatch(r"tool arm-none-eabi-gcc [\d.]+ changed", reason)


def test_a_missing_output(tiny: Project) -> None:
    (tiny.folder / BIN).unlink()
    assert reasons(tiny) == {"IMAGE tiny.bin": [f"{BIN} is missing"]}


def test_an_interrupted_build(tiny: Project) -> None:
    tiny.write("c/slow.c", SLOW_C).build()
    tiny.edit("c/slow.c", "a * 7 +", "a * 77 +")
    process = tiny.start()
    assert process.stdout is not None
    for line in process.stdout:
        if "CC c/slow.c" in line:
            break
    # the line comes first, then the compiler, which takes more than a second
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert reasons(tiny)["CC c/slow.c"] == ["the last build ended while it was under way"]


def test_nothing_is_said_unasked(tiny: Project) -> None:
    tiny.edit("c/main.h", "1", "2")
    assert "because" not in tiny.build().output


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    """Give everything below a folder: kind, contents and times of change, folders included."""
    return {str(path.relative_to(folder)): _state(path) for path in _walk(folder)}


def _walk(folder: Path) -> Iterator[Path]:
    yield folder
    yield from sorted(folder.rglob("*"))


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
    return status.st_mode, status.st_mtime_ns, status.st_ino, content


def remove_an_output(project: Project) -> None:
    (project.folder / BIN).unlink()


CHANGES = {
    "nothing": lambda _project: None,
    "C": lambda project: project.edit("c/main.h", "1", "2"),
    "Rust": lambda project: project.edit("src/lib.rs", "42", "43"),
    "linker script": lambda project: project.edit("link.ld", ".text :", ".text : ALIGN(16)"),
    "firmware.toml": lambda project: project.edit("firmware.toml", '"64K"', '"32K"'),
    "a removed output": remove_an_output,
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("looking", [("-n",), ("-n", "why=1", "verbose=1"), ("-h",)], ids=" ".join)
def test_looking_leaves_a_built_tree_as_it_was(tiny: Project, change: str, looking: tuple[str, ...]) -> None:
    CHANGES[change](tiny)
    before = snapshot(tiny.folder)
    tiny.build(*looking)
    assert snapshot(tiny.folder) == before
    # and what was planned is done by the next real build
    assert (tiny.build().steps == []) == (change == "nothing")


@pytest.mark.parametrize("looking", ["-n", "-h"])
def test_looking_leaves_a_new_tree_as_it_was(built_tiny: Project, tmp_path: Path, looking: str) -> None:
    new = copy_project(built_tiny, tmp_path / "new", build=False)
    before = snapshot(new.folder)
    run = new.build(looking)
    assert snapshot(new.folder) == before
    if looking == "-n":
        assert {"RUSTC core", "CC c/main.c", "RUSTC tiny", "LINK tiny.elf", "IMAGE tiny.bin"} <= set(run.steps)


def test_a_question_leaves_the_tree_as_it_was(tiny: Project) -> None:
    before = snapshot(tiny.folder)
    assert tiny.scons("-q").status == 0
    assert snapshot(tiny.folder) == before
    tiny.edit("c/main.h", "1", "2")
    before = snapshot(tiny.folder)
    assert tiny.scons("-q").status == 1
    assert snapshot(tiny.folder) == before


def test_a_dry_run_names_what_a_change_reaches_first(tiny: Project) -> None:
    tiny.edit("c/main.h", "1", "2")
    assert tiny.build("-n").steps == ["CC c/main.c"]


def test_help_needs_no_write_access(built_tiny: Project, tmp_path: Path) -> None:
    new = copy_project(built_tiny, tmp_path / "new", build=False)
    folders = [path for path in _walk(new.folder) if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert "tiny" in new.build("-h").stdout
    finally:
        for folder in folders:
            folder.chmod(0o755)
