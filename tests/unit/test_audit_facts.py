from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from elf_bytes import (
    ALLOC,
    ATTRIBUTES,
    COMMON,
    EXECUTE,
    FUNCTION,
    LOCAL,
    RELA,
    WEAK,
    Part,
    Symbol,
    archive,
    attributes,
    elf_object,
    member,
    relocation,
)
from steelmill.audit.facts import FileFacts, MemberFacts, dump_facts, load_facts, read_facts
from steelmill.elf.attributes import AttributesError, parse_attributes
from steelmill.elf.machine import AARCH64, ARM, RISCV, X86_64
from steelmill.errors import InputError

SYMBOLS = (
    Symbol("hidden", 1, LOCAL),
    Symbol("run", 1),
    Symbol("spare", 1, WEAK),
    Symbol("shared", COMMON),
    Symbol("asked"),
    Symbol("perhaps", bind=WEAK),
)
TEXT = Part(".text", b"\x90" * 16, flags=ALLOC | EXECUTE)


def read(content: bytes) -> MemberFacts:
    facts = read_facts(content, "a.o")
    assert not facts.archive
    assert load_facts(dump_facts(facts), "a.o") == facts
    return facts.members[0]


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("numbers_in_section", [False, True])
def test_header_and_symbols(bits: int, big: bool, numbers_in_section: bool) -> None:
    content = elf_object(
        AARCH64, [TEXT], SYMBOLS, bits=bits, big=big, flags=7, os_abi=9, numbers_in_section=numbers_in_section
    )
    assert read(content) == MemberFacts(
        machine=AARCH64,
        bits=bits,
        big_endian=big,
        os_abi=9,
        flags=7,
        defined=("run", "spare"),
        common=("shared",),
        undefined=("asked",),
    )


def test_build_attributes() -> None:
    tags = (
        bytes([6, 13, 28, 1])
        + b"\x05cortex-m4\0"
        + bytes([32, 2])
        + b"x\0"
        + bytes([67])
        + b"2.09\0"
        + b"\x80\x02\x81\x01"
    )
    found = read(elf_object(ARM, [Part(".ARM.attributes", attributes("aeabi", tags), ATTRIBUTES)], bits=32)).attributes
    assert found == {
        "CPU_arch": 13,
        "ABI_VFP_args": 1,
        "CPU_name": "cortex-m4",
        "compatibility": 2,
        "Tag_67": "2.09",
        "Tag_256": 129,
    }
    tags = b"\x04\x10\x05rv32imac\0"
    found = read(elf_object(RISCV, [Part(".riscv.attributes", attributes("riscv", tags), ATTRIBUTES)])).attributes
    assert found == {"stack_align": 16, "arch": "rv32imac"}


def test_attributes_of_another_vendor_and_of_parts_of_the_file_are_passed_over() -> None:
    other = attributes("gnu", b"\x04\x01")
    section = b"\2" + (7).to_bytes(4, "little") + b"\x04\x01"
    part = b"riscv\0" + section
    mixed = other + (len(part) + 4).to_bytes(4, "little") + part
    assert parse_attributes(mixed, "little") == {}
    assert parse_attributes(b"", "little") == {}
    assert parse_attributes(b"B", "little") == {}


@given(st.binary(max_size=80))
def test_damaged_attributes_raise_one_error(data: bytes) -> None:
    for section in (b"A" + data, attributes("aeabi", data)):
        with suppress(AttributesError):
            parse_attributes(section, "little")


def test_a_weak_call_counts_where_no_one_looks_at_the_address() -> None:
    call = Part(".text", b"\x90\xe8\0\0\0\0\x90\xe8\0\0\0\0", flags=ALLOC | EXECUTE)
    weak = [Symbol("hook", bind=WEAK), Symbol("other", bind=WEAK)]

    def calls(entries: bytes, index: int = 1) -> tuple[str, ...]:
        return read(elf_object(X86_64, [call, Part(".rela", entries, RELA, info=index)], weak)).weak_calls

    assert calls(relocation(2, 1, 4)) == ("hook",)
    assert calls(relocation(2, 1, 4) + relocation(8, 2, 2)) == ("hook", "other")
    assert calls(relocation(2, 1, 4) + relocation(8, 1, 1)) == (), "R_X86_64_64: the address is looked at"
    assert calls(relocation(1, 1, 2)) == (), "no opcode of a call before it: data relative to the instruction"
    assert calls(relocation(500, 1, 2)) == ()


def test_an_executable_stack_a_producer_and_gcc_s_slim_lto() -> None:
    note = Part(".note.GNU-stack", b"")
    assert not read(elf_object(ARM, [note])).executable_stack
    assert read(elf_object(ARM, [note._replace(flags=EXECUTE)])).executable_stack
    comment = Part(".comment", b"\0GCC: (GNU) 12.2.0\0")
    assert read(elf_object(ARM, [comment])).producer == "GCC: (GNU) 12.2.0"
    debug = Part(".debug_str", b"main.c\0GNU C17 12.2.0 -mthumb -g\0")
    assert read(elf_object(ARM, [comment, debug])).producer == "GNU C17 12.2.0 -mthumb -g"
    assembled = Part(".debug_str", b"GNU AS 2.40\0start.S\0")
    assert read(elf_object(ARM, [assembled])).producer == ""
    assert read(elf_object(ARM, [Part(".eh_frame", b"")])).producer == "an unknown compiler"
    slim = read(elf_object(ARM, [], [Symbol("__gnu_lto_slim", COMMON)]))
    assert (slim.slim_lto, slim.common) == (True, ())


def test_what_is_no_elf() -> None:
    assert read(b"BC\xc0\xde....").kind == "bitcode"
    content = archive(member(b"README/", b"hello"), member(b"a.o/", b"BC\xc0\xde"))
    facts = read_facts(content, "x.a")
    assert [(part.name, part.kind) for part in facts.members] == [("README", "other"), ("a.o", "bitcode")]
    with pytest.raises(InputError) as caught:
        read_facts(b"version https://git-lfs.github.com/spec/v1\n", "vendor/libphy.a")
    assert str(caught.value) == (
        "vendor/libphy.a: no ELF object and no archive, but a Git LFS pointer: the file itself was not fetched"
        " (git lfs pull)\n"
        "  remedy   give objects made for the target"
    )


def names(content: bytes) -> list[str]:
    return [part.name for part in read_facts(content, "x.a").members]


def test_archives_of_gnu_and_bsd() -> None:
    small = elf_object(ARM, bits=32)
    assert names(archive()) == []
    gnu = archive(
        member(b"/", b"\0\0\0\0"),
        member(b"/SYM64/", b"\0" * 8),
        member(b"//", b"a_long_name_for_a_member.o/\nanother/of them.o/\n"),
        member(b"/0", small),
        member(b"short.o/", small),
        member(b"/28", small),
    )
    assert names(gnu) == ["a_long_name_for_a_member.o", "short.o", "another/of them.o"]
    bsd = archive(
        member(b"#1/20", b"__.SYMDEF SORTED\0\0\0\0"),
        member(b"#1/12", b"long name.o\0" + small),
        member(b"old.o", small),
    )
    assert names(bsd) == ["long name.o", "old.o"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"!<thin>\n", "a thin archive: its members are in other files, which nothing would track"),
        (b"!<arch>\nrubbish", "a damaged archive: no member begins at byte 8"),
        (archive(member(b"a.o/", b"x"))[:-4], "a damaged archive: no member begins at byte 8"),
        (archive(member(b"/99", b"x")), "a damaged archive: no member begins at byte 68"),
        (archive(member(b"#1/99", b"x")), "a damaged archive: no member begins at byte 68"),
    ],
)
def test_archives_that_are_damaged(content: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_facts(content, "x.a")
    assert caught.value.what == message
    assert caught.value.place == "x.a"


def test_a_damaged_member_is_named() -> None:
    with pytest.raises(InputError) as caught:
        read_facts(archive(member(b"a.o/", elf_object(ARM, bits=32)[:-8])), "x.a")
    assert str(caught.value) == (
        "x.a(a.o): a damaged ELF object: a section reaches beyond the end of the file\n  remedy   compile it again"
    )


WHOLE = elf_object(
    X86_64,
    [
        Part(".text", b"\x90\xe8\0\0\0\0\x66\x0f\xef\xc0\xc3", flags=ALLOC | EXECUTE),
        Part(".rela", relocation(2, 2, 4), RELA, info=1),
        Part(".comment", b"\0GCC\0"),
    ],
    [Symbol("run", 1, kind=FUNCTION, size=11), Symbol("hook", bind=WEAK)],
)
ARM_WHOLE = elf_object(ARM, [Part(".ARM.attributes", attributes("aeabi", b"\6\15\34\1"), ATTRIBUTES)], bits=32)


@settings(max_examples=400)
@given(
    base=st.sampled_from([WHOLE, ARM_WHOLE, archive(member(b"a.o/", WHOLE))]),
    edits=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6),
    end=st.integers(0, 2000),
)
@example(base=WHOLE, edits=[(47, 128)], end=2000)  # an offset of the section table beyond 63 bits
def test_a_damaged_file_is_read_or_refused(base: bytes, edits: list[tuple[int, int]], end: int) -> None:
    content = bytearray(base)
    for position, value in edits:
        content[position % len(content)] = value
    content = content[: len(base) - (end % len(base) if end < 700 else 0)]
    try:
        facts = read_facts(bytes(content), "x")
    except InputError:
        return
    assert load_facts(dump_facts(facts), "x") == facts


def test_facts_of_equal_files_are_equal_text() -> None:
    assert dump_facts(read_facts(WHOLE, "a.o")) == dump_facts(read_facts(WHOLE, "b.o"))
    assert dump_facts(FileFacts("x.a", archive=True, members=())) == '{"archive":true,"members":[]}\n'
