"""Images of really linked ELFs: our files against objcopy's, our region usage against ld's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import bincopy
import pytest

from steelmill.errors import InputError
from steelmill.image.formats import format_image
from steelmill.image.sections import read_elf
from steelmill.image.segments import loaded_segments
from steelmill.image.size import region_usage
from steelmill.linker.region import Region


class Toolchain(NamedTuple):
    prefix: str
    package: str
    flags: tuple[str, ...]


TOOLCHAINS = {
    "arm": Toolchain("arm-none-eabi-", "gcc-arm-none-eabi", ("-mcpu=cortex-m4", "-mthumb")),
    "riscv": Toolchain("riscv64-unknown-elf-", "gcc-riscv64-unknown-elf", ("-march=rv32imac", "-mabi=ilp32")),
    "host": Toolchain("", "gcc", ("-fno-pic", "-no-pie", "-static", "-fcf-protection=none", "-Wl,-z,noexecstack")),
}

SOURCE = """
int value = 5;
char odd[3] = {1, 2, 3};
int zeros[100];
const char text[] = "hello, this is a constant of some length";
__attribute__((section(".late"))) const int late = 7;
__attribute__((section(".overlay1"))) int one[4] = {1, 1, 1, 1};
__attribute__((section(".overlay2"))) int two[2] = {2, 2};
int start(void) { return value + odd[0] + zeros[1] + text[2] + late + one[0] + two[0]; }
"""

REGIONS = (Region("FLASH", 0x0800_0000, 1 << 18), Region("RAM", 0x2000_0000, 1 << 16))
MEMORY = """
MEMORY {
  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 256K
  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 64K
}
ENTRY(start)
"""
REST = "/DISCARD/ : { *(.eh_frame*) *(.note*) *(.comment) }"
TEXT = ".text : { *(.text*) } > FLASH .rodata : { *(.rodata*) } > FLASH"
OVERLAYS = ".ov : { *(.overlay1) *(.overlay2) } > FLASH"
DATA = (
    ".data : ALIGN(8) { *(.data*) *(.sdata*) } > RAM AT> FLASH .bss (NOLOAD) : { *(.bss*) *(.sbss*) *(COMMON) } > RAM"
)
LATE = ".late : { *(.late) } > FLASH"

SCRIPTS = {
    "plain": f"{MEMORY} SECTIONS {{ {TEXT} {OVERLAYS} {LATE} {DATA} {REST} }}",
    "aligned": f"{MEMORY} SECTIONS {{ {TEXT} {OVERLAYS} .late : ALIGN(256) {{ *(.late) }} > FLASH {DATA} {REST} }}",
    "hole": f"{MEMORY} SECTIONS {{ {TEXT} {OVERLAYS} {DATA} .late 0x08004000 : {{ *(.late) }} > FLASH {REST} }}",
    "out_of_order": f"""{MEMORY} SECTIONS {{ .late 0x08010000 : {{ *(.late) }} > FLASH
        .text 0x08000100 : {{ *(.text*) }} > FLASH .rodata : {{ *(.rodata*) }} > FLASH {OVERLAYS} {DATA} {REST} }}""",
    "overlay": f"""{MEMORY} SECTIONS {{ {TEXT} {LATE} {DATA}
        OVERLAY 0x20008000 : AT (0x08008000) {{ .ov1 {{ *(.overlay1) }} .ov2 {{ *(.overlay2) }} }} > RAM {REST} }}""",
    "stack": f"""{MEMORY} SECTIONS {{ {TEXT} {OVERLAYS} {LATE} {DATA}
        .stack (NOLOAD) : {{ . = ALIGN(16); . += 4096; }} > RAM {REST} }}""",
    "ram_only": f"""{MEMORY} SECTIONS {{ .all : {{ *(.text*) *(.rodata*) *(.data*) *(.sdata*) *(.late) *(.overlay*) }}
        > RAM .bss : {{ *(.bss*) *(.sbss*) *(COMMON) }} > RAM {REST} }}""",
}
WITH_HOLES = ("hole", "out_of_order")


class Linked(NamedTuple):
    elf: Path
    memory_usage: dict[str, int]
    """Region -> bytes, as ld prints them."""
    objcopy: str


def tool(toolchain: Toolchain, name: str) -> str:
    path = shutil.which(f"{toolchain.prefix}{name}")
    if path is None:
        message = f"{toolchain.prefix}{name} is missing: apt-get install {toolchain.package}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


def link(toolchain: Toolchain, script: str, folder: Path) -> Linked:
    (folder / "script.ld").write_text(script)
    (folder / "main.c").write_text(SOURCE)
    command = [
        *(
            tool(toolchain, "gcc"),
            *toolchain.flags,
            "-Os",
            "-ffreestanding",
            "-nostdlib",
            "-fno-asynchronous-unwind-tables",
        ),
        *("-Wl,--build-id=none,--print-memory-usage", "-Tscript.ld", "main.c", "-o", "main.elf"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    units = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
    usage = {
        name: int(size) * units[unit]
        for name, size, unit in re.findall(r"^ *(\w+): +(\d+) (B|KB|MB|GB) ", done.stdout, re.M)
    }
    return Linked(folder / "main.elf", usage, tool(toolchain, "objcopy"))


@pytest.fixture(params=[(toolchain, script) for toolchain in TOOLCHAINS for script in SCRIPTS], ids="-".join)
def linked(request: pytest.FixtureRequest, tmp_path: Path) -> Linked:
    toolchain, script = request.param
    return link(TOOLCHAINS[toolchain], SCRIPTS[script], tmp_path)


def objcopy(linked: Linked, form: str, *options: str) -> bytes:
    out = linked.elf.with_suffix(f".{form}")
    subprocess.run([linked.objcopy, *options, "-O", form, linked.elf, out], check=True, stdin=subprocess.DEVNULL)
    return out.read_bytes()


@pytest.mark.parametrize("fill", [0, 0xFF])
def test_bin_is_that_of_objcopy(linked: Linked, fill: int) -> None:
    expected = objcopy(linked, "binary", f"--gap-fill={fill:#x}")
    data = format_image("bin", linked.elf.read_bytes(), name="main", fill=fill)
    assert data == expected


@pytest.mark.parametrize(("form", "objcopy_form"), [("hex", "ihex"), ("srec", "srec")])
def test_records_mean_what_those_of_objcopy_mean(linked: Linked, form: str, objcopy_form: str) -> None:
    ours, theirs = bincopy.BinFile(), bincopy.BinFile()
    ours.add(format_image(form, linked.elf.read_bytes(), name="main").decode("ascii"))
    theirs.add(objcopy(linked, objcopy_form).decode("ascii"))
    assert [tuple(segment) for segment in ours.segments] == [tuple(segment) for segment in theirs.segments]
    assert ours.execution_start_address == theirs.execution_start_address


def test_objcopy_reads_our_records_back(linked: Linked, tmp_path: Path) -> None:
    expected = objcopy(linked, "binary")
    for form, bfd in (("hex", "ihex"), ("srec", "srec")):
        file = tmp_path / f"ours.{form}"
        file.write_bytes(format_image(form, linked.elf.read_bytes(), name="main"))
        back = tmp_path / f"{form}.bin"
        subprocess.run([linked.objcopy, "-I", bfd, "-O", "binary", file, back], check=True)
        assert back.read_bytes() == expected


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
# ld does not count what AT() with an address loads elsewhere, as an overlay does
@pytest.mark.parametrize("script", [script for script in SCRIPTS if script != "overlay"])
def test_usage_is_that_of_the_linker_but_for_holes(tmp_path: Path, toolchain: str, script: str) -> None:
    linked = link(TOOLCHAINS[toolchain], SCRIPTS[script], tmp_path)
    usages = region_usage(linked.elf.read_bytes(), REGIONS)
    used = {usage.region.name: usage.used for usage in usages}
    if script in WITH_HOLES:
        assert all(0 < used[name] <= reached for name, reached in linked.memory_usage.items())
    else:
        assert used == linked.memory_usage


def test_overlays_occupy_flash_each_and_ram_once(tmp_path: Path) -> None:
    elf = link(TOOLCHAINS["arm"], SCRIPTS["overlay"], tmp_path).elf.read_bytes()
    flash, ram = region_usage(elf, REGIONS)
    assert {".ov1", ".ov2"} <= {segment.name for segment in loaded_segments(read_elf(elf))}
    assert dict(flash.sections)[".ov1"] == dict(ram.sections)[".ov1"] == 16
    assert ram.used == dict(ram.sections)[".data"] + dict(ram.sections)[".bss"] + 16


def test_two_sections_at_one_load_address_are_refused(tmp_path: Path) -> None:
    script = f"""{MEMORY} SECTIONS {{ {TEXT} {OVERLAYS} {LATE}
        .data 0x20000000 : AT (0x08000004) {{ *(.data*) }} .bss : {{ *(.bss*) *(COMMON) }} > RAM {REST} }}"""
    toolchain = TOOLCHAINS["arm"]
    unchecked = toolchain._replace(flags=(*toolchain.flags, "-Wl,--no-check-sections"))
    elf = link(unchecked, script, tmp_path).elf.read_bytes()
    with pytest.raises(InputError, match=r"sections \.text and \.data are both loaded at 0x08000004"):
        loaded_segments(read_elf(elf), "main.elf")


def test_a_stripped_elf_is_the_same_image(tmp_path: Path) -> None:
    linked = link(TOOLCHAINS["arm"], SCRIPTS["plain"], tmp_path)
    before = loaded_segments(read_elf(linked.elf.read_bytes()))
    subprocess.run([linked.objcopy, "--strip-all", linked.elf], check=True)
    assert loaded_segments(read_elf(linked.elf.read_bytes())) == before
