"""The comparison of types: laws, and what only a made-up type shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.audit.layout.compare import Comparison, Difference
from steelmill.audit.layout.model import (
    Enum,
    Function,
    Member,
    Named,
    Pointer,
    Prototype,
    Record,
    Scalar,
    ScalarKind,
    Tagged,
    Type,
)

SCALARS: dict[str, tuple[int, ScalarKind]] = {
    "u8": (1, "unsigned"),
    "i16": (2, "signed"),
    "u32": (4, "unsigned"),
    "i32": (4, "signed"),
    "f32": (4, "float"),
    "u64": (8, "unsigned"),
    "f64": (8, "float"),
    "bool": (1, "bool"),
}


class Table:
    """Types by number."""

    def __init__(self) -> None:
        self.types: list[Type] = []

    def add(self, kind: Type) -> int:
        self.types.append(kind)
        return len(self.types) - 1

    def scalar(self, name: str) -> int:
        return self.add(Scalar(name, *SCALARS[name]))

    def struct(self, title: str, fields: list[tuple[str, str]], **changes: Any) -> int:
        members, offset = [], 0
        for name, kind in fields:
            size = SCALARS[kind][0]
            offset += -offset % size
            members.append(Member(name, self.scalar(kind), offset, False, None, ""))
            offset += size
        align = max((SCALARS[kind][0] for _, kind in fields), default=1)
        record = Record("struct", title, offset + -offset % align, None, tuple(members), "")
        return self.add(record._replace(**changes))

    def compare(self, c: int, rust: int) -> tuple[Difference, ...]:
        comparison = Comparison(self.types.__getitem__)
        comparison.types(Named("struct c", "C", c), Named("app::Rust", "Rust", rust))
        return comparison.differences


fields = st.lists(st.sampled_from(sorted(SCALARS)), min_size=1, max_size=8).map(
    lambda kinds: [(f"member_{index}", kind) for index, kind in enumerate(kinds)]
)


@given(fields)
def test_equal_structs_agree(members: list[tuple[str, str]]) -> None:
    table = Table()
    assert table.compare(table.struct("struct c", members), table.struct("app::Rust", members)) == ()


@given(fields, st.data())
def test_a_member_of_another_kind_is_always_found(members: list[tuple[str, str]], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(members) - 1))
    name, old = members[index]
    # C's bool and Rust's u8 are let pass
    new = data.draw(st.sampled_from(sorted(kind for kind in SCALARS if kind != old and {kind, old} != {"bool", "u8"})))
    table = Table()
    changed = [*members[:index], (name, new), *members[index + 1 :]]
    assert table.compare(table.struct("struct c", members), table.struct("app::Rust", changed))


@given(fields, st.data())
def test_a_member_more_is_found_unless_it_is_called_padding(
    members: list[tuple[str, str]], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(sorted(SCALARS)))
    table = Table()
    c, rust = table.struct("struct c", members), table.struct("app::Rust", [*members, ("more", kind)])
    assert table.compare(c, rust)
    assert table.compare(rust, c)


def test_a_struct_that_points_to_itself_ends() -> None:
    table = Table()
    for title in ("struct node", "app::Node"):
        number = len(table.types) + 1
        table.add(Pointer("", 4, number))
        table.add(Record("struct", title, 4, None, (Member("next", number - 1, 0, False, None, ""),), ""))
    assert table.compare(1, 3) == ()


@pytest.mark.parametrize(
    ("c", "rust", "agree"),
    [
        (Scalar("char", 1, "char"), Scalar("u8", 1, "unsigned"), True),
        (Scalar("char", 1, "char"), Scalar("i8", 1, "signed"), True),
        (Scalar("signed char", 1, "signed"), Scalar("u8", 1, "unsigned"), False),
        (Scalar("_Bool", 1, "bool"), Scalar("u8", 1, "unsigned"), True),
        (Scalar("unsigned char", 1, "unsigned"), Scalar("bool", 1, "bool"), False),
        (Scalar("unsigned int", 4, "unsigned"), Scalar("char", 4, "unicode"), False),
        (Scalar("unsigned int", 4, "unsigned"), Enum("app::E", 4, (("A", 0),), ""), True),
        (Scalar("float", 4, "float"), Enum("app::E", 4, (("A", 0),), ""), False),
        (Enum("enum e", 1, (("E_A", 0),), ""), Scalar("u8", 1, "unsigned"), True),
        (Enum("enum e", 4, (("E_A", 0),), ""), Scalar("u8", 1, "unsigned"), False),
        (Pointer("", 4, None), Scalar("usize", 4, "unsigned"), False),
        (Pointer("", 4, None), Tagged("app::Value", 4), False),
        (Scalar("float _Complex", 8, "complex"), Scalar("u64", 8, "unsigned"), False),
    ],
)
def test_what_may_stand_for_what(c: Type, rust: Type, agree: bool) -> None:
    table = Table()
    assert (table.compare(table.add(c), table.add(rust)) == ()) is agree


def test_values_of_enums_count_in_their_own_width() -> None:
    table = Table()
    c = table.add(Enum("enum e", 1, (("E_NONE", 255), ("E_ONE", 1)), ""))
    assert table.compare(c, table.add(Enum("app::E", 1, (("None", -1), ("One", 1)), ""))) == ()


def test_a_function_without_a_prototype_tells_nothing_of_its_arguments() -> None:
    table = Table()
    word = table.scalar("u32")
    comparison = Comparison(table.types.__getitem__)
    unknown, known = (Prototype(parameters, None, False, bool(parameters)) for parameters in ((), (word, word)))
    comparison.functions(Function("f", "C", False, unknown, ""), Function("f", "Rust", True, known, ""))
    assert not comparison.differences
    void = unknown._replace(known=True)
    comparison.functions(Function("f", "C", False, void, "f.h:1"), Function("f", "Rust", True, known, "f.rs:2"))
    assert comparison.differences == (
        Difference("layout-prototype", "f", "0 arguments (none) (f.h:1)", "2 arguments (u32, u32) (f.rs:2)"),
    )
