"""The members that the audit says a link takes, against those that GNU ld and LLD do take."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from board import OUT
from conftest import need_tool
from project import Project
from steelmill.audit.facts import read_facts
from steelmill.audit.pull import pull_members

Linker = Literal["gnu", "lld"]

_MAP_MEMBER = re.compile(r"^(\S+?)\(([^()]+)\)\s", re.MULTILINE)
_TRACE_MEMBER = re.compile(r"^(\S+?)\(([^()]+)\)$", re.MULTILINE)

ARM = ("-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")


def linked(linker: Linker, program: str, folder: Path, files: list[Path], *options: str) -> list[str]:
    """Link and give the members that the linker says it took, as ``libc.a(exit.o)``, sorted."""
    argv = [program, *options, "-z", "muldefs", "--unresolved-symbols=ignore-all", "-o", "image.elf"]
    argv += ["-Map=image.map"] if linker == "gnu" else ["--trace"]
    objects = [str(file) for file in files if file.suffix == ".o"]
    archives = [str(file) for file in files if file.suffix == ".a"]
    done = subprocess.run(
        [*argv, *objects, "--start-group", *archives, "--end-group"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if linker == "gnu":
        text = (folder / "image.map").read_text().partition("\n\n")[2]
        found = _MAP_MEMBER.findall(text.partition("\n\n")[0] + "\n")
    else:
        found = _TRACE_MEMBER.findall(done.stdout)
    return sorted(f"{Path(archive).name}({member})" for archive, member in found)


def told(linker: Linker, files: list[Path], roots: tuple[str, ...] = ()) -> list[str]:
    facts = [read_facts(file.read_bytes(), file.name) for file in files]
    objects = [fact for fact in facts if not fact.archive]
    members = pull_members(objects, [fact for fact in facts if fact.archive], roots, linker)
    assert [member.path for member in members[: len(objects)]] == [fact.path for fact in objects]
    return sorted(member.place for member in members[len(objects) :])


PROGRAM = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
extern long long divide(long long, long long) __attribute__((weak));
double level;
int main(int argc, char **argv) {
    char *text = malloc(argc + 10);
    snprintf(text, argc, "%s %f %lld", argv[0], sqrt(level), (long long)argc / 7 / (divide ? divide(1, 2) : 1));
    qsort(text, strlen(text), 1, (int (*)(const void *, const void *))strcmp);
    return printf("%s", text) + (int)fmod(level, 3);
}
"""

LIBRARIES = {
    "newlib": ["libc.a", "libm.a", "libgcc.a", "libnosys.a"],
    "nano-last-first": ["libnosys.a", "libgcc.a", "libm.a", "libc_nano.a"],
}


@pytest.mark.parametrize(("linker", "program"), [("gnu", "arm-none-eabi-ld"), ("lld", "ld.lld-22")])
@pytest.mark.parametrize("libraries", LIBRARIES)
def test_a_c_library(linker: Linker, program: str, libraries: str, tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc", program)
    (tmp_path / "a.c").write_text(PROGRAM)
    subprocess.run(["arm-none-eabi-gcc", *ARM, "-c", "a.c"], cwd=tmp_path, check=True)
    files = [tmp_path / "a.o"]
    for name in LIBRARIES[libraries]:
        argv = ["arm-none-eabi-gcc", *ARM, f"-print-file-name={name}"]
        files.append(Path(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()))
    found = told(linker, files)
    assert len(found) > 50
    assert found == linked(linker, program, tmp_path, files, "-e", "main")


@pytest.mark.parametrize(("linker", "program"), [("gnu", "arm-none-eabi-ld"), ("lld", "ld.lld-22")])
def test_intrinsics_that_rust_and_libgcc_both_have(
    linker: Linker, program: str, built_board: Project, tmp_path: Path
) -> None:
    need_tool(program)
    (tmp_path / "a.c").write_text(PROGRAM + "unsigned answer(unsigned);\nunsigned ask(void) { return answer(1); }\n")
    subprocess.run(["arm-none-eabi-gcc", *ARM, "-c", "a.c"], cwd=tmp_path, check=True)
    files = [tmp_path / "a.o", built_board.folder / OUT / "libapp.a"]
    for name in ("libc.a", "libm.a", "libgcc.a", "libnosys.a"):
        argv = ["arm-none-eabi-gcc", *ARM, f"-print-file-name={name}"]
        files.append(Path(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()))
    found = told(linker, files)
    taken = {name.partition("(")[0] for name in found}
    assert {"libapp.a", "libc.a"} <= taken
    assert found == linked(linker, program, tmp_path, files, "-e", "main")


@pytest.mark.parametrize(("linker", "program"), [("gnu", "ld"), ("lld", "ld.lld-22")])
@pytest.mark.parametrize("seed", range(4))
def test_archives_that_define_each_others_symbols(linker: Linker, program: str, seed: int, tmp_path: Path) -> None:
    need_tool("gcc", program)
    dice = random.Random(seed)
    names = [f"f{number}" for number in range(30)]
    files = [tmp_path / name for name in ("start.o", "lib0.a", "lib1.a", "lib2.a")]
    sources = {"start.o": assembly([], dice.sample(names, 3), [])}
    for archive in range(3):
        for number in range(12):
            defined = dice.sample(names, dice.choice((1, 1, 2)))
            others = [name for name in names if name not in defined]
            undefined = dice.sample(others, dice.choice((0, 1, 2)))
            weak = dice.sample(others, dice.choice((0, 1)))
            sources[f"m{archive}-{number}.o"] = assembly(defined, undefined, weak)
    for name, source in sources.items():
        subprocess.run(["as", "--64", "-o", name, "-"], cwd=tmp_path, input=source, text=True, check=True)
    for archive, file in enumerate(files[1:]):
        members = [name for name in sources if name.startswith(f"m{archive}")]
        subprocess.run(["ar", "rcsD", file.name, *members], cwd=tmp_path, check=True)
    found = told(linker, files, ("f0",))
    assert found
    assert found == linked(linker, program, tmp_path, files, "-m", "elf_x86_64", "-e", "start", "-u", "f0")


def assembly(defined: list[str], undefined: list[str], weak: list[str]) -> str:
    lines = [f".globl {name}\n{name}: nop" for name in defined]
    lines += [f".quad {name}" for name in undefined]
    lines += [f".weak {name}\n.quad {name}" for name in weak if name not in undefined]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("linker", "program"), [("gnu", "ld"), ("lld", "ld.lld-22")])
def test_a_variable_without_a_place_takes_a_definition_with_one_in_gnu_ld_alone(
    linker: Linker, program: str, tmp_path: Path
) -> None:
    need_tool("gcc", program)
    for name, source in {"use.o": ".comm shared,4\n", "has.o": ".globl shared\n.data\nshared: .long 1\n"}.items():
        subprocess.run(["as", "--64", "-o", name, "-"], cwd=tmp_path, input=source, text=True, check=True)
    subprocess.run(["ar", "rcsD", "libhas.a", "has.o"], cwd=tmp_path, check=True)
    files = [tmp_path / "use.o", tmp_path / "libhas.a"]
    found = told(linker, files)
    assert found == (["libhas.a(has.o)"] if linker == "gnu" else [])
    assert found == linked(linker, program, tmp_path, files, "-m", "elf_x86_64", "-e", "0")
