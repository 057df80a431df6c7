"""Which of Rust's own libraries firmware can have, and why it cannot have the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from steelmill.choice import choose
from steelmill.errors import InputError

LIBRARIES = ("core", "alloc", "compiler_builtins")


class Absent(NamedTuple):
    """A library that is in rust-src and cannot be in firmware."""

    why: str
    remedy: str


_WITHOUT_STD = (
    'write ["core", "alloc"] and begin the crates with #![no_std]: core has what needs no memory, alloc has Box, Vec, '
    "String and Arc"
)

ABSENT: Mapping[str, Absent] = {
    "std": Absent("std needs an operating system for files, threads and time, and firmware has none", _WITHOUT_STD),
    "test": Absent("test, the harness of #[test], needs std", "leave it out, and test in the emulator: scons check"),
    "proc_macro": Absent("proc_macro serves crates that run inside the compiler", "leave it out"),
    "panic_abort": Absent("what a panic does is decided elsewhere", 'leave it out: panic = "abort" holds already'),
    "panic_unwind": Absent("unwinding needs std, and here a panic aborts", "leave it out"),
}
"""Library -> why it is refused."""


def check_build_std(names: Sequence[str], place: str) -> None:
    """Raise InputError at ``place`` for a name that is none of ``LIBRARIES``."""
    for name in names:
        if name in ABSENT:
            raise InputError(f"{name!r}: {ABSENT[name].why}", place=place, remedy=ABSENT[name].remedy)
        choose(name, LIBRARIES, place)
