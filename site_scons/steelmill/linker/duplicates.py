"""Duplicate: a symbol that two files define, as GNU ld and LLD tell of it."""

from __future__ import annotations

import re
from typing import NamedTuple


class Duplicate(NamedTuple):
    """A symbol with the two that define it, the first one first."""

    symbol: str
    definers: tuple[str, str]
    """``c/mem.c.o``, ``vendor/libphy.a(phy.o)``"""


# GNU ld names the object once for all that it has to say about one function.
_FUNCTION = re.compile(r"(?:^|\s)([^\s:]+): in function [`']")
_GNU = re.compile(r"^(.*)multiple definition of [`'](.+)'; ([^:]+):.*first defined here")
_OBJECT = re.compile(r"(?:^|\s)([^\s:]+(?:\.o|\.obj|\))):")

_LLD = re.compile(r"duplicate symbol: (.+)$")
# The second line is missing where the object has no debug information.
_LLD_DEFINED = re.compile(r">>> (?:defined at |\s+)(\S+):\(.*\)(?: in archive (.+))?$")


def parse_duplicates(output: str) -> tuple[Duplicate, ...]:
    """Read what a linker says of duplicate symbols, in its order."""
    found: list[Duplicate] = []
    function = ""
    symbol = ""
    definers: list[str] = []
    for line in output.splitlines():
        if match := _FUNCTION.search(line):
            function = match[1]
        if match := _GNU.search(line):
            here = _OBJECT.search(match[1])
            found.append(Duplicate(match[2], (match[3], here[1] if here else function)))
        elif match := _LLD.search(line):
            symbol, definers = match[1], []
        elif symbol and (match := _LLD_DEFINED.search(line)):
            definers.append(f"{match[2]}({match[1]})" if match[2] else match[1])
            if len(definers) == 2:
                found.append(Duplicate(symbol, (definers[0], definers[1])))
                symbol = ""
    return tuple(found)
