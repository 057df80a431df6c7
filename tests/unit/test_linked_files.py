from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steelmill.cargo.linked_files import list_linked, stable_map
from steelmill.elf.archive import ArchiveMember, format_archive, read_archive

TOP, FOLDER = "/home/user/project", "build/board/release/crates/app-1/.app.part"


def test_what_rustc_made_for_the_link_is_told_from_what_stays() -> None:
    linked = list_linked(
        (
            f"{TOP}/{FOLDER}/rustcAbCdEf/symbols.o",
            f"{FOLDER}/app-1.app.2-cgu.0.rcgu.o",
            f"{TOP}/build/board/release/crates/part-2/libpart-2.rlib",
            f"{FOLDER}/rustcAbCdEf/libcore.rlib",
            "build/board/release/crates/part-2/libpart-2.rlib",
            "/usr/lib/libphy.a",
            "memory.x",
        ),
        FOLDER,
        TOP,
    )
    assert linked.objects == (f"{FOLDER}/rustcAbCdEf/symbols.o", f"{FOLDER}/app-1.app.2-cgu.0.rcgu.o")
    assert linked.archives == (f"{FOLDER}/rustcAbCdEf/libcore.rlib",)
    assert linked.others == ("build/board/release/crates/part-2/libpart-2.rlib", "/usr/lib/libphy.a", "memory.x")


def test_a_map_names_no_place_of_this_machine_and_no_folder_of_this_run() -> None:
    text = (
        f"LOAD {TOP}/{FOLDER}/rustcAbCdEf/symbols.o\nLOAD {TOP}/build/libx.a\nOUTPUT({FOLDER}/app elf32)\n rustcoder/\n"
    )
    assert stable_map(text, FOLDER, TOP) == "LOAD symbols.o\nLOAD build/libx.a\nOUTPUT(app elf32)\n rustcoder/\n"


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\n\0"), min_size=1).filter(
    # an index of symbols, which is no member to its reader
    lambda name: not name.startswith("__.SYMDEF")
)


@given(st.lists(st.tuples(NAMES, st.binary())))
def test_an_archive_is_read_as_it_was_written(members: list[tuple[str, bytes]]) -> None:
    content = format_archive(ArchiveMember(name, memoryview(data)) for name, data in members)
    assert [(member.name, bytes(member.content)) for member in read_archive(content, "x.a")] == members
