"""The audit's own reader of objects, held against pyelftools on the toolchains' libraries."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from conftest import need_tool
from steelmill.audit.facts import MemberFacts
from steelmill.audit.object_facts import read_member
from steelmill.elf.archive import read_archive
from steelmill.elf.attributes import Attribute

LIBRARIES = [
    ("arm-none-eabi-gcc", "-mthumb -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16", "libnosys.a"),
    ("riscv64-unknown-elf-gcc", "-march=rv32imac -mabi=ilp32", "libgcc.a"),
    ("gcc", "-m64", "libgcc_eh.a"),
]


@pytest.mark.parametrize(("compiler", "flags", "library"), LIBRARIES)
def test_symbols_flags_and_attributes(compiler: str, flags: str, library: str) -> None:
    need_tool(compiler)
    argv = [compiler, *flags.split(), f"-print-file-name={library}"]
    path = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()
    members = list(read_archive(Path(path).read_bytes(), path))
    listed = subprocess.run(["ar", "t", path], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name, _ in members] == listed
    assert listed
    for name, content in members:
        facts = read_member(name, content, path)
        assert ours(facts) == theirs(bytes(content)), name


def ours(facts: MemberFacts) -> dict[str, object]:
    return {
        "header": (facts.bits, facts.flags, facts.big_endian),
        "defined": set(facts.defined),
        "undefined": set(facts.undefined),
        # pyelftools spells the tags in capitals
        "attributes": {tag.upper(): value for tag, value in facts.attributes.items()},
        "relocations": set(facts.relocations),
    }


def theirs(content: bytes) -> dict[str, object]:
    elf: Any = ELFFile(io.BytesIO(content))
    defined: set[str] = set()
    undefined: set[str] = set()
    attributes: dict[str, Attribute] = {}
    relocations = set()
    for section in elf.iter_sections():
        if isinstance(section, SymbolTableSection):
            for symbol in section.iter_symbols():
                bind, place = symbol["st_info"]["bind"], symbol["st_shndx"]
                if symbol.name and bind != "STB_LOCAL" and place != "SHN_UNDEF":
                    defined.add(symbol.name)
                elif symbol.name and bind == "STB_GLOBAL":
                    undefined.add(symbol.name)
        elif section["sh_type"] in ("SHT_ARM_ATTRIBUTES", "SHT_RISCV_ATTRIBUTES"):
            for attribute in section.subsections[0].subsubsections[0].attributes:
                attributes[attribute.tag.removeprefix("TAG_")] = attribute.value
            del attributes["FILE"]
        elif section["sh_type"] in ("SHT_REL", "SHT_RELA"):
            patched = elf.get_section(section["sh_info"])
            if patched["sh_flags"] & 2 and patched.name != ".eh_frame":
                relocations |= {entry["r_info_type"] for entry in section.iter_relocations()}
    return {
        "header": (elf.elfclass, elf["e_flags"], not elf.little_endian),
        "defined": defined,
        "undefined": undefined,
        "attributes": attributes,
        "relocations": relocations,
    }
