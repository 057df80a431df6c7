"""DepInfoFile: what rustc says it read, from the file of ``--emit=dep-info``.

Follows rustc's writer, ``rustc_interface::passes::write_out_deps``: rules of make in which only blanks are escaped,
then comments for the environment variables (escaped newline, carriage return and backslash).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class DepInfoFile(NamedTuple):
    """The inputs of one rustc run."""

    files: tuple[str, ...]
    """Paths as rustc opened them, each once, in order of first mention."""
    env: tuple[tuple[str, str | None], ...]
    """Variables read by ``env!`` and ``option_env!``, in order; the value is None where the variable was not set."""


_WORD = re.compile(r"(?:\\ |[^ \t])+")
_ESCAPE = re.compile(r"\\(.)")
_SIMPLE = {"n": "\n", "r": "\r"}
_ENV = "# env-dep:"
# A blank in a name is escaped, so the first colon before a bare blank or the line's end closes the rule's target.
_COLON = re.compile(r":(?= |\t|$)")


def parse_dep_info(text: str) -> DepInfoFile:
    """Read a ``.d`` file of rustc. The rules' targets are outputs and comments (checksums) are left out."""
    files: dict[str, None] = {}
    env: dict[str, str | None] = {}
    # Not splitlines(): it also splits at form feeds and at U+2028, which are legal in file names.
    for raw in text.split("\n"):
        line = raw.removesuffix("\r")
        if line.startswith(_ENV):
            name, separator, value = line[len(_ENV) :].partition("=")
            env[_unescape(name)] = _unescape(value) if separator else None
        elif line and not line.startswith("# "):
            colon = _COLON.search(line)
            if colon is not None:
                files.update((word.replace("\\ ", " "), None) for word in _WORD.findall(line, colon.end()))
    return DepInfoFile(tuple(files), tuple(env.items()))


def format_dep_info(target: str, files: Iterable[str], variables: Iterable[str]) -> str:
    """Write a ``.d`` file for what a tool read that writes none: ``parse_dep_info`` gives it back, variables unset."""
    words = [f"{target}:", *(path.replace(" ", "\\ ") for path in files)]
    return "\n".join([" ".join(words), *(f"{_ENV}{name}" for name in variables)]) + "\n"


def relocatable_dep_info(text: str, top: str) -> str:
    """Cut ``top`` off the paths below it, which rustc writes absolute for crates: a copied tree shall read its own."""
    start = re.escape(top.replace(" ", "\\ ") + "/")
    return re.sub(rf"(^|(?<!\\) ){start}", r"\1", text, flags=re.MULTILINE)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: _SIMPLE.get(match[1], match[1]), text) if "\\" in text else text
