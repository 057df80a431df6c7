"""Full regions: what the linkers say, and what is made of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from steelmill.linker.map_file import MapSection, parse_map
from steelmill.linker.overflow import Overflow, measure_overflow
from steelmill.linker.region import Region

FLASH = Region("FLASH", 0x08000000, 64 << 10, "rx", "firmware/hello/firmware.toml")
RAM = Region("RAM", 0x20000000, 1024, "rwx", "boot/link.ld:7")

# GNU ld 2.40, as arm-none-eabi-ld prints it, and through gcc.
GNU = """\
arm-none-eabi-ld: o.elf section `.text' will not fit in region `FLASH'
arm-none-eabi-ld: region `FLASH' overflowed by 16 bytes
"""
GNU_TWO = """\
/usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: ov.elf section `.text' will not fit in region `FLASH'
/usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: ov.elf section `.bss' will not fit in region `RAM'
/usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: region `FLASH' overflowed by 404 bytes
/usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: region `RAM' overflowed by 1 byte
collect2: error: ld returned 1 exit status
"""
# LLD 22.1: each number counts from the end of the region.
LLD = """\
ld.lld-22: error: section '.text' will not fit in region 'FLASH': overflowed by 8 bytes
ld.lld-22: error: section '.data' will not fit in region 'FLASH': overflowed by 408 bytes
ld.lld-22: error: section '.bss' will not fit in region 'RAM': overflowed by 2376 bytes
"""
GNU_MAP = """\
Archive member included to satisfy reference by file (symbol)

libx.a(y.o)                   a.o (y)

Discarded input sections

 .text          0x00000000       0x10 a.o

Memory Configuration

Name             Origin             Length             Attributes
FLASH            0x08000000         0x00010000         xr
*default*        0x00000000         0xffffffff

Linker script and memory map

LOAD a.o

.text           0x08000000     0xead0
 *(.text*)
 .text._start   0x08000000       0x14 a.o
                0x08000000                _start

.rodata         0x0800ead0     0x1540
 *(.rodata*)

.a_section_with_a_long_name
                0x20000000       0x20 load address 0x08010010

.bss            0x20000020        0x8
.empty          0x08000000        0x0
OUTPUT(o.elf elf32-littlearm)

.comment        0x00000000       0x26
.ARM.attributes
                0x00000000       0x2e
"""
LLD_MAP = """\
     VMA      LMA     Size Align Out     In      Symbol
 8000000  8000000       18     4 .text
 8000000  8000000       14     4         a.o:(.text._start)
 8000000  8000000        0     1                 $t
 8000018  8000018        0     1 here = .
20000000  8000018      190     4 .data
20000190 20000190      bb8     1 .bss
       0        0       41     1 .comment
       0        0       c0     4 .symtab
"""


def parts(overflow: Overflow) -> tuple[str, list[tuple[str, str]], str]:
    return overflow.what, list(overflow.details), overflow.ways


def test_one_region() -> None:
    overflow = measure_overflow(GNU, [FLASH, RAM], GNU_MAP, "dev")
    assert parts(overflow) == (
        "region FLASH overflows by 16 bytes",
        [
            ("region", "FLASH  origin 0x08000000  length 65536 (64 KiB)   firmware/hello/firmware.toml"),
            ("largest", ".text 60112   .rodata 5440"),
        ],
        "shrink the image, raise [memory].FLASH.length, or build with profile=release",
    )


def test_two_regions_without_a_map() -> None:
    overflow = measure_overflow(GNU_TWO, [FLASH, RAM], profile="release")
    assert parts(overflow) == (
        "region FLASH overflows by 404 bytes, region RAM overflows by 1 byte",
        [
            ("region", "FLASH  origin 0x08000000  length 65536 (64 KiB)   firmware/hello/firmware.toml"),
            ("sections", ".text"),
            ("region", "RAM  origin 0x20000000  length 1024 (1 KiB)   boot/link.ld:7"),
            ("sections", ".bss"),
        ],
        "shrink the image, raise [memory].FLASH.length, or raise LENGTH of RAM in boot/link.ld",
    )


def test_lld_adds_up() -> None:
    overflow = measure_overflow(LLD, [], profile="release")
    assert parts(overflow) == (
        "region FLASH overflows by 408 bytes, region RAM overflows by 2376 bytes",
        [
            ("region", "FLASH"),
            ("sections", ".text   .data"),
            ("region", "RAM"),
            ("sections", ".bss"),
        ],
        "shrink the image, raise the length of FLASH, or raise the length of RAM",
    )


def test_gnu_ld_does_not_count_where_there_is_one_section() -> None:
    words = "ld: x.elf section `.text' will not fit in region `FLASH'"
    map_text = "Linker script and memory map\n\n.text           0x0000000008000000    0x10010\n"
    overflow = measure_overflow(words, [FLASH], map_text)
    assert parts(overflow)[0] == "region FLASH overflows by 16 bytes"


def test_a_full_region_that_nothing_counts_is_told_all_the_same() -> None:
    overflow = measure_overflow("ld: x.elf section `.text' will not fit in region `ROM'", [FLASH], profile="release")
    assert parts(overflow) == (
        "region ROM is full",
        [("region", "ROM"), ("sections", ".text")],
        "shrink the image or raise the length of ROM",
    )


def test_maps() -> None:
    assert parse_map(GNU_MAP) == (
        MapSection(".text", 0x08000000, 0x08000000, 0xEAD0),
        MapSection(".rodata", 0x0800EAD0, 0x0800EAD0, 0x1540),
        MapSection(".a_section_with_a_long_name", 0x20000000, 0x08010010, 0x20),
        MapSection(".bss", 0x20000020, 0x20000020, 8),
    )
    assert parse_map(LLD_MAP) == (
        MapSection(".text", 0x08000000, 0x08000000, 0x18),
        MapSection(".data", 0x20000000, 0x08000018, 0x190),
        MapSection(".bss", 0x20000190, 0x20000190, 0xBB8),
    )
    assert parse_map("no map") == ()


@pytest.mark.parametrize("linker", ["arm-none-eabi-ld", "ld.lld-22"])
def test_real_linkers(linker: str, tmp_path: Path) -> None:
    if not shutil.which(linker) or not shutil.which("arm-none-eabi-as"):
        pytest.skip("install binutils-arm-none-eabi and lld-22")
    (tmp_path / "a.s").write_text(
        ".text\n.space 100\n.section .rodata\n.space 200\n.data\n.space 40\n.bss\n.space 2000\n"
    )
    (tmp_path / "x.ld").write_text(
        "MEMORY { FLASH : ORIGIN = 0x8000000, LENGTH = 256 RAM : ORIGIN = 0x20000000, LENGTH = 1K }\n"
        'REGION_ALIAS("ROM", FLASH)\n'
        "SECTIONS { .text : { *(.text) } > ROM .rodata : { *(.rodata) } > FLASH\n"
        " .data : { *(.data) } > RAM AT > FLASH .bss : { *(.bss) } > RAM }\n"
    )
    subprocess.run(["arm-none-eabi-as", "a.s", "-o", "a.o"], cwd=tmp_path, check=True)
    argv = [linker, "-e0", "-T", "x.ld", "a.o", "-o", "x", "-Map=x.map"]
    run = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})
    assert run.returncode
    regions = [Region("FLASH", 0x08000000, 256, "", "x.ld:1"), Region("RAM", 0x20000000, 1024, "", "x.ld:1")]
    overflow = measure_overflow(run.stderr, regions, (tmp_path / "x.map").read_text(), "release")
    assert parts(overflow) == (
        "region FLASH overflows by 84 bytes, region RAM overflows by 1016 bytes",
        [
            ("region", "FLASH  origin 0x08000000  length 256   x.ld:1"),
            ("largest", ".rodata 200   .text 100   .data 40"),
            ("region", "RAM  origin 0x20000000  length 1024 (1 KiB)   x.ld:1"),
            ("largest", ".bss 2000   .data 40"),
        ],
        "shrink the image, raise LENGTH of FLASH in x.ld, or raise LENGTH of RAM in x.ld",
    )
