"""Comparison: a declaration of C and one of Rust, member by member and argument by argument.

What the two languages may declare differently without harm is let pass: C's plain char, whose sign the target chooses,
and either integer; an enum and an integer of its size; bytes behind a pointer and what they stand for; a struct that is
only declared, Rust's empty struct for it, void and c_void; uintptr_t and a pointer; a struct of one member
and its member (repr(transparent), Cell, MaybeUninit, atomics, NonZero); Option around a pointer; padding with a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from steelmill.audit.layout.model import (
    Array,
    Enum,
    Function,
    Member,
    Named,
    Pointer,
    Prototype,
    Record,
    Scalar,
    Tagged,
    Type,
    TypeId,
    Types,
    Variable,
)
from steelmill.audit.layout.names import plain, variant_names
from steelmill.audit.layout.view import View
from steelmill.wording import count

_LIMITS = ("count", "max", "num", "last", "end", "size", "total", "forceint", "force32")
"""How C calls an enumerator that only counts the others, or widens the enum."""
_ADDRESSES = ("uintptr_t", "intptr_t")
"""Integers that say by their name that they stand for a pointer."""
_PADDING = ("pad", "reserved", "rsvd", "unused")


class Difference(NamedTuple):
    """One thing on which the two declarations do not agree."""

    rule: str
    subject: str
    c: str
    """What C says, with its place."""
    rust: str
    """What Rust says, with its place."""
    certain: bool = True
    """False where it does harm only with some values."""


class Comparison:
    """Compares declarations, and whatever they lead to, each pair of types once."""

    def __init__(self, types: Types) -> None:
        self._view = View(types)
        self._seen: set[tuple[str, str, str]] = set()
        self._found: dict[Difference, None] = {}
        self.pairs = 0
        """How many pairs of structs, unions and enums were compared."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What was found so far, each once."""
        return tuple(self._found)

    def functions(self, c: Function, rust: Function) -> None:
        """Compare a function's declaration or definition in C with that in Rust."""
        for where, reason in self._prototypes(c.prototype, rust.prototype):
            subject = f"{c.symbol}, {where}" if where else c.symbol
            self._add("layout-prototype", subject, _at(reason.c, c.place), _at(reason.rust, rust.place))

    def variables(self, c: Variable, rust: Variable) -> None:
        """Compare a static."""
        reason = self._fit(c.type, rust.type)
        if reason:
            told = self._told(c.type, rust.type, reason)
            self._add("layout-static", c.symbol, _at(told.c, c.place), _at(told.rust, rust.place))

    def types(self, c: Named, rust: Named) -> None:
        """Compare two types that are said to be the same."""
        reason = self._fit(c.type, rust.type)
        if reason:
            told = self._told(c.type, rust.type, reason)
            self._add("layout-struct", f"{c.title} and {rust.title}", told.c, told.rust)

    def _add(self, rule: str, subject: str, c: str, rust: str, *, certain: bool = True) -> None:
        self._found[Difference(rule, subject, c, rust, certain)] = None

    def _told(self, c: TypeId | None, rust: TypeId | None, reason: _Reason) -> _Reason:
        """Put the names of the types before the reason."""
        return _Reason(f"{self._view.c_title(c)}{reason.c}", f"{self._view.rust_title(rust)}{reason.rust}")

    def _prototypes(self, c: Prototype, rust: Prototype) -> list[tuple[str, _Reason]]:
        """Give what differs, and where: ``argument 2``."""
        found: list[tuple[str, _Reason]] = []
        if not c.known:
            return found
        values = [("what it returns", c.result, rust.result)] if c.returns and rust.returns else []
        if c.variadic != rust.variadic:
            words = {True: "takes further arguments (...)", False: "takes no further arguments"}
            found.append(("", _Reason(words[c.variadic], words[rust.variadic])))
        elif len(c.parameters) != len(rust.parameters):
            c_titles, rust_titles = map(self._view.c_title, c.parameters), map(self._view.rust_title, rust.parameters)
            found.append(("", _Reason(_arguments(list(c_titles)), _arguments(list(rust_titles)))))
        else:
            pairs = enumerate(zip(c.parameters, rust.parameters, strict=True), 1)
            values = [*((f"argument {number}", *pair) for number, pair in pairs), *values]
        for where, c_type, rust_type in values:
            reason = self._fit(c_type, rust_type)
            if reason:
                found.append((where, self._told(c_type, rust_type, reason)))
        return found

    def _fit(self, c: TypeId | None, rust: TypeId | None) -> _Reason | None:
        """Compare two types; give how they differ.

        None where they agree, and where what differs is noted under the types' own names: structs and enums.
        """
        c_type, rust_type = self._view.named(c), self._view.named(rust)
        if isinstance(c_type, Record) and isinstance(rust_type, Record):
            c_one, rust_one = self._view.only(c_type), self._view.only(rust_type)
            if c_one and not rust_one and self._stands_for(c_one, rust_type):
                return self._fit(c_one.type, rust)
            if rust_one and not c_one and self._stands_for(rust_one, c_type):
                return self._fit(c, rust_one.type)
            self._records(c_type, rust_type)
            return None
        if isinstance(c_type, Enum) and isinstance(rust_type, Enum):
            self._enums(c_type, rust_type)
            return None
        c_inmost, rust_inmost = self._view.inmost(c), self._view.inmost(rust)
        if isinstance(rust_inmost, Pointer) and self._view.c_title(c).endswith(_ADDRESSES):
            return None
        return self._kinds(c_inmost, rust_inmost)

    def _stands_for(self, only: Member, other: Record) -> bool:
        """Tell whether the only member of a struct is what the other one is: a struct, or an array of its size."""
        inner = self._view.named(only.type)
        return isinstance(inner, Record) or (isinstance(inner, Array) and self._view.size(inner) == other.size)

    def _kinds(self, c: Type | None, rust: Type | None) -> _Reason | None:
        if c is None or _is_empty(rust):
            return None if c is None and _is_empty(rust) else _Reason("", "")
        assert rust is not None
        if isinstance(c, Pointer) and isinstance(rust, Pointer):
            return self._targets(c.target, rust.target)
        if isinstance(c, Scalar) and isinstance(rust, Scalar):
            return _scalars(c, rust)
        if isinstance(c, Array) and isinstance(rust, Array):
            if c.length and rust.length and c.length != rust.length:
                return _Reason("", "")
            return self._fit(c.element, rust.element)
        c_size, rust_size = self._view.size(c), self._view.size(rust)
        if c_size != rust_size:
            return _Reason(_bytes(c_size), _bytes(rust_size))
        # of one size: an enum for its number, an array for a struct of its elements, a Rust enum with data for a union
        plain_data = all(isinstance(each, Enum | Array | Record | Tagged) or _is_integer(each) for each in (c, rust))
        return None if plain_data else _Reason("", "")

    def _targets(self, c: TypeId | None, rust: TypeId | None) -> _Reason | None:
        """Compare what is behind two pointers, where that is told of both and is of one kind."""
        c_type, rust_type = self._view.named(c), self._view.named(rust)
        while isinstance(c_type, Array):
            c, c_type = c_type.element, self._view.named(c_type.element)
        while isinstance(rust_type, Array):
            rust, rust_type = rust_type.element, self._view.named(rust_type.element)
        if c_type is None or rust_type is None or _is_empty(rust_type):
            return None
        if isinstance(c_type, Prototype) and isinstance(rust_type, Prototype):
            return self._callbacks(c_type, rust_type)
        if isinstance(c_type, Record) and isinstance(rust_type, Record):
            if c_type.size is None or rust_type.size in (None, 0):
                return None
            return self._fit(c, rust)
        c_type, rust_type = self._view.inmost(c), self._view.inmost(rust)
        if isinstance(c_type, Scalar) and isinstance(rust_type, Scalar) and 1 in (c_type.size, rust_type.size):
            return None
        return self._fit(c, rust) if type(c_type) is type(rust_type) else None

    def _callbacks(self, c: Prototype, rust: Prototype) -> _Reason | None:
        for where, reason in self._prototypes(c, rust):
            lead = f", {where}: " if where else ", "
            return _Reason(f"{lead}{reason.c}", f"{lead}{reason.rust}")
        return None

    def _records(self, c: Record, rust: Record) -> None:
        if c.size is None or rust.size is None or self._was_seen(c, rust):
            return
        self.pairs += 1
        subject = f"{c.title or 'a struct without a name'} and {rust.title}"
        if c.word != rust.word:
            self._add("layout-struct", subject, _at(f"a {c.word}", c.place), _at(f"a {rust.word}", rust.place))
            return
        if self._members(c, rust, subject):
            return
        if c.size != rust.size:
            c_text, rust_text = _at(f"{c.size} bytes", c.place), _at(f"{rust.size} bytes", rust.place)
            self._add("layout-struct", subject, c_text, rust_text)
            return
        align = c.align or self._view.natural_align(c)
        if align and rust.align and (rust.align > align or (c.align and rust.align != align)):
            c_text, rust_text = _at(f"aligned to {align}", c.place), _at(f"aligned to {rust.align}", rust.place)
            self._add("layout-struct", subject, c_text, rust_text)

    def _members(self, c: Record, rust: Record, subject: str) -> bool:
        """Compare members by name, else by offset; tell whether one differs. What one shifts is not told again."""
        c_members = self._flat(c.members, 0)
        rust_members = [each for each in rust.members if self._view.member_size(each) != 0]
        by_name = {plain(each.name): each for each in rust_members}
        taken = set()
        differs = False
        for member in (each for each in c_members if not each.bits):
            what, c_text = f"{subject}, member {member.name}", self._c_member(member, c)
            other = by_name.get(plain(member.name))
            if other is None and member in c.members:
                other = self._in_its_place(member, rust_members, c_members)
            if other is None:
                if self._is_covered(member, rust_members) or (_is_padding(member) and c.size == rust.size):
                    continue
                self._add("layout-struct", what, c_text, _at("no such member", rust.place))
                return True
            taken.add(other)
            if other.offset != member.offset:
                self._add("layout-struct", what, c_text, self._rust_member(other, rust))
                return True
            reason = self._fit(member.type, other.type)
            if reason:
                differs = True
                rust_text = self._rust_member(other, rust, reason.rust)
                self._add("layout-struct", what, self._c_member(member, c, reason.c), rust_text)
        for other in rust_members:
            if other in taken or self._is_covered(other, c_members) or (_is_padding(other) and c.size == rust.size):
                continue
            rust_text = self._rust_member(other, rust)
            self._add("layout-struct", f"{subject}, member {other.name}", _at("no such member", c.place), rust_text)
            return True
        return differs

    def _in_its_place(self, member: Member, rust: Sequence[Member], c: Sequence[Member]) -> Member | None:
        """Give Rust's member of the same offset and size, where only the names differ."""
        names, size = {plain(each.name) for each in c}, self._view.member_size(member)
        same = (each for each in rust if each.offset == member.offset and self._view.member_size(each) == size)
        return next((each for each in same if plain(each.name) not in names), None)

    def _c_member(self, member: Member, record: Record, more: str = "") -> str:
        text = f"{self._view.c_title(member.type)}{more} at offset {member.offset}"
        return _at(text, member.place or record.place)

    def _rust_member(self, member: Member, record: Record, more: str = "") -> str:
        text = f"{self._view.rust_title(member.type)}{more} at offset {member.offset}"
        return _at(text, member.place or record.place)

    def _flat(self, members: Sequence[Member], base: int) -> list[Member]:
        """Give members with those of anonymous structs and unions in their place."""
        flat: list[Member] = []
        for member in members:
            inner = self._view.named(member.type)
            if not member.name and isinstance(inner, Record):
                flat += self._flat(inner.members, base + member.offset)
            elif member.bits or self._view.member_size(member) != 0:
                flat.append(member._replace(offset=base + member.offset))
        return flat

    def _is_covered(self, member: Member, others: Sequence[Member]) -> bool:
        """Tell whether others lie where it lies: bit-fields, members of a union, an array that stands for several."""
        end = member.offset + (self._view.member_size(member) or 1)
        return any(
            each.offset < end and member.offset < each.offset + (self._view.member_size(each) or 1) for each in others
        )

    def _enums(self, c: Enum, rust: Enum) -> None:
        if self._was_seen(c, rust):
            return
        self.pairs += 1
        rule, subject = "layout-enum", f"{c.title or 'an enum without a name'} and {rust.title}"
        if c.size != rust.size:
            self._add(rule, subject, _at(f"{c.size} bytes", c.place), _at(f"{rust.size} bytes", rust.place))
            return
        mask = (1 << (8 * c.size)) - 1
        names = variant_names([name for name, _ in c.values], c.title)
        c_values = {name: (own, value) for name, (own, value) in zip(names, c.values, strict=True)}
        for name, value in rust.values:
            own, c_value = c_values.get(plain(name), (name, value))
            if (value - c_value) & mask:
                self._add(rule, subject, _at(f"{own} = {c_value}", c.place), _at(f"{name} = {value}", rust.place))
                return
        known, rust_known = ({value & mask for _, value in each.values} for each in (c, rust))
        for name, value in rust.values:
            if value & mask not in known:
                c_text, rust_text = _at(f"no value {value}", c.place), _at(f"{name} = {value}", rust.place)
                self._add(rule, subject, c_text, rust_text, certain=False)
        for plain_name, (name, value) in c_values.items():
            if value & mask not in rust_known and not plain_name.endswith(_LIMITS):
                c_text, rust_text = _at(f"{name} = {value}", c.place), _at(f"no value {value}", rust.place)
                self._add(rule, subject, c_text, rust_text, certain=False)

    def _was_seen(self, c: Record | Enum, rust: Record | Enum) -> bool:
        """Tell whether this pair was compared; in several units a type is one where size and place agree."""
        key = (f"{c.title} {c.place} {c.size}", rust.title, f"{rust.size}")
        known = key in self._seen
        self._seen.add(key)
        return known


class _Reason(NamedTuple):
    """What to say of two types behind their names; often nothing."""

    c: str
    rust: str


def _scalars(c: Scalar, rust: Scalar) -> _Reason | None:
    if c.size != rust.size:
        return _Reason(_bytes(c.size), _bytes(rust.size))
    if c.kind == rust.kind or (c.kind == "char" and rust.kind in ("signed", "unsigned")):
        return None
    if c.kind == "bool" and rust.kind == "unsigned":
        return None
    if rust.kind == "bool":
        return _Reason("", ", which may hold 0 and 1 alone")
    if rust.kind == "unicode":
        return _Reason("", ", which may hold Unicode scalar values alone")
    return _Reason("", "")


def _is_integer(kind: Type) -> bool:
    return isinstance(kind, Scalar) and kind.kind in ("signed", "unsigned", "char")


def _is_empty(kind: Type | None) -> bool:
    """Tell whether nothing is passed for it: void, (), an empty struct; and c_void, which stands behind pointers."""
    if isinstance(kind, Enum):
        return kind.title == "core::ffi::c_void"
    return kind is None or (isinstance(kind, Record | Scalar | Enum) and kind.size == 0)


def _is_padding(member: Member) -> bool:
    name = plain(member.name)
    return member.name.startswith("_") or any(word in name for word in _PADDING)


def _arguments(titles: Sequence[str]) -> str:
    return f"{count(len(titles), 'argument')} ({', '.join(titles) or 'none'})"


def _at(text: str, place: str) -> str:
    return f"{text} ({place})" if place else text


def _bytes(size: int | None) -> str:
    return "" if size is None else f", {count(size, 'byte')}"
