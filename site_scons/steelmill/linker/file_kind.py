"""What a file is that a linker does not take, by its first bytes."""

from __future__ import annotations

from typing import Literal

from steelmill.audit.machine import machine_name

_MAGIC = (
    (b"BC\xc0\xde", "LLVM bitcode: -flto, or rustc -Clinker-plugin-lto, left it to a linker that can compile"),
    (b"\xde\xc0\x17\x0b", "LLVM bitcode for Apple's tools"),
    (b"version https://git-lfs", "a Git LFS pointer: the file itself was not fetched (git lfs pull)"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O object, for macOS"),
    (b"\xce\xfa\xed\xfe", "a Mach-O object, for macOS"),
    (b"MZ", "a program for Windows"),
    (b"\x64\x86", "a COFF object, for Windows"),
    (b"!<thin>\n", "a thin archive: its members are in other files"),
    (b"!<arch>\n", "an archive"),
    (b":", "an Intel HEX image"),
    (b"S0", "an SREC image"),
)


def describe_file(head: bytes) -> str:
    """Say in words what a file is; ``head`` is its first 256 bytes or so."""
    if not head:
        return "empty, or not there"
    if head.startswith(b"\x7fELF") and len(head) >= 20:
        order: Literal["big", "little"] = "big" if head[5] == 2 else "little"
        machine = machine_name(int.from_bytes(head[18:20], order), 64 if head[4] == 2 else 32)
        return f"an ELF file for {machine}, {order}-endian"
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    return "text" if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head) else "no object and no archive"
