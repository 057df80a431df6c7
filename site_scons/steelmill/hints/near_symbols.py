"""Why a symbol is undefined although something like it is linked: another linkage, another spelling."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from steelmill.hints.facts import Definitions

_MANGLED = ("_R", "_Z", ".L")
# With a body: a declaration in an extern block ends in a semicolon.
_RUST_FN = r"^[ \t]*[a-z\" ()C]*\bfn {}\b[^{{;]*(?:\[[^\]]*\][^{{;]*)*\{{"
_CUTOFF = 0.8
"""How alike names must be, as difflib measures it."""


def near_symbols(symbol: str, definitions: Definitions, rust_texts: Mapping[str, str]) -> Iterator[str]:
    """Give one line for each way in which something that is linked comes near to an undefined symbol."""
    name = symbol.partition("(")[0]
    if name != symbol and name in definitions:
        yield f'{definitions[name][0]} defines {name} with C linkage: declare it extern "C" where C++ calls it'
    for mangled, definers in definitions.items():
        if _cxx_name(mangled) == name and mangled != symbol:
            yield f'{definers[0]} defines {name} for C++ alone, as {mangled}: make it extern "C"'
    for path, text in rust_texts.items():
        line = _rust_line(name, text)
        if line:
            yield f'{path}:{line} has a fn {name} without a symbol: make it #[unsafe(no_mangle)] pub extern "C" fn'
    if name in definitions:
        return
    plain = {other: definers for other, definers in definitions.items() if not other.startswith(_MANGLED)}
    for other in _alike(name, plain):
        yield f"{plain[other][0]} defines {other}"


def _alike(name: str, known: Mapping[str, object]) -> list[str]:
    same = [other for other in known if _folded(other) == _folded(name)]
    return same or difflib.get_close_matches(name, list(known), n=2, cutoff=_CUTOFF)


def _folded(name: str) -> str:
    return name.strip("_").replace("_", "").lower()


def _cxx_name(mangled: str) -> str:
    """Give the name of a C++ function outside namespaces (Itanium C++ ABI: ``_Z``, length, name, arguments)."""
    match = re.match(r"_Z(\d+)", mangled)
    return mangled[match.end() : match.end() + int(match[1])] if match else ""


def _rust_line(name: str, text: str) -> int:
    """Give the line of a function that has no symbol of its name; 0 where there is none."""
    for match in re.finditer(_RUST_FN.format(re.escape(name)), text, re.MULTILINE):
        before = text[: match.start()].rstrip().rpartition("}")[2]
        if not re.search(r"no_mangle|export_name", before):
            return text.count("\n", 0, match.start()) + 1
    return 0
