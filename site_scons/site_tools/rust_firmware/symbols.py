"""The global symbols that prebuilt objects and archives define."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rust_firmware.probes import Probes, stamp
from steelmill.errors import InputError


def defined_symbols(probes: Probes, path: str) -> frozenset[str]:
    """Give the names; the file is read again only when it changed."""
    return frozenset(probes.remember("symbols", [stamp(path)], lambda: sorted(_read(path))))


def _read(path: str) -> set[str]:
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    with open(path, "rb") as file:
        content = file.read()
    try:
        return {
            symbol.name
            for member in _members(content)
            for section in ELFFile(io.BytesIO(member)).iter_sections()
            if isinstance(section, SymbolTableSection)
            for symbol in section.iter_symbols()
            if symbol["st_info"]["bind"] != "STB_LOCAL" and symbol["st_shndx"] != "SHN_UNDEF"
        }
    except Exception:  # noqa: BLE001 - pyelftools fails in many ways over a damaged file
        raise InputError(
            "no ELF object and no archive of such, or a damaged one",
            place=path,
            remedy="give objects made for the target",
        ) from None


def _members(content: bytes) -> Iterator[bytes]:
    """Give the objects of an ``ar`` archive (System V format), or the object itself."""
    if not content.startswith(b"!<arch>\n"):
        yield content
        return
    position = 8
    while position + 60 <= len(content):
        header = content[position : position + 60]
        size = int(header[48:58])
        name = header[:16].rstrip()
        if name not in (b"/", b"//", b"/SYM64/"):
            yield content[position + 60 : position + 60 + size]
        position += 60 + size + size % 2
