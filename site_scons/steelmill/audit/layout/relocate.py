"""Relocations of debug sections that pyelftools does not know: RISC-V's.

RISC-V ELF psABI Specification, "Relocations", https://github.com/riscv-non-isa/riscv-elf-psabi-doc.
"""

from __future__ import annotations

import io
import struct
from typing import Any

_ABSOLUTE = {1: "<I", 2: "<Q"}
"""R_RISCV_32 and R_RISCV_64; an object without code has no others in its debug sections."""


def relocate(content: bytes) -> bytes:
    """Apply the relocations of an object's debug sections; give a linked ELF as it is."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.relocation import RelocationHandler, RelocationSection

    elf = ELFFile(io.BytesIO(content))
    if elf["e_type"] != "ET_REL":
        return content
    result = bytearray(content)
    for section in elf.iter_sections():
        if not isinstance(section, RelocationSection) or ".debug_" not in section.name:
            continue
        target = elf.get_section(section["sh_info"])
        symbols: Any = elf.get_section(section["sh_link"])
        if elf["e_machine"] != "EM_RISCV":
            data = io.BytesIO(target.data())
            RelocationHandler(elf).apply_section_relocations(data, section)
            result[target["sh_offset"] : target["sh_offset"] + target["sh_size"]] = data.getvalue()
            continue
        for entry in section.iter_relocations():
            form = _ABSOLUTE.get(entry["r_info_type"])
            if form:
                value = symbols.get_symbol(entry["r_info_sym"])["st_value"] + entry["r_addend"]
                struct.pack_into(form, result, target["sh_offset"] + entry["r_offset"], value)
    return bytes(result)
