from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steelmill.rustc.dep_info import format_dep_info, parse_dep_info, relocatable_dep_info

REAL = """\
out/liba.rlib: src/lib.rs src/with\\ blank.rs src/größe.rs /abs/core.rlib

out/a.d: src/lib.rs src/with\\ blank.rs src/größe.rs /abs/core.rlib

src/lib.rs:
src/with\\ blank.rs:
src/größe.rs:
/abs/core.rlib:

# env-dep:CARGO_MANIFEST_DIR=/home/me/a b
# env-dep:EMPTY=
# env-dep:LINES=one\\ntwo\\\\n
# env-dep:UNSET
# checksum:blake3=0123 file_len:12 src/lib.rs
"""


def test_real_output() -> None:
    found = parse_dep_info(REAL)
    assert found.files == ("src/lib.rs", "src/with blank.rs", "src/größe.rs", "/abs/core.rlib")
    assert found.env == (
        ("CARGO_MANIFEST_DIR", "/home/me/a b"),
        ("EMPTY", ""),
        ("LINES", "one\ntwo\\n"),
        ("UNSET", None),
    )


def test_colons_and_odd_spaces_belong_to_names() -> None:
    assert parse_dep_info("o:ut:\\ x: c:/a.rs b:c\u2028d.rs\r\n").files == ("c:/a.rs", "b:c\u2028d.rs")


def test_nothing_gives_nothing() -> None:
    assert parse_dep_info("") == ((), ())
    assert parse_dep_info("out.d:\n") == ((), ())


@given(st.lists(st.text(st.characters(exclude_characters="\0\n\r\t\\", codec="utf-8"), min_size=1), unique=True))
def test_names_survive_rustcs_escaping(names: list[str]) -> None:
    text = "out: " + " ".join(name.replace(" ", "\\ ") for name in names) + "\n"
    assert parse_dep_info(text).files == tuple(names)


def test_paths_below_the_top_folder_become_relative_to_it() -> None:
    text = "build/libb.rlib: src/a.rs /top\\ x/build/liba.rlib /usr/top\\ x/y.rs\n\n/top\\ x/build/liba.rlib:\n"
    relocatable = relocatable_dep_info(text, "/top x")
    assert relocatable == "build/libb.rlib: src/a.rs build/liba.rlib /usr/top\\ x/y.rs\n\nbuild/liba.rlib:\n"


PATHS = st.lists(st.from_regex(r"[a-z/.]([a-z/. ]*[a-z/.])?", fullmatch=True), unique=True)


@given(PATHS, st.lists(st.from_regex(r"[A-Z_]+", fullmatch=True), unique=True))
def test_what_is_written_for_a_tool_reads_back(files: list[str], variables: list[str]) -> None:
    found = parse_dep_info(format_dep_info("run", files, variables))
    assert found.files == tuple(files)
    assert found.env == tuple((name, None) for name in variables)
