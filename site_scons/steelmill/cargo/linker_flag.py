"""The linker that rustflags name by ``-C linker=``, as the flip-link template does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_OPTIONS = ("-C", "--codegen")
_FORMS = tuple(f"{option}linker=" for option in ("-C", "-C ", "--codegen=", "--codegen "))


class LinkerFlag(NamedTuple):
    """What flags for rustc say of the linker."""

    linker: str | None
    """The one that is named last; None where none is."""
    others: tuple[str, ...]
    """All other flags, in their order."""


def take_linker(flags: Iterable[str]) -> LinkerFlag:
    """Take the linker out of flags for rustc: which program links is decided once, and it is tracked as a tool."""
    linker = None
    others: list[str] = []
    words = iter(flags)
    for word in words:
        taken = (word, next(words, "")) if word in _OPTIONS else (word,)
        said = " ".join(taken)
        form = next(filter(said.startswith, _FORMS), None)
        if form:
            linker = said.removeprefix(form)
        else:
            others += [one for one in taken if one]
    return LinkerFlag(linker, tuple(others))
