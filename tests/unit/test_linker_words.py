"""Duplicate symbols as linkers tell of them, and what a file is that they do not take."""

from __future__ import annotations

import pytest

from steelmill.elf.file_kind import describe_file
from steelmill.linker.duplicates import Duplicate, parse_duplicates

GNU = """\
arm-none-eabi-ld: d2.o: in function `start':
/src/d1.c:1: multiple definition of `start'; d1.o:d1.c:(.text+0x0): first defined here
arm-none-eabi-ld: /src/d1.c:9: multiple definition of `stop'; vendor/libx.a(y.o):d1.c:(.text+0x4): first defined here
arm-none-eabi-ld: libd.a(d2.o):/src/d1.c:1: multiple definition of `foo'; d1.o:(.bss+0x0): first defined here
"""
LLD = """\
ld.lld-22: error: duplicate symbol: start
>>> defined at d1.c
>>>            d1.o:(start)
>>> defined at d1.c:1
>>>            d2.o:(.text+0x1)

ld.lld-22: error: duplicate symbol: foo
>>> defined at ns.o:(.text+0x0)
>>> defined at d1.c:1
>>>            d2.o:(.bss+0x0) in archive libd.a
"""


def test_gnu_ld_names_the_object_once_a_function() -> None:
    assert parse_duplicates(GNU) == (
        Duplicate("start", ("d1.o", "d2.o")),
        Duplicate("stop", ("vendor/libx.a(y.o)", "d2.o")),
        Duplicate("foo", ("d1.o", "libd.a(d2.o)")),
    )


def test_lld_names_sources_where_it_knows_them() -> None:
    assert parse_duplicates(LLD) == (
        Duplicate("start", ("d1.o", "d2.o")),
        Duplicate("foo", ("ns.o", "libd.a(d2.o)")),
    )


def test_other_words_tell_of_no_duplicate() -> None:
    assert parse_duplicates("ld: undefined reference to `foo'\n") == ()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty, or not there"),
        (b"BC\xc0\xde5\x14", "LLVM bitcode: -flto, or rustc -Clinker-plugin-lto, left it to a linker that can compile"),
        (b"\x7fELF\x01\x01" + bytes(12) + b"\x28\0", "an ELF file for 32-bit ARM, little-endian"),
        (b"\x7fELF\x02\x02" + bytes(12) + b"\0\xb7", "an ELF file for 64-bit AArch64, big-endian"),
        (b"\x7fELF\x01", "no object and no archive"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "a Git LFS pointer: the file itself was not fetched (git lfs pull)",
        ),
        (b"!<thin>\n/", "a thin archive: its members are in other files"),
        (b"hello\n", "text"),
        (b"\x00\x01\x02", "no object and no archive"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, words: str) -> None:
    assert describe_file(head) == words
