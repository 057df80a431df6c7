"""What libclang is told of C: the target's flags as clang spells them, and the user's that change declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from steelmill.cc.search_flags import group_options

_DECLARING = re.compile(
    r"-(?:[DUI]|isystem|iquote|idirafter|include|imacros|isysroot|std=|ansi$|nostdinc$"
    r"|f(?:no-)?short-(?:enums|wchar)$|fpack-struct|f(?:un)?signed-(?:char|bitfields)$)"
    r"|--(?:sysroot|define-macro|undefine-macro|include|imacros|include-directory)\b"
)
"""Options that decide which headers are read, what is defined in them, and how large a type is. Others stay with the
compiler: clang does not know all of gcc's, and refuses what it does not know."""


def declaring_flags(words: Sequence[str]) -> tuple[str, ...]:
    """Give those of a compiler's options that change what a header declares."""
    return tuple(word for group in group_options(words) if _DECLARING.match(group[0]) for word in group)


def clang_arguments(
    target_flags: Iterable[str],
    user_flags: Sequence[str],
    defines: Iterable[tuple[str, str | None]],
    include_dirs: Iterable[str],
    forced_includes: Iterable[str],
    library_dirs: Iterable[str],
) -> tuple[str, ...]:
    """Give the arguments of libclang, in the order that a compile has.

    ``library_dirs`` are those of the C compiler itself, with its C library's headers. They come last, so that clang's
    own stddef.h and its like go first.
    """
    return (
        *target_flags,
        # the C compiler warns of headers, and an old clang of flags that it has no use for here
        "-w",
        *declaring_flags(user_flags),
        *(f"-D{name}" if value is None else f"-D{name}={value}" for name, value in defines),
        *(f"-I{folder}" for folder in include_dirs),
        *(word for header in forced_includes for word in ("-include", header)),
        *(word for folder in library_dirs for word in ("-idirafter", folder)),
    )
