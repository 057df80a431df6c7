"""Formats: what a programmer reads out of them is what was put in."""

from __future__ import annotations

import bincopy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.errors import InputError
from steelmill.image.formats import FORMATS, Loadable, format_bin, format_hex, format_srec
from steelmill.image.sections import read_elf
from steelmill.image.segments import Segment

TOP = 1 << 32


@st.composite
def loadables(draw: st.DrawFn) -> Loadable:
    at = draw(st.integers(0, TOP - (1 << 20)))
    segments = []
    for gap, data in draw(
        st.lists(
            st.tuples(st.one_of(st.just(0), st.integers(0, 70_000)), st.binary(min_size=1, max_size=300)), max_size=6
        )
    ):
        segments.append(Segment(at + gap, data))
        at = segments[-1].end
    return Loadable("hello", tuple(segments), draw(st.none() | st.integers(1, TOP - 1)))


def content(file: bincopy.BinFile) -> dict[int, int]:
    return {address + at: byte for address, data in file.segments for at, byte in enumerate(data)}


@given(loadables())
def test_hex_and_srec_hold_every_byte_and_the_entry_point(image: Loadable) -> None:
    expected = {segment.address + at: byte for segment in image.segments for at, byte in enumerate(segment.data)}
    for form in (format_hex, format_srec):
        file = bincopy.BinFile()
        file.add(form(image).decode("ascii"))
        assert content(file) == expected
    read = bincopy.BinFile()
    read.add_ihex(format_hex(image).decode("ascii"))
    assert read.execution_start_address == image.entry


@given(loadables())
def test_no_hex_record_crosses_a_page(image: Loadable) -> None:
    for line in format_hex(image).decode("ascii").splitlines():
        kind, address, size, _ = bincopy.unpack_ihex(line)
        assert kind != 0 or address + size <= 1 << 16


@given(loadables(), st.integers(0, 255))
def test_bin_is_the_bytes_with_gaps_filled(image: Loadable, fill: int) -> None:
    data = format_bin(image._replace(fill=fill))
    if not image.segments:
        assert data == b""
        return
    start = image.segments[0].address
    assert len(data) == image.segments[-1].end - start
    expected = bytearray([fill]) * len(data)
    for segment in image.segments:
        expected[segment.address - start : segment.end - start] = segment.data
    assert data == expected


def test_srec_names_the_image() -> None:
    image = Loadable("hello", (Segment(0x100, b"abc"),), 0x101)
    assert format_srec(image).decode().splitlines() == [
        "S008000068656C6C6FE3",
        "S308000001006162" + "63D0",
        "S70500000101F8",
    ]


def test_hex_is_as_the_format_has_it() -> None:
    image = Loadable("hello", (Segment(0x0800_0000, b"abc"),), 0x0800_0001)
    assert format_hex(image).decode().splitlines() == [
        ":020000040800F2",
        ":03000000616263D7",
        ":0400000508000001EE",
        ":00000001FF",
    ]


def test_segments_far_apart_are_refused_for_bin_alone() -> None:
    image = Loadable(
        "hello", (Segment(0x0800_0000, b"abcd", ".text"), Segment(0x2000_0000, b"ab", ".data")), None, place="hello.elf"
    )
    with pytest.raises(InputError) as caught:
        format_bin(image)
    assert str(caught.value) == (
        "hello.elf: a bin would have 402653186 bytes (384 MiB): its load addresses (LMA) are far apart\n"
        "  .text    loaded at 0x08000000..0x08000003\n"
        "  .data    loaded at 0x20000000..0x20000001\n"
        "  gap      402653180 bytes between the two\n"
        "  remedy   load .data behind .text (AT> in the linker script), or use hex or srec: they skip gaps"
    )
    assert format_hex(image)


@pytest.mark.parametrize("form", ["hex", "srec"])
@pytest.mark.parametrize(
    "image",
    [
        Loadable("hello", (Segment(TOP - 1, b"ab", ".text"),), None),
        Loadable("hello", (), TOP),
    ],
)
def test_addresses_beyond_32_bits_are_refused(form: str, image: Loadable) -> None:
    with pytest.raises(InputError, match="32-bit addresses"):
        FORMATS[form](image)


@pytest.mark.parametrize(
    "data", [b"", b"not an ELF at all, not even close to one of them, by far", b"\x7fELF\x01\x01\x01"]
)
def test_what_is_no_elf_is_an_error_of_the_input(data: bytes) -> None:
    with pytest.raises(InputError, match="not an ELF") as caught:
        read_elf(data, "hello.elf")
    assert caught.value.place == "hello.elf"
