"""What people have by oversight (folders for files, damaged objects, strange letters) is told, or just works."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from project import Project
from tiny import OUT, TARGET, parts

INCLUDE = 'include = ["c"]'


def _script_is_folder(project: Project) -> None:
    (project.folder / "link.ld").unlink()
    (project.folder / "link.ld").mkdir()


def _source_is_folder(project: Project) -> None:
    (project.folder / "c/more.c").mkdir()


def _firmware_is_folder(project: Project) -> None:
    project.edit("SConstruct", '"firmware.toml"', '"c"')


def _build_is_file(project: Project) -> None:
    shutil.rmtree(project.folder / "build")
    project.write("build", "")


def _archive_is_damaged(project: Project) -> None:
    project.write("v.a", "!<arch>\n" + "x" * 80).edit("firmware.toml", INCLUDE, f'{INCLUDE}\nobjects = ["v.a"]')


def _object_is_cut_short(project: Project) -> None:
    (project.folder / "v.o").write_bytes(b"\x7fELF\1\1\1" + b"\xff" * 60)
    project.edit("firmware.toml", INCLUDE, f'{INCLUDE}\nobjects = ["v.o"]')


def _define_has_nul(project: Project) -> None:
    project.edit("firmware.toml", INCLUDE, f'{INCLUDE}\ncflags = ["-DA=\\u0000"]')


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_script_is_folder, "link.ld: a folder; expected a file"),
        (_source_is_folder, "c/more.c: a folder; expected a file"),
        (_firmware_is_folder, "c: cannot be read: "),
        (_build_is_file, "build/.unfinished: cannot be read: Not a directory"),
        (_archive_is_damaged, "v.a: a damaged archive: no member begins at byte 8"),
        (_object_is_cut_short, "v.o: a damaged ELF object: "),
        (_define_has_nul, "holds a NUL character"),
    ],
)
def test_a_message(tiny: Project, spoil: Callable[[Project], None], message: str) -> None:
    spoil(tiny)
    output = tiny.fail().output
    assert message in output
    assert "  remedy " in output
    # SCons prints the frames of an error that it does not know without calling them a traceback
    assert "Error :" not in output


def test_a_byte_order_mark(tiny: Project) -> None:
    path = tiny.folder / "firmware.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    tiny.build()


def test_letters_that_the_terminal_has_not(tiny: Project) -> None:
    tiny.write("c/é.c", "int e;\n")
    run = tiny.build(env={"PYTHONIOENCODING": "ascii"})
    assert "CC c/\\xe9.c" in run.steps


def test_a_target_said_twice_is_one(tiny: Project) -> None:
    run = tiny.build(f"target={TARGET},{TARGET}")
    assert run.stdout.count("image  build/") == 1


@pytest.mark.parametrize(
    ("place", "step"),
    [
        (("firmware.toml", INCLUDE, f'{INCLUDE}\ncflags = ["@options"]'), "CC c/main.c"),
        (("firmware.toml", "[rust]", '[rust]\nrustflags = ["@options"]'), "RUSTC tiny"),
    ],
    ids=["c", "rust"],
)
def test_an_edited_argument_file(tiny: Project, place: tuple[str, str, str], step: str) -> None:
    tiny.edit(*place).write("options", "-O1\n" if step.startswith("CC") else "--cfg=one\n").build()
    assert tiny.up_to_date()
    tiny.edit("options", "1" if step.startswith("CC") else "one", "2" if step.startswith("CC") else "two")
    run = tiny.build("why=1")
    assert step in run.steps
    assert "because options changed" in run.stdout


@pytest.mark.parametrize("variable", ["cc", "rustc", "linker"])
def test_a_program_by_a_path_below_the_top(tiny: Project, tmp_path: Path, variable: str) -> None:
    program = {"cc": "arm-none-eabi-gcc", "rustc": "/usr/bin/rustc", "linker": "arm-none-eabi-ld"}[variable]
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is missing")
    (tiny.folder / "bin").mkdir()
    os.symlink(path, tiny.folder / "bin/tool")
    body = (tiny.folder / "SConstruct").read_text(encoding="utf-8")
    tiny.write("sub/SConscript", body.replace('"firmware.toml"', '"#firmware.toml"'))
    tiny.write("SConstruct", 'SConscript("sub/SConscript")\n')
    tiny.build(f"{variable}=bin/tool")


def test_only_the_metadata_of_a_library(tiny: Project) -> None:
    (sysroot,) = (tiny.folder / OUT).glob("sysroot-*")
    shutil.rmtree(sysroot)
    tiny.build(f"{OUT}/{sysroot.name}/libcore.rmeta", "-j4")
    assert parts(tiny) == []
    assert "RUSTC core" in tiny.build().steps
    assert tiny.up_to_date()
