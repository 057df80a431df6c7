"""Linker scripts, linkers, the specification's link arguments, and what a link refuses."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from board import MEMORY, OUT, SCONSCRIPT_OUT, SCONSTRUCT, SECTIONS, TARGET, write_board
from conftest import need_tool
from project import Project, Run

LINKERS = ["ld", "lld"]


def with_spec(board: Project, **keys: Any) -> Project:
    """Add keys to the board's target specification."""
    path = f"targets/{TARGET}.json"
    spec = json.loads((board.folder / path).read_text())
    return board.write(path, json.dumps({**spec, **keys}))


def without_script(board: Project) -> Project:
    return board.edit("firmware.toml", 'script = "link.ld"\n', "")


def piecewise(folder: Path, arguments: str, before: str = "") -> Project:
    """Write the board's firmware with a SConstruct of single builders; ``arguments`` are FirmwareElf's."""
    return write_board(folder).sconstruct(
        SCONSTRUCT + before + 'rust = env.RustStaticLibrary("app", "src/lib.rs")\n'
        f'env.FirmwareImage("app", env.FirmwareElf("app", ["c/main.c", "c/start.s", rust], {arguments}))\n'
    )


def link_line(run: Run) -> str:
    """Give the link's command, as verbose=1 shows it."""
    return next(line for line in run.stdout.splitlines() if "--start-group" in line)


@pytest.mark.parametrize("linker", LINKERS)
@pytest.mark.parametrize("name", ["board.ld", "board.x", "board.ld.S", "board.x.S", "board.lds.S"])
def test_scripts_of_every_kind_are_read(board: Project, name: str, linker: str) -> None:
    need_tool("qemu-system-arm", *(["ld.lld-22"] if linker == "lld" else []))
    memory = MEMORY.replace("256K", "FLASH_SIZE") if name.endswith(".S") else MEMORY
    board.write(name, memory + SECTIONS).edit("firmware.toml", "link.ld", name)
    board.edit("firmware.toml", "[c]", '[c]\ndefines = ["FLASH_SIZE=256K"]')
    run = board.build("images", "check", f"linker={linker}")
    assert re.search(r"FLASH +0x00000000 .*256", run.stdout)
    assert board.up_to_date(f"linker={linker}")
    steps = board.edit(name, "64K", "32K").build(f"linker={linker}").steps
    assert "LINK app.elf" in steps


@pytest.mark.parametrize("linker", LINKERS)
def test_a_nested_include_is_tracked(board: Project, linker: str) -> None:
    need_tool(*(["ld.lld-22"] if linker == "lld" else []))
    board.write("ld/regions.x", MEMORY).write("ld/memory.ld", "INCLUDE regions.x\n")
    board.write("link.ld", f"INCLUDE memory.ld\n{SECTIONS}").edit(
        "firmware.toml", "[image]", 'search = ["ld"]\n\n[image]'
    )
    board.build(f"linker={linker}")
    assert board.up_to_date(f"linker={linker}")
    assert board.edit("ld/regions.x", "64K", "32K").build(f"linker={linker}").steps[0] == "LINK app.elf"


@pytest.mark.parametrize("linker", LINKERS)
@pytest.mark.parametrize("words", ["INPUT(extra.o)", "GROUP(libextra.a)", "INPUT(-lextra)", "GROUP(-lextra)"])
def test_input_and_group_are_tracked(board: Project, words: str, linker: str) -> None:
    need_tool(*(["ld.lld-22"] if linker == "lld" else []))

    flags = "-mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -fshort-enums -ffreestanding -xc"

    def make(value: int) -> None:
        board.write("vendor/extra.c", f"int extra(void) {{ return {value}; }}\n")
        commands = (f"arm-none-eabi-gcc {flags} -c extra.c", "arm-none-eabi-ar rcsD libextra.a extra.o")
        for command in commands:
            subprocess.run(command.split(), cwd=board.folder / "vendor", check=True)

    make(42)
    board.write("link.ld", MEMORY + SECTIONS + f"{words}\n")
    board.edit("firmware.toml", "[image]", 'search = ["vendor"]\n\n[image]')
    board.edit(
        "c/main.c", "int main(void)\n{", "int extra(void);\nint main(void)\n{\n\tif (extra() != 42)\n\t\treturn 1;"
    )
    board.build("images", "check", f"linker={linker}")
    assert board.up_to_date(f"linker={linker}")
    make(41)
    assert board.build(f"linker={linker}").steps[0] == "LINK app.elf"


@pytest.mark.parametrize("flags", ["-Tlink.ld", "-T link.ld", "-Wl,-Tlink.ld", "-Wl,-T,link.ld", "--script=link.ld"])
def test_scripts_in_linkflags_are_tracked(tmp_path: Path, flags: str) -> None:
    need_tool("arm-none-eabi-gcc")
    project = piecewise(tmp_path / "p", f'LINKFLAGS="{flags} -z noexecstack"')
    project.build()
    assert project.up_to_date()
    assert project.edit("link.ld", "64K", "32K").build().steps[0] == "LINK app.elf"


def test_a_script_in_the_specifications_arguments_is_tracked(board: Project) -> None:
    board.write("boards/m4.ld", MEMORY + SECTIONS)
    with_spec(without_script(board), **{"pre-link-args": {"gnu": ["-Tboards/m4.ld", "--defsym=mark=0x77"]}})
    run = board.build("images", "check", "verbose=1")
    assert link_line(run).count("boards/m4.ld") == 1
    assert " mark" in (board.folder / OUT / "app.map").read_text()
    assert board.up_to_date()
    assert board.edit("boards/m4.ld", "64K", "32K").build().steps[0] == "LINK app.elf"


def test_a_link_script_in_the_specification_is_used(board: Project) -> None:
    with_spec(without_script(board), **{"link-script": MEMORY + SECTIONS})
    board.build("check")
    with_spec(board, **{"link-script": MEMORY.replace("64K", "32K") + SECTIONS})
    assert "LINK app.elf" in board.build().steps


def test_the_specifications_arguments_stand_in_their_places(board: Project) -> None:
    keys = {f"{when}-link-args": {"gnu": [f"--defsym={when}=1"]} for when in ("pre", "late", "post")}
    line = link_line(with_spec(board, **keys).build("verbose=1"))
    order = [line.index(word) for word in ("--defsym=pre", "--start-group", "--defsym=late", "--defsym=post")]
    assert order == sorted(order)


def test_arguments_under_another_flavor_are_an_error(board: Project) -> None:
    run = with_spec(board, **{"pre-link-args": {"gnu-cc": ["-Wl,--no-relax"]}}).fail()
    assert f"targets/{TARGET}.json" in run.stderr
    assert "pre-link-args: arguments are for flavor gnu-cc, but the linker in use has flavor gnu" in run.stderr
    run = with_spec(board, **{"pre-link-args": {"gnu-lldd": ["-x"]}}).fail()
    assert "pre-link-args.gnu-lldd: unknown linker flavor; did you mean 'gnu-lld'?" in run.stderr


@pytest.mark.parametrize(
    "keys",
    [
        {"linker": "rust-lld", "linker-flavor": "gnu-lld"},
        {"linker": "rust-lld", "linker-flavor": "ld.lld"},
        {"linker": "ld.lld-22", "linker-flavor": "gnu-lld"},
        {"linker-flavor": "gnu-lld"},
    ],
)
def test_lld_links_where_the_specification_says_so(board: Project, keys: dict[str, str]) -> None:
    need_tool("ld.lld-22", "qemu-system-arm")
    with_spec(board, **keys).build("images", "check")
    assert b"Linker: " in board.read_bytes(f"{OUT}/app.elf")


@pytest.mark.parametrize("choose", ["argument", "specification"])
def test_the_driver_can_link(board: Project, choose: str) -> None:
    need_tool("qemu-system-arm")
    board.edit("firmware.toml", 'flags = ["-z", "noexecstack"]', 'flags = ["-Wl,-z,noexecstack", "-specs=nosys.specs"]')
    if choose == "specification":
        with_spec(board, **{"linker": "arm-none-eabi-gcc", "linker-flavor": "gnu-cc"})
    arguments = ["linker=cc"] if choose == "argument" else []
    run = board.build("images", "check", "verbose=1", *arguments)
    line = link_line(run)
    assert "arm-none-eabi-gcc" in line
    assert "-mfloat-abi=hard" in line


def test_a_missing_linker_is_told(board: Project) -> None:
    run = board.fail("linker=ld.nowhere")
    assert "the linker 'ld.nowhere' is not on PATH" in run.stderr
    assert "remedy" in run.stderr


@pytest.mark.parametrize("linker", LINKERS)
def test_an_overflowing_region_is_explained(board: Project, linker: str) -> None:
    need_tool(*(["ld.lld-22"] if linker == "lld" else []))
    board.write("link.ld", f"INCLUDE memory.x\n{SECTIONS}")
    board.write(
        "firmware.toml",
        (board.folder / "firmware.toml").read_text()
        + '\n[memory]\nFLASH = { origin = 0, length = "128" }\nRAM = { origin = 0x2000_0000, length = "64K" }\n',
    )
    run = board.fail(f"linker={linker}")
    assert re.search(
        r"^  cause +region FLASH overflows by \d+ bytes\n"
        rf"  image +{OUT}/app\.elf\n"
        r"  region +FLASH  origin 0x00000000  length 128   firmware\.toml:\d+\n"
        r"  largest +\.text \d+\n"
        r"  remedy +shrink the image or raise \[memory\]\.FLASH\.length\n"
        r"  see +docs/errors\.md#region-overflow\n",
        run.stderr,
        re.MULTILINE,
    ), run.stderr


def test_a_budget_that_is_exceeded_is_an_error(board: Project) -> None:
    board.write("link.ld", f"INCLUDE memory.x\n{SECTIONS}")
    board.write(
        "firmware.toml",
        (board.folder / "firmware.toml").read_text()
        + '\n[memory]\nFLASH = { origin = 0, length = "64K", budget = "0.1%" }\n'
        'RAM = { origin = 0x2000_0000, length = "64K" }\n',
    )
    run = board.fail()
    assert re.search(r"region FLASH is over its budget by \d+ bytes", run.stderr)
    assert "raise [memory].FLASH.budget" in run.stderr
    board.edit("firmware.toml", "0.1%", "80%").build()


def test_a_missing_script_is_told(board: Project) -> None:
    run = board.edit("firmware.toml", '"link.ld"', '"lnik.ld"').fail()
    assert "lnik.ld" in run.stderr
    assert not run.steps


def test_a_missing_include_is_told(board: Project) -> None:
    board.write("memory.x", MEMORY).write("link.ld", f"/* here */\nINCLUDE memroy.x\n{SECTIONS}")
    run = board.fail()
    assert "link.ld:2: INCLUDE 'memroy.x' not found; searched " in run.stderr
    assert "remedy" in run.stderr


def test_two_staticlibs_in_one_image_are_an_error(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = piecewise(tmp_path / "p", 'LDSCRIPT="link.ld"')
    project.edit("SConstruct", '"c/start.s", rust]', '"c/start.s", rust, env.RustStaticLibrary("other", "src/lib.rs")]')
    run = project.fail()
    assert "two Rust staticlibs in one image" in run.stderr
    assert f"{SCONSCRIPT_OUT}/libother.a" in run.stderr
    assert "RustLibrary" in run.stderr


def test_sections_that_nothing_uses_are_dropped_unless_kept(board: Project) -> None:
    board.edit("c/main.c", "int main(void)", 'void nobody_calls_this(void) { put("x"); }\n\nint main(void)')
    board.build()
    assert b"nobody_calls_this" not in board.read_bytes(f"{OUT}/app.elf")
    board.edit("firmware.toml", "[link]", "[link]\ngc-sections = false").build()
    assert b"nobody_calls_this" in board.read_bytes(f"{OUT}/app.elf")


def test_a_map_file_lies_beside_the_image(board: Project) -> None:
    assert "Linker script and memory map" in (board.folder / OUT / "app.map").read_text()


@pytest.mark.parametrize("linker", LINKERS)
def test_an_undefined_symbol_shows_the_linkers_words(board: Project, linker: str) -> None:
    need_tool(*(["ld.lld-22"] if linker == "lld" else []))
    board.edit("c/main.c", "answer(40)", "nowhere(40)").edit("c/main.c", "uint32_t answer(", "uint32_t nowhere(")
    run = board.fail(f"linker={linker}")
    assert "nowhere" in run.stderr
    assert "undefined" in run.stderr
    assert not (board.folder / f"{OUT}/app.elf").exists()
