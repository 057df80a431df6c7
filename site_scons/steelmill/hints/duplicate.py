"""Duplicate symbols: which of the two has to go, and the knob for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.hints import symbols
from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study
from steelmill.linker.duplicates import parse_duplicates

_AT_MOST = 4
"""How many symbols are shown with those that define them."""


def _duplicate(names: str) -> tuple[str, ...]:
    """Give the patterns of GNU ld and of LLD for duplicate symbols."""
    return (
        rf"multiple definition of [`'](?P<symbol>{names})'",
        rf"duplicate symbol: (?P<symbol>{names})$",
    )


def _definers(matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Name the two that define each of the symbols."""
    wanted = {match["symbol"] for match in matches}
    found = {duplicate.symbol: duplicate.definers for duplicate in parse_duplicates(failure.output)}
    rows = [("both", f"{' and '.join(definers)}: {name}") for name, definers in found.items() if name in wanted]
    return Study(details=tuple(rows[:_AT_MOST]))


HINTS = (
    Hint(
        "memory-functions-twice",
        _duplicate(symbols.MEMORY),
        "two of what is linked define {symbol}",
        "keep one: drop your own, take the C library out of [c] libraries (TOOLCHAIN_LIBS), or leave Rust's out by "
        '[rust] mem = "off" (RUST_MEM)',
        _definers,
    ),
    Hint(
        "compiler-functions-twice",
        _duplicate(symbols.COMPILER),
        "two of what is linked define {symbol}, a function of the compilers' own",
        'keep one: take "gcc" out of [c] libraries (TOOLCHAIN_LIBS) or drop your own; Rust\'s compiler_builtins is '
        "weak and gives way to both",
        _definers,
    ),
    Hint(
        "rust-twice",
        _duplicate(symbols.RUST),
        "two Rust staticlibs are linked, and each brings its own core: {symbol}",
        "make one staticlib of both: name the other crate in [rust] dependencies (CRATES)",
        _definers,
    ),
    Hint(
        "startup-twice",
        _duplicate(rf"(?:{symbols.START}|{symbols.SYSTEM_CALL}|{symbols.LIBC_START})"),
        "two of what is linked define {symbol}: startup code, or what newlib leaves to the firmware, is there twice",
        'keep one: take "nosys" or a startup file out of [c] libraries or objects, or drop your own',
        _definers,
    ),
    Hint(
        "duplicate-symbol",
        _duplicate(symbols.ANY),
        "two of what is linked define {symbol}",
        "keep one: in a header write extern or static inline, make a default that others may replace "
        "__attribute__((weak)), or take one file out of [c] sources, objects or libraries",
        _definers,
    ),
)
