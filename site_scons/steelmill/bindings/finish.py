"""What bindgen wrote, as every supported rustc takes it in every edition, and with a line for each item."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'(?P<extern>(?<!unsafe )extern "[^"]*" (?=\{))'
    r'|(?P<literal>"(?:[^"\\]|\\.)*")'
    r"|(?P<end>[;}] (?=pub |# ?\[|const |extern |impl |type |unsafe extern ))",
    re.DOTALL,
)


def finish_bindings(text: str) -> str:
    """Say ``unsafe extern``, which edition 2024 asks for and bindgen before 0.71 does not write; begin lines at items.

    Without rustfmt bindgen writes one line, and rustc would show all of it with every message.
    """
    return _TOKEN.sub(_finish, text).rstrip() + "\n"


def _finish(match: re.Match[str]) -> str:
    if match["extern"]:
        return f"unsafe {match['extern']}"
    return f"{match['end'][0]}\n" if match["end"] else match[0]
