"""What a file is, by its first bytes."""

from __future__ import annotations

from typing import Literal

from steelmill.elf.machine import machine_name

ELF = b"\x7fELF"
BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
"""LLVM's, bare and in the wrapper of other object formats ("LLVM Bitcode File Format")."""
ARCHIVE = b"!<arch>\n"
THIN_ARCHIVE = b"!<thin>\n"

_OTHERS = (
    (BITCODE[0], "LLVM bitcode: -flto, or rustc -Clinker-plugin-lto, left it to a linker that can compile"),
    (BITCODE[1], "LLVM bitcode for Apple's tools"),
    (b"version https://git-lfs", "a Git LFS pointer: the file itself was not fetched (git lfs pull)"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O object, for macOS"),
    (b"\xce\xfa\xed\xfe", "a Mach-O object, for macOS"),
    (b"MZ", "a program for Windows"),
    (b"\x64\x86", "a COFF object, for Windows"),
    (THIN_ARCHIVE, "a thin archive: its members are in other files"),
    (ARCHIVE, "an archive"),
    (b":", "an Intel HEX image"),
    (b"S0", "an SREC image"),
)


def is_object(head: bytes) -> bool:
    """Say whether a linker takes a file for an object or an archive; ``head`` is its first 8 bytes or more."""
    return head.startswith((ELF, *BITCODE, ARCHIVE, THIN_ARCHIVE))


def describe_file(head: bytes) -> str:
    """Say in words what a file is; ``head`` is its first 256 bytes or so."""
    if not head:
        return "empty, or not there"
    if head.startswith(ELF) and len(head) >= 20:
        order: Literal["big", "little"] = "big" if head[5] == 2 else "little"
        machine = machine_name(int.from_bytes(head[18:20], order), 64 if head[4] == 2 else 32)
        return f"an ELF file for {machine}, {order}-endian"
    for magic, words in _OTHERS:
        if head.startswith(magic):
            return words
    return "text" if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head) else "no object and no archive"
