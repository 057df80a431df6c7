"""The sections of an ELF that occupy memory, with the addresses they run at and are loaded at.

Follows the System V ABI, "Sections" and "Program Header", https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html;
load addresses as BFD (``bfd/elf.c``, ``_bfd_elf_make_section_from_shdr``) finds them, so that objcopy agrees.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from steelmill.errors import InputError

_SHF_ALLOC = 0x2
_SHF_TLS = 0x400


class Section(NamedTuple):
    """A section that occupies memory."""

    name: str
    vma: int
    """Where it is when the program runs."""
    lma: int
    """Where it is loaded."""
    size: int
    """bytes, above 0"""
    align: int
    """bytes, at least 1"""
    data: bytes | None
    """Its bytes; None where nothing is loaded (.bss)."""


class ElfImage(NamedTuple):
    """What of an ELF counts when it is loaded and runs."""

    sections: tuple[Section, ...]
    """In the order of the section table."""
    entry: int | None
    """Address of the entry point; None where the ELF says 0, none."""


def read_elf(elf: bytes, place: str | None = None) -> ElfImage:
    """Read an ELF; raise InputError at ``place`` (its path) where it is none, or has lost its section table."""
    import io

    from elftools.common.exceptions import ELFError
    from elftools.construct import ConstructError
    from elftools.elf.elffile import ELFFile

    try:
        file = ELFFile(io.BytesIO(elf))
        segments = [segment.header for segment in file.iter_segments()]
        sections = tuple(_read_sections(file, segments))
        entry = int(file.header.e_entry)
    except (ELFError, ConstructError, ValueError, KeyError) as error:
        raise InputError(f"not an ELF: {error}", place=place, remedy="give an ELF that a linker wrote") from None
    if not sections and any(_is_load(segment) and segment.p_filesz for segment in segments):
        raise InputError(
            "the ELF has segments but no sections: --gc-sections dropped everything, or the section table was stripped",
            place=place,
            remedy="say with ENTRY(...) and KEEP(...) in the linker script what must stay; do not strip the ELF",
        )
    return ElfImage(sections, entry or None)


def _read_sections(file: Any, segments: list[Any]) -> list[Section]:
    physical = _has_physical_addresses(segments)
    found = []
    for section in file.iter_sections():
        header = section.header
        loaded = header.sh_type != "SHT_NOBITS"
        if not header.sh_flags & _SHF_ALLOC or not header.sh_size:
            continue
        if header.sh_flags & _SHF_TLS and not loaded:
            # .tbss is a template of zeros: each thread has its copy, the image has none
            continue
        found.append(
            Section(
                name=section.name,
                vma=header.sh_addr,
                lma=_lma(header, segments, loaded=loaded) if physical else header.sh_addr,
                size=header.sh_size,
                align=max(header.sh_addralign, 1),
                data=section.data() if loaded else None,
            )
        )
    return found


def _has_physical_addresses(segments: list[Any]) -> bool:
    """Tell a linker that leaves p_paddr at zero everywhere from one that fills it in."""
    loads = [segment for segment in segments if _is_load(segment) and segment.p_memsz]
    return len(loads) <= 1 or any(segment.p_paddr for segment in segments)


def _lma(header: Any, segments: list[Any], *, loaded: bool) -> int:
    """Find the load address; that of the last fitting segment unless one holds the section's addresses too."""
    lma = header.sh_addr
    for segment in segments:
        if not _holds(header, segment, loaded=loaded):
            continue
        # By file offset, not by address: in overlays several sections have one address.
        lma = segment.p_paddr + (header.sh_offset - segment.p_offset if loaded else header.sh_addr - segment.p_vaddr)
        if header.sh_addr >= segment.p_vaddr and header.sh_addr + header.sh_size <= segment.p_vaddr + segment.p_memsz:
            break
    return int(lma)


def _holds(header: Any, segment: Any, *, loaded: bool) -> bool:
    if not _is_load(segment):
        return False
    if loaded and not segment.p_offset <= header.sh_offset <= segment.p_offset + segment.p_filesz - header.sh_size:
        return False
    return bool(segment.p_vaddr <= header.sh_addr <= segment.p_vaddr + segment.p_memsz - header.sh_size)


def _is_load(segment: Any) -> bool:
    return bool(segment.p_type == "PT_LOAD")
