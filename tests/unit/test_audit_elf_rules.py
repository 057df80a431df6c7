"""The rules for the linked ELF, on made-up ones: what is found, in these words, and what is not."""

from __future__ import annotations

import struct

import pytest

from steelmill.audit.elf_rules import check_executable
from steelmill.audit.executable import Executable, LoadSegment
from steelmill.audit.finding import Finding
from steelmill.audit.placement import Placement, lets_undefined_pass, starts_at_vectors
from steelmill.image.sections import Section
from steelmill.linker.region import Region

FLASH = Region("FLASH", 0x0800_0000, 0x1_0000, "rx")
RAM = Region("RAM", 0x2000_0000, 0x4000, "rwx")
PLACEMENT = Placement((FLASH, RAM), "Reset", vectors=True)
TABLE = struct.pack("<4I", 0x2000_4000, 0x0800_0101, 0x0800_0103, 0x0800_0103)


def section(name: str, address: int, size: int, data: bytes | None = b"", lma: int | None = None) -> Section:
    content = None if data is None else data.ljust(size, b"\0")
    return Section(name, address, address if lma is None else lma, size, 4, content)


GOOD = Executable(
    entry=0x0800_0101,
    big_endian=False,
    segments=(LoadSegment(0x0800_0000, 0x400, False, True), LoadSegment(0x2000_0000, 0x100, True, False)),
    sections=(
        section(".vectors", 0x0800_0000, 0x100, TABLE),
        section(".text", 0x0800_0100, 0x300),
        section(".data", 0x2000_0000, 0x10, lma=0x0800_0400),
        section(".bss", 0x2000_0010, 0x20, None),
    ),
    symbols={"Reset": 0x0800_0101, "main": 0x0800_0200},
    undefined=(),
)


def check(elf: Executable, placement: Placement = PLACEMENT) -> list[Finding]:
    return list(check_executable(elf, placement, "app.elf"))


def one(elf: Executable, placement: Placement = PLACEMENT) -> str:
    (finding,) = check(elf, placement)
    assert finding.object == "app.elf"
    return f"{finding.level} {finding.rule} {finding.subject}: {finding.found}; {finding.wanted}"


def with_section(*replaced: Section) -> Executable:
    names = {each.name for each in replaced}
    return GOOD._replace(sections=(*(each for each in GOOD.sections if each.name not in names), *replaced))


def with_table(*words: int) -> Executable:
    return with_section(section(".vectors", 0x0800_0000, 0x100, struct.pack(f"<{len(words)}I", *words)))


def test_a_good_image() -> None:
    assert check(GOOD) == []


def test_an_entry_symbol_that_nothing_defines() -> None:
    assert one(GOOD, PLACEMENT._replace(entry="reset")) == (
        "error entry reset: no such symbol; the linker put 0x8000101 in its place; the image begins at reset"
    )


def test_an_entry_where_no_code_is() -> None:
    assert one(GOOD._replace(entry=0x2000_0000)) == (
        "error entry Reset: the entry point 0x20000000 is in no executable segment; the image begins in code"
    )
    assert one(GOOD._replace(entry=0x2000_0000), PLACEMENT._replace(entry=None)).startswith("error entry :")


@pytest.mark.parametrize(
    ("elf", "entry"),
    [
        (GOOD, "0x8000101"),
        (GOOD._replace(symbols={}), "Reset"),
        (GOOD._replace(entry=0), None),
    ],
)
def test_entries_of_which_nothing_is_certain(elf: Executable, entry: str | None) -> None:
    """A number, a stripped ELF, and an image for a loader that knows where to begin."""
    assert check(elf, PLACEMENT._replace(entry=entry)) == []


def test_an_odd_entry_is_code_of_thumb_alone() -> None:
    edge = GOOD._replace(entry=0x0800_03FF + 2)
    assert one(edge).startswith("error entry Reset: the entry point 0x8000401")
    assert check(GOOD._replace(entry=0x0800_0100), PLACEMENT._replace(vectors=False)) == []


def test_undefined_symbols_where_the_link_lets_them_pass() -> None:
    elf = GOOD._replace(undefined=("missing",))
    assert check(elf) == []
    assert one(elf, PLACEMENT._replace(lenient=True)) == (
        "error undefined-symbol missing: undefined: what refers to it takes address 0; "
        "an image has all that it refers to"
    )


@pytest.mark.parametrize(
    "words",
    [
        "--unresolved-symbols=ignore-all",
        "--unresolved-symbols=ignore-in-object-files",
        "--unresolved-symbols ignore-all",
        "--warn-unresolved-symbols",
        "-noinhibit-exec",
        "--noinhibit-exec",
        "-z undefs",
        "-zundefs",
    ],
)
def test_options_that_let_undefined_symbols_pass(words: str) -> None:
    assert lets_undefined_pass(["--gc-sections", *words.split()])


@pytest.mark.parametrize("words", ["", "--unresolved-symbols=report-all", "-z defs", "-u undefs", "-z noexecstack"])
def test_options_that_do_not(words: str) -> None:
    assert not lets_undefined_pass(words.split())


def test_a_segment_that_is_writable_and_executable() -> None:
    both = GOOD.segments[0]._replace(writable=True)
    assert one(GOOD._replace(segments=(both, GOOD.segments[1]))) == (
        "warning writable-code .vectors .text: one segment, writable and executable, at 0x08000000; "
        "code that nothing overwrites unnoticed"
    )


def test_sections_outside_of_memory() -> None:
    memory = "FLASH 0x08000000..0x0800ffff, RAM 0x20000000..0x20003fff"
    assert one(with_section(section(".more", 0x0900_0000, 16))) == (
        f"error outside-memory .more: it runs at 0x09000000..0x0900000f; {memory}"
    )
    assert one(with_section(section(".data", 0x2000_0000, 16, lma=0x0900_0000))) == (
        f"error outside-memory .data: it is loaded at 0x09000000..0x0900000f; {memory}"
    )
    # it begins inside
    assert one(with_section(section(".more", 0x0800_FFF8, 16))).startswith("error outside-memory .more")
    # registers of a device, as a script may describe them
    assert one(with_section(section(".uart", 0x4000_0000, 16, None))).startswith("warning outside-memory .uart")


def test_without_known_memory_nothing_is_outside() -> None:
    assert check(with_section(section(".more", 0x0900_0000, 16)), PLACEMENT._replace(regions=())) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (
            (0x2000_4004, 0x0800_0101),
            "error vector-table .vectors: its first word, the initial stack pointer, is 0x20004004; "
            "a multiple of 8, in RAM 0x20000000..0x20003fff",
        ),
        (
            (0x2000_0000, 0x0800_0101),
            "error vector-table .vectors: its first word, the initial stack pointer, is 0x20000000; "
            "a multiple of 8, in RAM 0x20000000..0x20003fff",
        ),
        (
            (0x0800_1000, 0x0800_0101),
            "error vector-table .vectors: its first word, the initial stack pointer, is 0x08001000; "
            "a multiple of 8, in RAM 0x20000000..0x20003fff",
        ),
        (
            (0x2000_4000, 0x0800_0100),
            "error vector-table .vectors: its second word, the reset vector, is 0x08000100: even; "
            "an odd address, which says that the handler is Thumb code",
        ),
        (
            (0x2000_4000, 0x0900_0101),
            "error vector-table .vectors: its second word, the reset vector, is 0x09000101: no code is there; "
            "the address of the reset handler",
        ),
    ],
)
def test_vector_tables_that_do_not_start(words: tuple[int, ...], found: str) -> None:
    assert one(with_table(*words)) == found
    assert check(with_table(*words), PLACEMENT._replace(vectors=False)) == []


def test_the_stack_may_begin_at_the_end_of_memory_and_lies_anywhere_where_memory_is_unknown() -> None:
    assert check(with_table(0x2000_4000, 0x0800_0101)) == []
    assert check(with_table(0x3000_0000, 0x0800_0101), PLACEMENT._replace(regions=())) == []


def test_a_table_that_is_not_aligned() -> None:
    moved = with_section(section(".vectors", 0x0800_0040, 0x80, TABLE))
    assert one(moved).startswith("error vector-table .vectors: it begins at 0x08000040; a multiple of 128")


def test_a_table_without_bytes() -> None:
    empty = with_section(section(".vectors", 0x2000_0100, 0x80, None))
    assert one(empty).startswith("error vector-table .vectors: no bytes are loaded at 0x20000100")


def test_a_table_that_a_symbol_names() -> None:
    text = section(".text", 0x0800_0000, 0x400, bytes(0x200) + struct.pack("<2I", 0x2000_4004, 0x0800_0101))
    named = GOOD._replace(sections=(text,), symbols={**GOOD.symbols, "__Vectors": 0x0800_0200})
    assert one(named).startswith(
        "error vector-table __Vectors: its first word, the initial stack pointer, is 0x20004004"
    )


FIRST = (section(".text", 0x0800_0000, 0x400, TABLE), *GOOD.sections[2:])


def test_a_table_without_a_name_of_its_own_is_what_the_image_begins_with() -> None:
    assert check(GOOD._replace(sections=FIRST)) == []
    even = section(".text", 0x0800_0000, 0x400, struct.pack("<2I", 0x2000_4000, 0x0800_0100))
    assert one(GOOD._replace(sections=(even, *FIRST[1:]))).startswith("error vector-table .text: its second word")


def test_a_table_that_was_dropped() -> None:
    code = section(".text", 0x0800_0000, 0x400, bytes.fromhex("80b500af4ff0e023"))
    assert one(GOOD._replace(sections=(code, *FIRST[1:]))) == (
        "warning vector-table .text: the image begins with 0xaf00b580 0x23e0f04f; "
        "the initial stack pointer and the reset vector first, where nothing else starts the image"
    )


def test_an_image_behind_a_bootloader_begins_with_what_it_likes() -> None:
    behind = section(".header", 0x0800_2000, 0x400, b"\x3d\xb8\xf3\x96")
    assert check(GOOD._replace(sections=(*GOOD.sections[1:], behind))) == []


@pytest.mark.parametrize(
    ("llvm_target", "expected"),
    [
        ("thumbv6m-none-eabi", True),
        ("thumbv7em-none-eabihf", True),
        ("thumbv8m.base-none-eabi", True),
        ("thumbv8m.main-none-eabihf", True),
        ("thumbv8.1m.main-none-eabihf", True),
        ("thumbv7a-none-eabihf", False),
        ("armv7r-none-eabihf", False),
        ("armv7a-none-eabi", False),
        ("thumbv8r-none-eabihf", False),
        ("riscv32", False),
        ("x86_64-unknown-none-elf", False),
    ],
)
def test_which_processors_begin_at_vectors(llvm_target: str, expected: bool) -> None:
    assert starts_at_vectors(llvm_target) == expected
