"""The rules for the linked ELF: what a linker lets pass and a processor does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from steelmill.audit.executable import Executable
from steelmill.audit.finding import Finding
from steelmill.audit.placement import Placement
from steelmill.audit.rules import Rule
from steelmill.audit.vector_table import check_vector_table
from steelmill.linker.region import Region, format_regions

ELF_RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("entry", "an entry symbol that nothing defines, or an entry point where no code is"),
        Rule("undefined-symbol", "a symbol that the link was told to leave undefined: it is address 0"),
        Rule("writable-code", "a segment that is both writable and executable"),
        Rule("outside-memory", "a section outside of every region of MEMORY"),
        Rule("vector-table", "a vector table with which a Cortex-M does not start"),
    )
}


def check_executable(elf: Executable, placement: Placement, path: str) -> tuple[Finding, ...]:
    """Hold a linked ELF, at ``path``, against all the rules."""
    found = (
        *_entry(elf, placement),
        *(_undefined_symbol(elf) if placement.lenient else ()),
        *_writable_code(elf),
        *_outside_memory(elf, placement.regions),
        *(check_vector_table(elf, placement.regions) if placement.vectors else ()),
    )
    return tuple(finding._replace(object=path) for finding in found)


def _entry(elf: Executable, placement: Placement) -> Iterator[Finding]:
    name = placement.entry or ""
    # ld takes a number as well as a symbol
    if name and not name[0].isdigit() and elf.symbols and name not in elf.symbols:
        yield Finding(
            "entry",
            "error",
            "",
            name,
            f"no such symbol; the linker put {elf.entry:#x} in its place",
            f"the image begins at {name}",
            "define it, spell it in ENTRY as its source does, or keep its section with KEEP() in the linker script",
        )
    # an image that names none may be entered where its loader knows; bit 0 stands for Thumb code
    elif (name or elf.entry) and not elf.is_code(elf.entry & ~placement.vectors):
        yield Finding(
            "entry",
            "error",
            "",
            name,
            f"the entry point {elf.entry:#x} is in no executable segment",
            "the image begins in code",
            "name a function in ENTRY of the linker script, and place its section in an executable segment",
        )


def _undefined_symbol(elf: Executable) -> Iterator[Finding]:
    for name in elf.undefined:
        yield Finding(
            "undefined-symbol",
            "error",
            "",
            name,
            "undefined: what refers to it takes address 0",
            "an image has all that it refers to",
            "define it, and take --unresolved-symbols, --noinhibit-exec and -z undefs out of the link's flags",
        )


def _writable_code(elf: Executable) -> Iterator[Finding]:
    for segment in elf.segments:
        if segment.writable and segment.executable:
            yield Finding(
                "writable-code",
                "warning",
                "",
                " ".join(section.name for section in elf.sections if segment.holds(section.vma)),
                f"one segment, writable and executable, at {segment.address:#010x}",
                "code that nothing overwrites unnoticed",
                "give code and data segments of their own by PHDRS in the linker script",
            )


def _outside_memory(elf: Executable, regions: Sequence[Region]) -> Iterator[Finding]:
    for section in elf.sections if regions else ():
        loaded = section.data is not None
        for verb, start in (("runs", section.vma), *((("is loaded", section.lma),) if loaded else ())):
            if not any(region.origin <= start and start + section.size <= region.end for region in regions):
                yield Finding(
                    "outside-memory",
                    # without bytes it may well stand for the registers of a device
                    "error" if loaded else "warning",
                    "",
                    section.name,
                    f"it {verb} at {start:#010x}..{start + section.size - 1:#010x}",
                    format_regions(regions),
                    "place it in the linker script with > REGION, or add that memory to MEMORY",
                )
                break
