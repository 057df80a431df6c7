"""core, compiler_builtins and alloc: built once, by the options asked for, and who supplies memcpy."""

from __future__ import annotations

import re
import subprocess

import pytest

from board import FIRMWARE_TOML, LIB_RS, OUT
from project import Project
from rust_examples import HEAP

# what profile=dev means, so that one core serves these tests and those of that profile
DEV = "opt-level = 1\ndebug = 2\ndebug-assertions = true\noverflow-checks = true"
COPY_C = """\
struct block {
\tchar bytes[999];
};

void copy(const struct block *from, struct block *to)
{
\t*to = *from;
}
"""
MEMCPY_C = """\
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t count)
{
\tfor (size_t i = 0; i < count; i++)
\t\t((volatile char *)to)[i] = ((const char *)from)[i];
\treturn to;
}
"""
INTRINSICS_C = """\
volatile unsigned long long big = 1ull << 40;

int main(void)
{
\tif (big / 3 != 366503875925ull || (double)big != 1099511627776.0)
\t\treturn 1;
"""
INTRINSICS_RS = LIB_RS.replace(
    "    n + 2\n",
    "    let shift = core::hint::black_box(33);\n    ((u64::from(n) << shift) / (1 << shift)) as u32 + 2\n",
)
ALLOC_RS = LIB_RS.replace("n + 2", "alloc::vec![n, 1, 1].iter().sum()").replace("#![no_std]\n", f"#![no_std]\n{HEAP}")
SYSROOT = {"RUSTC core", "RUSTC compiler_builtins"}
CORTEX_M4 = "-mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -fshort-enums -Os -ffreestanding -fno-builtin"


def origin(project: Project, symbol: str) -> str:
    """Give the object or archive member that the linker took a function from, by the map file."""
    text = (project.folder / OUT / "app.map").read_text()
    lines = text[text.index("Linker script and memory map") :].splitlines()
    place = next(number for number, line in enumerate(lines) if re.fullmatch(rf" +0x\w+ +{symbol}", line))
    inputs = (re.search(r"0x\w+ +0x\w+ (\S+)$", line) for line in reversed(lines[:place]))
    return next(found[1] for found in inputs if found)


def with_copy(board: Project, **tables: str) -> Project:
    """Let C copy a block, for which gcc calls memcpy, and add a line to tables of firmware.toml."""
    board.write("c/copy.c", COPY_C).edit("firmware.toml", '"c/main.c"', '"c/main.c", "c/copy.c"')
    board.edit(
        "c/main.c",
        "int main(void)\n{",
        "void copy(void *, void *);\nint main(void)\n{\n\tcopy((void *)64, (void *)0x20000000);",
    )
    for table, line in tables.items():
        board.edit("firmware.toml", f"[{table}]", f"[{table}]\n{line}")
    return board


def test_two_firmwares_share_one_sysroot(board: Project) -> None:
    board.write("second.toml", FIRMWARE_TOML.replace('"app"', '"second"'))

    board.write("SConstruct", (board.folder / "SConstruct").read_text() + 'env.Firmware("second.toml")\n')
    run = board.build()
    assert "RUSTC second" in run.steps
    assert not SYSROOT & set(run.steps)
    board.build("-c")
    steps = board.build().steps
    assert steps.count("RUSTC core") == 1
    assert steps.count("RUSTC compiler_builtins") == 1


def test_memcpy_comes_from_compiler_builtins_where_nobody_else_has_it(board: Project) -> None:
    run = with_copy(board).build("images", "check")
    assert "libapp.a(" in origin(board, "memcpy")
    assert "mem auto: on, memcpy and its like from compiler_builtins" in run.stdout


@pytest.mark.parametrize("library", ["c", "c_nano"])
def test_memcpy_comes_from_newlib_where_it_is_linked(board: Project, library: str) -> None:
    run = with_copy(board, c=f'libraries = ["{library}", "gcc"]').build("images", "check")
    assert f"lib{library}.a(" in origin(board, "memcpy")
    assert f"mem auto: off, memcpy and its like from lib{library}; intrinsics: compiler_builtins first" in run.stdout


def test_mem_on_with_newlib_is_no_clash(board: Project) -> None:
    run = with_copy(board, rust='mem = "on"', c='libraries = ["c", "gcc"]').build("images", "check")
    assert "mem on: memcpy and its like from compiler_builtins; libc defines them too" in run.stdout


def test_mem_off_leaves_memcpy_to_the_sources(board: Project) -> None:
    with_copy(board, rust='mem = "off"')
    assert "undefined reference to `memcpy'" in board.fail().output
    board.write("c/mem.c", MEMCPY_C).edit("firmware.toml", '"c/main.c"', '"c/main.c", "c/mem.c"')
    board.build("images", "check")
    assert origin(board, "memcpy").endswith("mem.c.o")


def test_mem_auto_sees_memcpy_in_a_prebuilt_archive(board: Project) -> None:
    board.write("vendor/mem.c", MEMCPY_C)
    for command in (f"arm-none-eabi-gcc {CORTEX_M4} -c mem.c", "arm-none-eabi-ar rcsD libmem.a mem.o"):
        subprocess.run(command.split(), cwd=board.folder / "vendor", check=True)
    run = with_copy(board, c='objects = ["vendor/libmem.a"]').build("images", "check")
    assert "mem auto: on, vendor/libmem.a defines only a part; memmove, memset, memcmp from" in run.stdout
    assert "vendor/libmem.a(" in origin(board, "memcpy")


@pytest.mark.parametrize("libraries", ["[]", '["gcc"]', '["c", "gcc"]', '["c_nano", "nosys", "gcc"]'])
def test_intrinsics_of_both_languages_do_not_clash(board: Project, libraries: str) -> None:
    board.edit("c/main.c", "int main(void)\n{\n", INTRINSICS_C).write("src/lib.rs", INTRINSICS_RS)
    board.edit("firmware.toml", "[c]", f"[c]\nlibraries = {libraries}").build("check")


def test_an_edited_comment_in_a_crate_stops_before_the_link(board: Project) -> None:
    board.write("src/two.rs", "#![no_std]\n// comment\npub fn two() -> u32 {\n    2\n}\n")
    board.edit("src/lib.rs", "n + 2", "n + two::two()")
    board.edit("firmware.toml", "[c]", 'dependencies = ["two"]\n\n[rust.crates.two]\ncrate = "src/two.rs"\n\n[c]')
    board.build()
    steps = board.edit("src/two.rs", "// comment", "// another").build().steps
    assert steps[0] == "RUSTC two"
    assert not [step for step in steps if step.startswith(("LINK", "IMAGE", "SIZE"))]


def test_alloc_is_built_on_request(board: Project) -> None:
    board.write("src/lib.rs", ALLOC_RS).edit("firmware.toml", "[c]", 'build-std = ["core", "alloc"]\n\n[c]')
    run = board.build("check")
    assert "RUSTC alloc" in run.steps
    assert not SYSROOT & set(run.steps)


def test_immediate_abort_leaves_the_messages_of_panics_out(board: Project) -> None:
    board.edit("src/lib.rs", "n + 2", 'if n > 1000 { panic!("far too large: {n}") } else { n + 2 }')
    board.edit("src/lib.rs", "_: &core::panic::PanicInfo", "info: &core::panic::PanicInfo")
    board.edit("src/lib.rs", "    loop {}", "    core::hint::black_box(info.message());\n    loop {}")
    board.build("images", "check")
    assert b"far too large" in board.read_bytes(f"{OUT}/app.bin")
    board.edit("firmware.toml", "[c]", 'panic = "immediate-abort"\n\n[c]').build("images", "check")
    assert b"far too large" not in board.read_bytes(f"{OUT}/app.bin")


def test_opt_level_and_debug_give_a_sysroot_of_their_own(board: Project) -> None:
    board.edit("firmware.toml", "[c]", f"{DEV}\n\n[c]")
    run = board.build("check")
    assert set(run.steps) >= SYSROOT
    assert b".debug_line" in board.read_bytes(f"{OUT}/app.elf")
