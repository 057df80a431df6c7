"""The value of a Rust string literal.

Follows the Rust reference, "Tokens", https://doc.rust-lang.org/reference/tokens.html#string-literals.
"""

from __future__ import annotations

import re

STRING = r'(?:r(?P<hashes>#*)"(?:[\s\S]*?)"(?P=hashes)|"(?:[^"\\]|\\[\s\S])*")'
"""Pattern of a string literal, raw or not, without its prefix ``b`` or ``c``."""

_ESCAPE = re.compile(r"\\(?:x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F_]+)\}|\r?\n\s*|([\s\S]))")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def unescape(body: str) -> str:
    """Resolve the escapes between the quotes; an escape that Rust does not know stands for its character."""

    def one(match: re.Match[str]) -> str:
        if match[1] or match[2]:
            code = int((match[1] or match[2]).replace("_", "") or "0", 16)
            return chr(code) if code < 0x110000 else "\ufffd"
        return _SIMPLE.get(match[3], match[3]) if match[3] else ""

    return _ESCAPE.sub(one, body) if "\\" in body else body


def string_value(literal: str) -> str:
    r"""Give the value of a string literal: ``"a\n"``, ``r#"a"#``, ``b"a"`` or ``c"a"``."""
    literal = literal.lstrip("bc")
    if literal.startswith("r"):
        hashes = literal.index('"') - 1
        return literal[2 + hashes : len(literal) - 1 - hashes]
    return unescape(literal[1:-1])
