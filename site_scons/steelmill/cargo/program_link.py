"""What the arguments of a linked binary say to the linker: those of the user and those that build scripts give.

Which scripts a binary is linked by may be known only when build scripts have run: ``-Tlink.x`` of their
``rustc-link-arg``, found in an OUT_DIR by their ``rustc-link-search``. They stand in argument files of rustc, one word
a line.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from steelmill.linker.flags import LinkFlags, parse_link_flags


class ProgramScripts(NamedTuple):
    """The linker scripts of a binary."""

    scripts: tuple[str, ...]
    """Paths of those that were found."""
    search: tuple[str, ...]
    """Folders in which they and what they INCLUDE are looked for, in the linker's order."""
    flags: LinkFlags
    """All that the linker is told."""


def program_scripts(
    words: Iterable[str], scripts: Sequence[str], search: Sequence[str], exists: Callable[[str], bool]
) -> ProgramScripts:
    """Read words for rustc; ``scripts`` and ``search`` are known besides, the latter looked through last."""
    folders, linker_words = _split(iter(words))
    flags = parse_link_flags(linker_words, "the arguments of the link")
    folders = (*folders, *flags.search, *search)
    found = (_find(name, folders, exists) for name in flags.scripts)
    known = dict.fromkeys((*scripts, *(path for path in found if path)))
    return ProgramScripts(tuple(known), tuple(dict.fromkeys(folders)), flags)


def _split(words: Iterator[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the folders of ``-L`` and the words for the linker."""
    folders: list[str] = []
    linker: list[str] = []
    for word in words:
        if word.startswith("-L"):
            path = word[2:] or next(words, "")
            kind, separator, rest = path.partition("=")
            folders += [rest if separator and "/" not in kind else path]
        elif word.startswith(("-C", "--codegen")):
            option = word.removeprefix("--codegen=") if word.startswith("--") else word[2:]
            name, _, value = (option if option not in ("", "--codegen") else next(words, "")).strip().partition("=")
            linker += {"link-arg": [value], "link-args": value.split()}.get(name, [])
    return tuple(folders), tuple(linker)


def _find(name: str, folders: Iterable[str], exists: Callable[[str], bool]) -> str | None:
    paths = (name, *(posixpath.join(folder, name) for folder in folders))
    return next((posixpath.normpath(path) for path in paths if exists(path)), None)
