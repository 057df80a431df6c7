"""The line of a key: every key that tomllib finds is found, and on the line where it was put."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.toml.locate import locate_keys

CORPUS = sorted((Path(__file__).parents[1] / "data/firmware_toml").glob("invalid_*.toml"))


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths(item, (*path, key))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_it_finds_what_tomllib_finds(file: Path) -> None:
    try:
        tables = tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError:
        return
    assert set(locate_keys(file.read_text())) == set(paths(tables))


def test_everything_that_toml_can_do() -> None:
    text = r'''# [no] = "table"
a.b . "c d" = 1 # = 2
[t.'x = "y"']
s = """
k = 1 \"""
""""
l = QQQ
k = 1 \\QQQ'
e = ""
f = ''
"q\u0041" = 2024-01-01 07:32:00
list = [ # [
  "]", '#',
  [ 1.5, { in = "}", er.x = [true] } ],
]
[[many]]
x = 1
[many.sub]
y = 2
[[many]]
x = 3
[[many.deep]]
z = 4
[[many.deep]]
'''.replace("QQQ", "'''")
    lines = locate_keys(text)
    assert set(lines) == set(paths(tomllib.loads(text)))
    assert lines["t", 'x = "y"', "e"] == 9
    assert lines["t", 'x = "y"', "qA"] == 11
    assert lines["t", 'x = "y"', "list", 2, 1, "er", "x", 0] == 14
    assert lines["many", 0, "sub", "y"] == 19
    assert lines["many", 1, "x"] == 21
    assert lines["many", 1, "deep", 0, "z"] == 23
    assert lines["many", 1, "deep", 1] == 24


def basic(text: str) -> str:
    return (
        '"' + "".join(f"\\U{ord(char):08x}" if char in '"\\' or not char.isprintable() else char for char in text) + '"'
    )


texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
written = st.one_of(
    texts.map(basic),
    texts.map(lambda text: f'"""{text.replace(chr(92), "").replace(chr(34), "").replace(chr(0), "")}\n"""'),
    st.sampled_from(
        ["1", "-0x0f", "true", "1.5e3", "'it]'", "1979-05-27T07:32:00Z", "[1, [2,\n3]]", "{ a.b = '}', c = 1 }"]
    ),
)


@given(
    st.lists(st.tuples(texts, st.dictionaries(texts, written, max_size=4)), max_size=4, unique_by=lambda item: item[0])
)
def test_any_document(tables: list[tuple[str, dict[str, str]]]) -> None:
    text = "".join(
        f"[{basic(name)}] # {index}\n" + "".join(f"{basic(key)} = {value}\n" for key, value in table.items())
        for index, (name, table) in enumerate(tables)
    )
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = locate_keys(text)
    assert set(lines) == set(paths(expected))
    for name, table in tables:
        for key in table:
            assert text.split("\n")[lines[name, key] - 1].startswith(f"{basic(key)} =")
