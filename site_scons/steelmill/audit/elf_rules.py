"""The rules for the linked ELF: what a linker lets pass and a processor does not.

Vector tables follow "Vector table" of the Armv6-M, Armv7-M and Armv8-M Architecture Reference Manuals (DDI 0419, DDI
0403, DDI 0553).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from steelmill.audit.executable import Executable
from steelmill.audit.finding import Finding
from steelmill.audit.placement import Placement
from steelmill.audit.rules import Rule
from steelmill.linker.region import Region

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

_SECTIONS = (".vectors", ".isr_vector", ".vector_table", ".interrupt_vectors", ".intvec", ".intvecs")
_SYMBOLS = ("__vector_table", "__Vectors", "__isr_vector", "__vectors", "g_pfnVectors")
"""Customary names of vector tables."""
_ALIGNMENT = 128
"""bytes: the least that the vector table offset register takes"""
_STACK_ALIGNMENT = 8


def check_executable(elf: Executable, placement: Placement, path: str) -> tuple[Finding, ...]:
    """Hold a linked ELF, at ``path``, against all the rules."""
    found = (
        *_entry(elf, placement),
        *(_undefined_symbol(elf) if placement.lenient else ()),
        *_writable_code(elf),
        *_outside_memory(elf, placement.regions),
        *(_vector_table(elf, placement.regions) if placement.vectors else ()),
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
            if not any(region.origin <= start and start + section.size <= _end(region) for region in regions):
                yield Finding(
                    "outside-memory",
                    # without bytes it may well stand for the registers of a device
                    "error" if loaded else "warning",
                    "",
                    section.name,
                    f"it {verb} at {start:#010x}..{start + section.size - 1:#010x}",
                    _describe(regions),
                    "place it in the linker script with > REGION, or add that memory to MEMORY",
                )
                break


def _vector_table(elf: Executable, regions: Sequence[Region]) -> Iterator[Finding]:
    """Check the table of a customary name, else what lies at the start of a region, if it looks like one."""
    memory = [region for region in regions if _is_writable(region)] or regions
    named = _named_table(elf)
    name, address = named or _first_bytes(elf, regions) or ("", 0)
    words = elf.words(address, 2) if name else None
    if words is None:
        if named:
            yield _bad_table(
                name,
                f"no bytes are loaded at {address:#010x}",
                "the initial stack pointer and the reset vector there",
                "fill the table, and place it in flash",
            )
        return
    stack, reset = words
    stack_fits = not memory or any(region.origin < stack <= _end(region) for region in memory)
    reset_fits = elf.is_code(reset & ~1)
    if not named and not (reset_fits and (reset & 1 or stack_fits)):
        yield _bad_table(
            name,
            f"the image begins with {stack:#010x} {reset:#010x}",
            "the initial stack pointer and the reset vector first, where nothing else starts the image",
            "keep the table with KEEP() in the linker script, and place it first",
        )._replace(level="warning")
        return
    if address % _ALIGNMENT:
        yield _bad_table(
            name,
            f"it begins at {address:#010x}",
            f"a multiple of {_ALIGNMENT}, or of more for a longer table",
            "align it in the linker script, or place it at the start of flash",
        )
    if stack % _STACK_ALIGNMENT or not stack_fits:
        wanted = f"a multiple of {_STACK_ALIGNMENT}{f', in {_describe(memory)}' if memory else ''}"
        yield _bad_table(
            name,
            f"its first word, the initial stack pointer, is {stack:#010x}",
            wanted,
            "put the end of the stack first in the table, and align it in the linker script",
        )
    if not reset & 1:
        yield _bad_table(
            name,
            f"its second word, the reset vector, is {reset:#010x}: even",
            "an odd address, which says that the handler is Thumb code",
            "declare the handler a function (.thumb_func, or .type NAME, %function), and name it in the table",
        )
    if not reset_fits:
        yield _bad_table(
            name,
            f"its second word, the reset vector, is {reset:#010x}: no code is there",
            "the address of the reset handler",
            "put the reset handler second in the table",
        )


def _named_table(elf: Executable) -> tuple[str, int] | None:
    sections = {section.name: section.vma for section in elf.sections}
    return next(
        (
            (name, where[name])
            for names, where in ((_SECTIONS, sections), (_SYMBOLS, elf.symbols))
            for name in names
            if name in where
        ),
        None,
    )


def _first_bytes(elf: Executable, regions: Sequence[Region]) -> tuple[str, int] | None:
    """Give what is loaded first, if that is the start of a region: where most processors look for the table."""
    loaded = [section for section in elf.sections if section.data is not None]
    first = min(loaded, key=lambda section: section.lma, default=None)
    if first is None or first.vma != first.lma or first.vma not in {region.origin for region in regions}:
        return None
    return first.name, first.vma


def _bad_table(name: str, found: str, wanted: str, remedy: str) -> Finding:
    return Finding("vector-table", "error", "", name, found, wanted, remedy)


def _is_writable(region: Region) -> bool:
    given = region.attributes.lower().partition("!")[0]
    return not given or "w" in given


def _end(region: Region) -> int:
    return region.origin + region.length


def _describe(regions: Sequence[Region]) -> str:
    return ", ".join(f"{region.name} {region.origin:#010x}..{_end(region) - 1:#010x}" for region in regions)
