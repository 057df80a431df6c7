"""SearchFlags: what a C command line says about where headers are looked for.

Follows "Options for Directory Search" and "Options Controlling the Preprocessor" of the GCC manual,
https://gcc.gnu.org/onlinedocs/gcc/Directory-Options.html; Clang understands the same options.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from steelmill.cc.include_scan import IncludeSearch


class SearchFlags(NamedTuple):
    """Folders as written, each list in order of the command line."""

    include: tuple[str, ...] = ()
    """``-I``, without those that are also ``-isystem``: gcc ignores them at this place."""
    quote: tuple[str, ...] = ()
    """``-iquote``"""
    system: tuple[str, ...] = ()
    """``-isystem``, then what lies below ``--sysroot``, then ``-idirafter``."""
    forced: tuple[str, ...] = ()
    """Files of ``-imacros``, then of ``-include``: the order in which gcc takes them."""
    defines: tuple[tuple[str, str | None], ...] = ()
    """``-D`` without those that a later ``-U`` removes; the value is None for a bare name."""
    assembler: tuple[str, ...] = ()
    """Folders that gas searches: ``-I``, which the driver hands on, and those given to gas alone."""
    embed: tuple[str, ...] = ()
    """``--embed-dir``"""

    def search(self) -> IncludeSearch:
        """Give the search that these flags make."""
        return IncludeSearch(
            quote=self.quote,
            system=(*self.include, *self.system),
            forced=self.forced,
            defines=self.defines,
            assembler=self.assembler,
            embed=self.embed,
        )


# Option -> what it gives. Joined (``-Idir``) or separate (``-I dir``); with two hyphens ``--option=value`` or separate.
# Longer options come first where one begins another.
_JOINED_OR_SEPARATE = {
    "-idirafter": "after",
    "-imacros": "imacros",
    "-include": "include-file",
    "-iquote": "quote",
    "-isysroot": "sysroot",
    "-isystem": "system",
    "-I": "include",
    "-D": "define",
    "-U": "undefine",
}
_LONG = {
    "--define-macro": "define",
    "--embed-dir": "embed",
    "--imacros": "imacros",
    "--include": "include-file",
    "--include-directory": "include",
    "--include-directory-after": "after",
    "--sysroot": "sysroot",
    "--undefine-macro": "undefine",
}
# Options whose next word is an argument, whatever it looks like.
_TAKES_WORD = frozenset(
    {
        "-specs",
        "--specs",
        "--config",
        "-B",
        "-o",
        "-x",
        "-T",
        "-u",
        "-MF",
        "-MT",
        "-MQ",
        "-Xlinker",
        "-Xclang",
        "-mllvm",
        "-arch",
        "-target",
    }
)


_BELOW = ("/include", "/usr/include")
"""Where a C library's folder has its headers: with newlib, on an operating system."""

_HANDED_ON = frozenset({"-Xassembler", "-Xpreprocessor"})


def parse_search_flags(flags: Sequence[str]) -> SearchFlags:
    """Read a command line, without its program; what has nothing to do with the search is passed over."""
    found: dict[str, list[str]] = {}
    defines: dict[str, str | None] = {}
    for kind, value in _options(flags):
        if kind == "define":
            name, separator, replacement = value.partition("=")
            defines[name] = replacement if separator else None
        elif kind == "undefine":
            defines.pop(value, None)
        else:
            found.setdefault(kind, []).append(value)

    def given(*kinds: str) -> tuple[str, ...]:
        return tuple(value for kind in kinds for value in found.get(kind, ()))

    system = {posixpath.normpath(folder) for folder in given("system")}
    return SearchFlags(
        include=tuple(folder for folder in given("include") if posixpath.normpath(folder) not in system),
        quote=given("quote"),
        system=(
            *given("system"),
            *(f"{root}{below}" for root in given("sysroot") for below in _BELOW),
            *given("after"),
        ),
        forced=given("imacros", "include-file"),
        defines=tuple(defines.items()),
        assembler=given("include", "assembler"),
        embed=given("embed"),
    )


def group_options(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Group each option with its argument where that stands apart: ``-I dir``, ``-Xclang -x``."""
    rest = iter(words)
    for word in rest:
        apart = word in _TAKES_WORD or word in _JOINED_OR_SEPARATE or word in _LONG or word in _HANDED_ON
        yield (word, *itertools.islice(rest, 1)) if apart else (word,)


def _options(flags: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Go through the options that matter: what they give, and their value."""
    assembler: list[str] = []
    preprocessor: list[str] = []
    words = iter(flags)
    for word in words:
        if word == "-Xassembler":
            assembler.append(next(words, ""))
        elif word == "-Xpreprocessor":
            preprocessor.append(next(words, ""))
        elif word.startswith("-Wa,"):
            assembler += word.split(",")[1:]
        elif word.startswith("-Wp,"):
            preprocessor += word.split(",")[1:]
        elif word in _TAKES_WORD:
            next(words, "")
        elif word.startswith("--"):
            name, separator, value = word.partition("=")
            if name in _LONG:
                yield _LONG[name], value if separator else next(words, "")
        else:
            for option, kind in _JOINED_OR_SEPARATE.items():
                if word.startswith(option):
                    yield kind, word[len(option) :] or next(words, "")
                    break
    if preprocessor:
        yield from _options(preprocessor)
    if assembler:
        yield from (("assembler", value) for kind, value in _options(assembler) if kind == "include")
