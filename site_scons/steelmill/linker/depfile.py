"""Dep files of make: what gcc -MD, gas --MD, ld --dependency-file and LLD say they read.

Follows "What Makefiles Look Like" of the GNU make manual, and the writers: gcc's ``libcpp/mkdeps.cc``, GNU ld's
``write_dependency_file`` (which escapes nothing), LLD's ``writeDependencyFile``.
"""

from __future__ import annotations

import re

# A backslash escapes a blank, # and another backslash before them; everywhere else it stands for itself.
_WORD = re.compile(r"(?:\\[ \t#]|[^ \t])+")
_ESCAPE = re.compile(r"(\\*)\\([ \t#])|\$\$")
_COLON = re.compile(r":(?=[ \t]|$)")
_CONTINUED = re.compile(r"\\\r?\n")
# One file a line behind two blanks, every one of them again as a rule without prerequisites: GNU ld, unescaped.
_GNU_LD = re.compile(r"[^\n]*: \\\n((?:  [^\n]+ \\\n)*  [^\n]+\n)\n((?:[^\n]*:\n\n?)*)")


def parse_make_depfile(text: str) -> tuple[str, ...]:
    """List the prerequisites of all rules, each once, in order. The phony targets of ``-MP`` are none of them."""
    verbatim = _gnu_ld_files(text)
    if verbatim is not None:
        return verbatim
    found: dict[str, None] = {}
    # Not splitlines(): it also splits at form feeds and at U+2028, which are legal in file names.
    for raw in _CONTINUED.sub(" ", text).split("\n"):
        line = raw.removesuffix("\r")
        colon = None if line.startswith("#") else _COLON.search(line)
        if colon is not None:
            found.update((_unescape(word), None) for word in _WORD.findall(line, colon.end()))
    return tuple(found)


def _gnu_ld_files(text: str) -> tuple[str, ...] | None:
    """Read the form that GNU ld writes; None for another."""
    match = _GNU_LD.fullmatch(text)
    if match is None:
        return None
    files = [line[2:] for line in match[1].replace(" \\\n", "\n").split("\n") if line]
    phony = [line[:-1] for line in match[2].split("\n") if line]
    return tuple(dict.fromkeys(files)) if files == phony else None


def _unescape(word: str) -> str:
    if "\\" not in word and "$" not in word:
        return word
    return _ESCAPE.sub(lambda match: "$" if match[2] is None else "\\" * (len(match[1]) // 2) + match[2], word)
