"""The probe: C without code that has the compiler describe what a header declares."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple


class HeaderLayout(NamedTuple):
    """``[[audit.layout]]`` with a header: what of it Rust declares too."""

    header: str
    """As ``#include`` has it: ``ring.h``."""
    types: tuple[tuple[str, str], ...]
    """(C type, Rust path in the module that includes the assertions)."""
    functions: tuple[str, ...]
    """Names, the same in both languages."""
    place: str
    """Path of the firmware.toml; without a line, which would change what is written."""


def file_stem(header: str) -> str:
    """Give the name of the files that are made for a header."""
    return re.sub(r"[^A-Za-z0-9_]", "_", posixpath.splitext(posixpath.basename(header))[0])


def variable_name(header: str) -> str:
    """Give the variable whose value is the path of a header's assertions: ``LAYOUT_RING``."""
    return f"LAYOUT_{file_stem(header).upper()}"


def probe_source(layout: HeaderLayout) -> str:
    """Write the C that has the compiler describe the types and functions, and the types' alignment."""
    names = [(f"type_{index}", f"{c} *{{}}") for index, (c, _) in enumerate(layout.types)]
    names += [
        (f"align_{index}", f"char (*{{}})[__builtin_offsetof(struct {{{{ char first; {c} next; }}}}, next)]")
        for index, (c, _) in enumerate(layout.types)
    ]
    names += [(f"function_{index}", f"__typeof__({name}) *{{}}") for index, name in enumerate(layout.functions)]
    lines = [f"/* What {layout.place} lists of {layout.header}, for the compiler to describe. */"]
    lines.append(f'#include "{layout.header}"')
    for name, declaration in names:
        text = declaration.format(f"steelmill_{name}")
        lines += [f"extern {text};", f"{text};"]
    return "\n".join(lines) + "\n"
