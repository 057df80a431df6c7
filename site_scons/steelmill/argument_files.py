"""Argument files: ``@file`` on a command line stands for the words in that file.

rustc, gcc, clang, as and ld all read them, and none of them lists them among what it read. Follows "Overall Options" of
the GCC manual, https://gcc.gnu.org/onlinedocs/gcc/Overall-Options.html, and the rustc book, "@path".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable


def argument_files(argv: Iterable[str], read: Callable[[str], str | None]) -> tuple[str, ...]:
    """List the argument files that ``argv`` names, and those named in them, in order; without what does not exist."""
    found: dict[str, None] = {}
    waiting = list(_named(argv))
    while waiting:
        path = waiting.pop(0)
        text = None if path in found else read(path)
        if text is not None:
            found[path] = None
            waiting += _named(word.strip("\"'") for word in text.split())
    return tuple(found)


def _named(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        # -Wa, and its like hand words on to another program
        parts = word.split(",")[1:] if word.startswith(("-Wa,", "-Wl,", "-Wp,")) else [word]
        yield from (part[1:] for part in parts if part.startswith("@") and len(part) > 1)
