"""MEMORY regions: sizes, expressions, overlaps, and the memory.x that is written of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.errors import InputError
from steelmill.linker.expression import parse_number
from steelmill.linker.memory import default_attributes, format_memory
from steelmill.linker.region import Region, check_regions, format_length, parse_length
from steelmill.linker.script import scan_script

FLASH = Region("FLASH", 0x08000000, 64 << 10, "rx", "fw.toml:4")
RAM = Region("RAM", 0x20000000, 16 << 10, "rwx", "fw.toml:5")


@pytest.mark.parametrize(
    ("value", "length"),
    [
        (0, 0),
        (4096, 4096),
        ("256K", 256 << 10),
        ("256k", 256 << 10),
        ("1M", 1 << 20),
        ("0x1000", 4096),
        ("0x10K", 16 << 10),
        ("010", 8),
        ("10h", 16),
        ("128K - 4", (128 << 10) - 4),
        ("(64K*2)", 128 << 10),
        (" 1 << 10 | 1 ", 1025),
        ("2 + 3 * 4 - 10 / 3", 11),
        ("~0 & 0xff", 255),
        ("MAX(1K, 2K) + MIN(1, 2)", 2049),
        ("ALIGN(5, 4)", 8),
        ("1 > 2 ? 3 : 4", 4),
        ("-(-5)", 5),
    ],
)
def test_parse_length(value: int | str, length: int) -> None:
    assert parse_length(value) == length


@pytest.mark.parametrize(
    "value", ["", " ", "64 KB", "1G", "K", "-4", -1, "4 - 8", "1.5M", "64K,", "0xg", True, "1/0", "x"]
)
def test_parse_length_refuses(value: int | str) -> None:
    with pytest.raises(InputError, match=r"is no size; expected bytes") as caught:
        parse_length(value, "fw.toml:3")
    assert caught.value.place == "fw.toml:3"


def test_numbers_of_gnu_ld() -> None:
    numbers = {"$ff": 255, "0FFH": 255, "11b": 3, "17o": 15, "19d": 19, "1Mk": None, "08": None, "abc": None}
    assert {text: parse_number(text) for text in numbers} == numbers


def test_check_regions_accepts_neighbours() -> None:
    check_regions([RAM, FLASH, Region("NEXT", FLASH.end, 1)], 32)
    check_regions([Region("TOP", 0xFFFFF000, 0x1000)], 32)
    check_regions([])


def test_overlap() -> None:
    with pytest.raises(InputError) as caught:
        check_regions([Region("BOOT", 0x08004000, 0x1000, "", "boot.ld:2"), RAM, FLASH])
    assert (caught.value.place, caught.value.what) == (
        "boot.ld:2",
        "regions FLASH and BOOT overlap from 0x08004000 to 0x08004fff",
    )
    assert caught.value.details == (
        ("FLASH", "0x08000000..0x0800ffff   fw.toml:4"),
        ("BOOT", "0x08004000..0x08004fff   boot.ld:2"),
    )


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ([replace(RAM, length=0)], "region RAM has no length"),
        (
            [replace(RAM, origin=0xFFFFFFFF, length=2)],
            "region RAM reaches beyond the 32-bit address space, which ends at",
        ),
        ([replace(RAM, origin=-1)], "region RAM reaches beyond"),
        ([RAM, FLASH, replace(RAM, origin=0)], "region RAM is declared twice"),
    ],
)
def test_check_regions_refuses(regions: list[Region], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_regions(regions, 32)


def test_format_length() -> None:
    assert [format_length(value) for value in (0, 1023, 1024, 65536, 65528, 1 << 20)] == [
        "0",
        "1023",
        "1024 (1 KiB)",
        "65536 (64 KiB)",
        "65528 (63.99 KiB)",
        "1048576 (1024 KiB)",
    ]


def test_format_memory() -> None:
    text = format_memory([replace(FLASH, attributes=""), replace(RAM, attributes="", length=100)], "fw.toml")
    assert text == (
        "/* Written by the build from fw.toml: change it there. */\n"
        "MEMORY\n"
        "{\n"
        "  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 64K\n"
        "  RAM (rwx)  : ORIGIN = 0x20000000, LENGTH = 100\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("name", "attributes"),
    [("FLASH", "rx"), ("irom", "rx"), ("RAM", "rwx"), ("FLASH_RAM", "rwx"), ("CCM", "rwx")],
)
def test_default_attributes(name: str, attributes: str) -> None:
    assert default_attributes(name) == attributes


@pytest.mark.parametrize("name", ["", "l", "org", "ORIGIN", "A B", "1ST", "a/b", "}", "Ä"])
def test_names_that_linkers_cannot_read(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a memory region"):
        format_memory([replace(RAM, name=name)], "fw.toml")


names = st.from_regex(r"[A-Z_][A-Za-z0-9_.$-]{0,12}", fullmatch=True).filter(
    lambda name: name not in ("ORIGIN", "LENGTH", "INCLUDE")
)
regions_ = st.lists(
    st.builds(
        Region,
        name=names,
        origin=st.integers(0, (1 << 64) - 1),
        length=st.integers(0, (1 << 64) - 1) | st.integers(0, 1 << 40).map(lambda number: number << 10),
        attributes=st.from_regex(r"!?[rwxail]{1,4}(![rwx])?", fullmatch=True),
    ),
    unique_by=lambda region: region.name,
)


@given(regions_, st.text())
def test_what_is_written_is_what_is_read(regions: list[Region], place: str) -> None:
    text = format_memory(regions, place)
    scanned = scan_script("memory.x", {"memory.x": text}.get)
    assert [replace(region, place="") for region in scanned.regions] == regions
