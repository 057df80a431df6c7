"""The types and declarations of both languages as DWARF tells them.

DWARF Debugging Information Format, versions 4 and 5, https://dwarfstd.org, chapters 3 and 5. A type refers to others by
number, so that a struct may point to itself; ``Types`` gives the type of a number. None stands for void.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

TypeId = int
"""Unique in one file."""

Language = Literal["C", "Rust"]
"""C stands for C++ too, of which only what has a C name is looked at."""

ScalarKind = Literal["signed", "unsigned", "char", "float", "complex", "bool", "unicode", "other"]
"""char: C's plain one, whose sign the target chooses. unicode: Rust's char."""


class Scalar(NamedTuple):
    """A number, a character or a truth value."""

    title: str
    """As the language calls it: ``unsigned int``, ``u32``."""
    size: int
    """bytes"""
    kind: ScalarKind


class Pointer(NamedTuple):
    """An address: a pointer, a reference, a pointer to a function."""

    title: str
    """``*mut u8`` in Rust; empty in C, where it follows from the target."""
    size: int
    target: TypeId | None


class Array(NamedTuple):
    """Elements in a row; an array of arrays for more dimensions."""

    element: TypeId | None
    length: int | None
    """None where it is left open: ``uint8_t data[]``."""


class Member(NamedTuple):
    """A member of a struct or a union."""

    name: str
    """Empty for an anonymous struct or union in C; ``__0`` in a tuple struct."""
    type: TypeId | None
    offset: int
    """bytes"""
    bits: bool
    """True for a bit-field."""
    align: int | None
    """bytes; None where DWARF does not tell"""
    place: str


class Record(NamedTuple):
    """A struct or a union."""

    word: Literal["struct", "union"]
    title: str
    """``struct sample``, ``hello::ffi::Sample``; empty where C gives it no name."""
    size: int | None
    """bytes; None where it is only declared"""
    align: int | None
    """bytes; None where DWARF does not tell: C without an alignment of its own"""
    members: tuple[Member, ...]
    place: str
    """``path:line``; empty where it is not known."""


class Enum(NamedTuple):
    """An enum without data."""

    title: str
    size: int
    """bytes"""
    values: tuple[tuple[str, int], ...]
    place: str


class Tagged(NamedTuple):
    """A Rust enum with data, in a form that no C type has; only its size is compared."""

    title: str
    size: int
    """bytes"""


class Alias(NamedTuple):
    """Another name for a type: a typedef, a qualifier, and Rust's Option around what has a value to spare."""

    title: str
    target: TypeId | None
    qualifier: bool = False
    """True where the title stands before the target's: ``const``."""


class Prototype(NamedTuple):
    """What a function takes and gives."""

    parameters: tuple[TypeId | None, ...]
    result: TypeId | None
    variadic: bool
    known: bool
    """False for ``int f()`` in C, which tells nothing of the parameters."""
    returns: bool = True
    """False for Rust's ``-> !`` and C's noreturn."""


Type = Scalar | Pointer | Array | Record | Enum | Tagged | Alias | Prototype
Types = Callable[[TypeId], Type]


class Function(NamedTuple):
    """A function that the linker knows, where it is defined or where it is declared and used."""

    symbol: str
    language: Language
    defined: bool
    prototype: Prototype
    place: str


class Variable(NamedTuple):
    """A static that the linker knows."""

    symbol: str
    language: Language
    defined: bool
    type: TypeId | None
    place: str


class Named(NamedTuple):
    """A struct, union, enum or typedef under its name."""

    title: str
    """``struct sample``, ``sample_t``, ``hello::ffi::Sample``."""
    language: Language
    type: TypeId
