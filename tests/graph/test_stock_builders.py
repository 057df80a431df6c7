"""An existing C firmware becomes truthful by naming the tool, nothing else changed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import need_tool
from project import Project

TOOLCHAIN = """\
CC="arm-none-eabi-gcc", CXX="arm-none-eabi-g++", LINK="arm-none-eabi-gcc",
    AR="arm-none-eabi-ar", RANLIB="arm-none-eabi-ranlib","""
SCONSTRUCT = f"""\
env = Environment(
    tools=["gcc", "gnulink", "ar", "as"],
    {TOOLCHAIN}
    CPPPATH=["inc"],
    CCFLAGS=["-mcpu=cortex-m4", "-mthumb", "-Os", "-include", "forced.h", "-Iccflags"],
    ASPPFLAGS=["-mcpu=cortex-m4"],
    LINKFLAGS=["-mcpu=cortex-m4", "-mthumb", "-nostdlib", "-T", "link.ld", "-Lld"],
    PROGSUFFIX=".elf",
)
vendor = env.Library("vendor", ["lib.c"])
env.Program("fw", ["main.c", "blob.S", vendor])
"""
FILES = {
    "forced.h": "#define FORCED 1\n",
    "inc/own.h": "#define OWN 1\n",
    "ccflags/vendor.h": '#define VENDOR 1\n#include "nested.h"\n',
    "ccflags/nested.h": "#define NESTED 1\n",
    "lib.c": "int lib(void) { return FORCED; }\n",
    "main.c": """\
#include "own.h"
#include "vendor.h"
extern int lib(void);
void reset(void) { volatile int x = FORCED + OWN + VENDOR + NESTED + lib(); for (;;) ; }
""",
    "blob.S": '.section .rodata\n.globl blob\nblob: .incbin "blob.bin"\n',
    "blob.bin": "data",
    "link.ld": """\
ENTRY(reset)
INCLUDE mem.ld
SECTIONS { .text : { *(.text*) KEEP(*(.rodata*)) } > F .data : { *(.data*) *(.bss*) } > R }
""",
    "ld/mem.ld": "MEMORY { F (rx) : ORIGIN = 0, LENGTH = 64K  R (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }\n",
}
LIB = ["lib.o", "libvendor.a"]
EDITS = {
    "inc/own.h": ("1", "2", ["main.o", "fw.elf"]),
    "forced.h": ("1", "2", ["main.o", *LIB, "fw.elf"]),
    "ccflags/vendor.h": ("1", "2", ["main.o", "fw.elf"]),
    "ccflags/nested.h": ("1", "2", ["main.o", "fw.elf"]),
    "blob.bin": ("data", "dat2", ["blob.o", "fw.elf"]),
    "link.ld": ("ENTRY(reset)", "ENTRY(lib)", ["fw.elf"]),
    "ld/mem.ld": ("64K", "32K", ["fw.elf"]),
}


def built(run_stdout: str) -> set[str]:
    """Give the files that the shown commands wrote."""
    found = set()
    for line in run_stdout.splitlines():
        words = line.split()
        if "-o" in words:
            found.add(words[words.index("-o") + 1])
        elif words and words[0].endswith("-ar"):
            found.add(words[2])
    return found


def with_tool(text: str, tools: str = 'tools=["gcc", "gnulink", "ar", "as", "rust_firmware"]') -> str:
    return text.replace('tools=["gcc", "gnulink", "ar", "as"]', f"{tools}, toolpath=[TOOLPATH]")


def write_stock(folder: Path, sconstruct: str = SCONSTRUCT, files: Mapping[str, str] = FILES) -> Project:
    need_tool("arm-none-eabi-gcc")
    project = Project(folder).sconstruct(sconstruct)
    for path, text in files.items():
        project.write(path, text)
    return project


def check_edits(project: Project, *, out: str = "") -> None:
    """Expect that every edit rebuilds just what it reaches, and that nothing is built twice."""
    for path, (old, new, expected) in EDITS.items():
        run = project.edit(path, old, new).build("-Q")
        assert built(run.stdout) == {f"{out}{name}" for name in expected}, (path, run.output)
        check_silent(project)


def check_silent(project: Project, *arguments: str) -> None:
    run = project.build("-Q", *arguments)
    assert "is up to date." in run.stdout
    assert built(run.stdout) == set(), run.output


def test_without_the_tool_scons_misses_most(tmp_path: Path) -> None:
    """What the other tests prove is worth something only as long as this holds."""
    project = write_stock(tmp_path)
    project.build("-Q")
    missed = []
    for path, (old, new, _) in EDITS.items():
        if not built(project.edit(path, old, new).build("-Q").stdout):
            missed.append(path)
    assert missed == ["forced.h", "ccflags/vendor.h", "ccflags/nested.h", "blob.bin", "link.ld", "ld/mem.ld"]


def test_the_commands_are_the_same(tmp_path: Path) -> None:
    before = write_stock(tmp_path / "before").build("-Q", "-j1")
    after = write_stock(tmp_path / "after", with_tool(SCONSTRUCT)).build("-Q", "-j1")
    assert before.stdout == after.stdout
    assert before.stderr == after.stderr == ""


TOOLS = {
    "named tools": 'tools=["gcc", "gnulink", "ar", "as", "rust_firmware"]',
    "after the default tools": 'tools=["default", "rust_firmware"]',
    "before the default tools": 'tools=["rust_firmware", "default"]',
    "before named tools": 'tools=["rust_firmware", "gcc", "gnulink", "ar", "as"]',
    "named twice": 'tools=["rust_firmware", "default", "rust_firmware"]',
}


@pytest.mark.parametrize("tools", TOOLS)
def test_every_edit_rebuilds_what_it_reaches(tmp_path: Path, tools: str) -> None:
    project = write_stock(tmp_path, with_tool(SCONSTRUCT, TOOLS[tools]))
    project.build("-Q")
    check_silent(project)
    check_edits(project)


SCRIPT_FLAGS = {
    "-T script": '"-T", "link.ld", "-Lld"',
    "-Tscript": '"-Tlink.ld", "-Lld"',
    "one string": '"-T link.ld -Lld".split()',
    "-Wl,-T,script": '"-Wl,-Lld", "-Wl,-T,link.ld"',
    "-Wl,-Tscript": '"-Wl,-Lld,-Tlink.ld"',
    "-Wl,--script=script": '"-Wl,--script=link.ld", "-L", "ld"',
    "-Wl,--script,script": '"-Wl,--script,link.ld", "-L", "ld"',
    "-Xlinker": '"-Xlinker", "-T", "-Xlinker", "link.ld", "-Lld"',
    "a file node": '"-T", File("link.ld"), "-Lld"',
    "a variable": '"-T$SCRIPT", "-Lld"',
}


@pytest.mark.parametrize("spelling", SCRIPT_FLAGS)
def test_linker_scripts_in_every_spelling(tmp_path: Path, spelling: str) -> None:
    text = with_tool(SCONSTRUCT).replace('"-T", "link.ld", "-Lld"', SCRIPT_FLAGS[spelling])
    project = write_stock(tmp_path, text.replace("PROGSUFFIX", 'SCRIPT="link.ld", PROGSUFFIX'))
    project.build("-Q")
    for path in ("link.ld", "ld/mem.ld"):
        old, new, expected = EDITS[path]
        assert built(project.edit(path, old, new).build("-Q").stdout) == set(expected)
    check_silent(project)


def test_flags_as_one_string_and_a_search_path_of_scons(tmp_path: Path) -> None:
    text = with_tool(SCONSTRUCT)
    start = text.index("LINKFLAGS=[")
    end = text.index("]", start) + 1
    text = text[:start] + 'LINKFLAGS="-mcpu=cortex-m4 -mthumb -nostdlib -Tlink.ld", LIBPATH=["ld"]' + text[end:]
    project = write_stock(tmp_path, text)
    project.build("-Q")
    check_edits(project)


def test_a_forced_header_that_only_c_gets(tmp_path: Path) -> None:
    project = write_stock(
        tmp_path, with_tool(SCONSTRUCT).replace('ASPPFLAGS=["-mcpu', 'ASPPFLAGS=["-include", "asm.h", "-mcpu')
    )
    project.write("asm.h", "#define ASM 1\n").build("-Q")
    assert built(project.edit("asm.h", "1", "2").build("-Q").stdout) == {"blob.o"}


def test_a_new_header_that_shadows_another(tmp_path: Path) -> None:
    project = write_stock(tmp_path, with_tool(SCONSTRUCT).replace('"-Iccflags"', '"-Ifirst", "-Iccflags"'))
    project.build("-Q")
    project.write("first/vendor.h", "#define VENDOR 7\n#define NESTED 7\n")
    assert built(project.build("-Q").stdout) == {"main.o", "fw.elf"}
    check_silent(project)


@pytest.mark.parametrize("arguments", ['CPPDEFINES=["CLONED"]', 'tools=["rust_firmware"], toolpath=[TOOLPATH]'])
def test_clones(tmp_path: Path, arguments: str) -> None:
    text = with_tool(SCONSTRUCT).replace("vendor = ", f"env = env.Clone({arguments})\nvendor = ")
    project = write_stock(tmp_path, text)
    project.build("-Q")
    check_silent(project)
    check_edits(project)


@pytest.mark.parametrize("duplicate", [0, 1])
@pytest.mark.parametrize("variant", ["out", "src"])
def test_a_sconscript_in_a_subfolder(tmp_path: Path, duplicate: int, variant: str) -> None:
    """Flags are relative to the top folder, where the tools run; CPPPATH and LIBPATH are SCons's own business."""
    head, _, tail = with_tool(SCONSTRUCT).partition("vendor = ")
    where = f'variant_dir="{variant}", duplicate={duplicate}, ' if variant != "src" else ""
    project = write_stock(tmp_path, f'{head}SConscript("src/SConscript", {where}exports="env")\n')
    project.write("src/SConscript", f'Import("env")\nenv = env.Clone(CPPPATH=["#inc"])\nvendor = {tail}')
    for name in ("main.c", "lib.c", "blob.S"):
        shutil.move(project.folder / name, project.folder / "src" / name)
    project.build("-Q")
    check_silent(project)
    check_edits(project, out=f"{variant}/")
    check_silent(project, variant)


def test_a_generated_source_script_and_header(tmp_path: Path) -> None:
    text = with_tool(SCONSTRUCT).replace(
        "vendor = ",
        """\
env.Command("forced.h", "forced.in", Copy("$TARGET", "$SOURCE"))
env.Command("ld/mem.ld", "mem.in", Copy("$TARGET", "$SOURCE"))
env.Command("lib.c", "lib.in", Copy("$TARGET", "$SOURCE"))
vendor = """,
    )
    project = write_stock(tmp_path, text)
    for generated, source in (("forced.h", "forced.in"), ("ld/mem.ld", "mem.in"), ("lib.c", "lib.in")):
        shutil.move(project.folder / generated, project.folder / source)
    project.build("-Q")
    check_silent(project)
    assert built(project.edit("mem.in", "64K", "32K").build("-Q").stdout) == {"fw.elf"}
    assert built(project.edit("forced.in", "1", "2").build("-Q").stdout) == {"main.o", *LIB, "fw.elf"}
    check_silent(project)


def fake_toolchain(folder: Path) -> Path:
    """Make a compiler of the test's own: a copy of the driver's name that runs the real one."""
    folder.mkdir()
    for name in ("gcc", "ar", "ranlib"):
        script = folder / f"arm-none-eabi-{name}"
        script.write_text(f'#!/bin/sh\nexec {shutil.which(script.name)} "$@"\n')
        script.chmod(0o755)
    return folder


def with_path(text: str, folder: Path) -> str:
    return text.replace("CPPPATH=", f'ENV={{"PATH": "{folder}:/usr/bin:/bin"}}, CPPPATH=', 1)


@pytest.mark.parametrize("prefix", ["", "ccache "])
def test_a_swapped_compiler_rebuilds_all(tmp_path: Path, prefix: str) -> None:
    need_tool("arm-none-eabi-gcc")
    tools = fake_toolchain(tmp_path / "tools")
    (tools / "ccache").write_text('#!/bin/sh\nexec "$@"\n')
    (tools / "ccache").chmod(0o755)
    text = with_path(with_tool(SCONSTRUCT), tools).replace('CC="arm', f'CC="{prefix}arm', 1)
    project = write_stock(tmp_path / "project", text)
    project.build("-Q")
    check_silent(project)
    with open(tools / "arm-none-eabi-gcc", "a") as file:
        file.write("# another version\n")
    # what did not change by it stops the rebuild: objects are rebuilt, the archive is not
    assert {"main.o", "lib.o", "blob.o", "fw.elf"} <= built(project.build("-Q").stdout)
    check_silent(project)


def test_a_swapped_archiver_rebuilds_the_archive(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    tools = fake_toolchain(tmp_path / "tools")
    project = write_stock(tmp_path / "project", with_path(with_tool(SCONSTRUCT), tools))
    project.build("-Q")
    with open(tools / "arm-none-eabi-ar", "a") as file:
        file.write("# another version\n")
    assert "libvendor.a" in built(project.build("-Q").stdout)
    check_silent(project)


COMPILERS = {
    "the host's gcc": 'CC="gcc"',
    "the host's cc": 'CC="cc"',
    "a list": 'CC=["gcc", "-m64"]',
    "an absolute path": 'CC="/usr/bin/gcc"',
    "env in front": 'CC="env LC_ALL=C gcc"',
    "a variable": 'MY="gcc", CC="$MY"',
    "scons's choice": "",
    "a script of another name": 'CC="./compile"',
    "a script called gcc that says nothing": 'CC="./silent-gcc"',
    "what calls itself clang": 'CC="./clang"',
}


@pytest.mark.parametrize("compiler", COMPILERS)
def test_any_compiler_will_do(tmp_path: Path, compiler: str) -> None:
    need_tool("gcc")
    project = Project(tmp_path).sconstruct(
        f"""\
env = Environment(tools=["default", "rust_firmware"], toolpath=[TOOLPATH], {COMPILERS[compiler]})
env.Program("host", ["host.c"], LINK="gcc", CCFLAGS="-include forced.h")
"""
    )
    project.write("host.c", "int main(void) { return N; }\n").write("forced.h", "#define N 1\n")
    project.write("compile", '#!/bin/sh\nexec gcc "$@"\n')
    project.write("silent-gcc", '#!/bin/sh\ncase "$1" in -o) exec gcc "$@";; esac\n')
    project.write("clang", '#!/bin/sh\ncase "$1" in --version) echo clang version 19.1.7;; *) exec gcc "$@";; esac\n')
    for name in ("compile", "silent-gcc", "clang"):
        (project.folder / name).chmod(0o755)
    project.build("-Q")
    check_silent(project)
    assert "host.o" in built(project.edit("forced.h", "1", "2").build("-Q").stdout)
    check_silent(project)


@pytest.mark.parametrize("value", ['"no-such-gcc"', "None", '""', "[]"])
def test_a_missing_compiler_fails_as_it_does_without_the_tool(tmp_path: Path, value: str) -> None:
    text = '{}env.Object("host.c", CC={})\nenv.Command("other", "host.c", Copy("$TARGET", "$SOURCE"))\n'
    head = 'env = Environment(tools=["cc"{}], toolpath=[TOOLPATH])\n'
    project = Project(tmp_path).write("host.c", "int x;\n")
    plain = project.sconstruct(text.format(head.format(""), value)).scons("-Q", "-k")
    (tmp_path / "other").unlink()
    project.sconstruct(text.format(head.format(', "rust_firmware"'), value))
    run = project.scons("-Q", "-k")
    assert "Traceback" not in run.output
    assert run.status == plain.status
    assert (tmp_path / "other").exists()


def test_arguments_are_the_projects_own(tmp_path: Path) -> None:
    project = write_stock(tmp_path, with_tool(SCONSTRUCT) + 'print("board", ARGUMENTS["board"])\n')
    run = project.build("-Q", "board=h7", "verbose=2", "target=x", "V=1")
    assert "board h7" in run.stdout


def test_targets_of_the_projects_own(tmp_path: Path) -> None:
    text = with_tool(SCONSTRUCT) + 'env.Alias("flash", "fw.elf")\nenv.Install("dist/bin", "fw.elf")\n'
    project = write_stock(tmp_path, text)
    assert "fw.elf" in built(project.build("-Q", "flash").stdout)
    project.build("-Q", "dist")
    assert (tmp_path / "dist/bin/fw.elf").exists()
    project.build("-Q", "-c")
    assert not (tmp_path / "fw.elf").exists()


def test_a_script_of_the_toolchain_and_a_broken_one_are_the_linkers_business(tmp_path: Path) -> None:
    text = with_tool(SCONSTRUCT).replace('"-T", "link.ld"', '"-T", "nowhere.ld"')
    run = write_stock(tmp_path, text).fail("-Q")
    assert "arm-none-eabi-gcc -o fw.elf" in run.stdout
    assert "cannot open linker script file nowhere.ld" in run.stderr


def test_unreadable_flags_are_the_linkers_business(tmp_path: Path) -> None:
    run = write_stock(tmp_path, with_tool(SCONSTRUCT).replace('"-Lld"', '"-Lld", "-T"')).fail("-Q")
    assert "arm-none-eabi-gcc -o fw.elf" in run.stdout


def test_a_c_firmware_needs_no_rust(tmp_path: Path) -> None:
    project = write_stock(tmp_path, with_tool(SCONSTRUCT))
    run = project.build("-Q", env={"RUSTC": "/no/rustc", "RUSTUP_HOME": "/no/rustup"})
    assert "fw.elf" in built(run.stdout)
