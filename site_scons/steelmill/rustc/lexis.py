"""Lexis: where the tokens of a Rust source begin and end, as far as finding files needs it.

Follows the Rust reference, "Lexical structure", https://doc.rust-lang.org/reference/lexical-structure.html. Regular
expressions know no nesting, so ``prepared`` blanks nested block comments out beforehand; all else here may then take a
block comment to end at its first ``*/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# One alternative each: a run of line comments, a block comment, a raw string without and with hashes, a string, a
# character. A quote that begins no character is a lifetime. The first character of every alternative is a literal, so
# that the regular expression engine skips to the next candidate; raw strings are therefore met at their quote or hash.
OPAQUE = (
    r"//[^\n]*+(?:\n\s*+//[^\n]*+)*+"
    r"|/\*[\s\S]*?\*/"
    r'|"(?<=r")[^"]*+"'
    r'|\#(?<=r\#)(?P<hash>\#*)"[\s\S]*?"\#(?P=hash)'
    r'|"(?:[^"\\]++|\\[\s\S])*+"'
    r"|'(?:[^'\\\n]|\\[^\n][^'\n]*+)'"
)
"""Pattern of what has no structure inside: comments, strings, characters. Has one group, ``hash``."""

TRIVIA = r"(?:\s+|//[^\n]*|/\*[\s\S]*?\*/)*+"
"""Pattern of blanks and comments, perhaps none."""

_CLOSING = {"{": "}", "(": ")", "[": "]"}
_SAME_BRACKET = {
    opening: re.compile(f"{OPAQUE}|(?P<bracket>[{re.escape(opening + closing)}])")
    for opening, closing in _CLOSING.items()
}
_SEPARATOR = re.compile(rf"{OPAQUE}|(?P<mark>[\[\](){{}};,])")
_ONLY_TRIVIA = re.compile(TRIVIA)
_COMMENT = re.compile(r"/\*|\*/")
_SHEBANG = re.compile(rf"#!(?!{TRIVIA}\[)[^\n]*")


def prepared(text: str) -> str:
    """Remove the byte order mark and the shebang, and blank out block comments that contain others."""
    text = text.removeprefix("\ufeff")
    if text.startswith("#!"):
        shebang = _SHEBANG.match(text)
        if shebang is not None:
            text = text[shebang.end() :]
    return _without_nested_comments(text) if _nests(text) else text


def _nests(text: str) -> bool:
    """Say whether a block comment may open before the last one closed; strings may make it say so in vain."""
    opening = text.find("/*")
    while opening >= 0:
        closing = text.find("*/", opening + 2)
        if text.find("/*", opening + 2, closing if closing >= 0 else len(text)) >= 0:
            return True
        opening = text.find("/*", closing + 2) if closing >= 0 else -1
    return False


_OPAQUE = re.compile(OPAQUE)


def _without_nested_comments(text: str) -> str:
    kept: list[str] = []
    position = done = 0
    while (token := _OPAQUE.search(text, position)) is not None:
        position = token.end()
        if not text.startswith("/*", token.start()) or text.count("/*", token.start(), position) == 1:
            continue
        depth, position = 1, token.start() + 2
        while depth and (mark := _COMMENT.search(text, position)) is not None:
            depth += 1 if mark[0] == "/*" else -1
            position = mark.end()
        if depth:
            position = len(text)
        kept += (text[done : token.start()], " ")
        done = position
    return "".join((*kept, text[done:]))


def is_trivia(text: str, start: int, end: int) -> bool:
    """Say whether blanks and comments alone stand between two positions."""
    return start <= end and _ONLY_TRIVIA.fullmatch(text, start, end) is not None


def trivia_end(text: str, start: int) -> int:
    """Give the position behind the blanks and comments at ``start``."""
    match = _ONLY_TRIVIA.match(text, start)
    return match.end() if match else start


def balanced_end(text: str, opening: int) -> int:
    """Give the position behind the bracket that closes the one at ``opening``; the text's end where none does."""
    depth = 0
    bracket = text[opening]
    for match in _SAME_BRACKET[bracket].finditer(text, opening):
        if match.lastgroup == "bracket":
            depth += 1 if match[0] == bracket else -1
            if not depth:
                return match.end()
    return len(text)


def marks(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Go through the brackets, semicolons and commas between two positions: the character and its position."""
    for match in _SEPARATOR.finditer(text, start, end):
        if match.lastgroup == "mark":
            yield match[0], match.start()


def item_end(text: str, start: int, end: int) -> int:
    """Give the end of the item, field, arm or expression that an attribute before ``start`` belongs to.

    Errs on the early side: a comma between type parameters ends the item too.
    """
    depth = 0
    for mark, position in marks(text, start, end):
        if mark in "({[":
            depth += 1
        elif mark in ")}]":
            depth -= 1
            if depth < 0 or (not depth and mark == "}"):
                return position
        elif not depth:
            return position
    return end


def split_at_commas(text: str) -> list[str]:
    """Split at the commas outside brackets, strings and comments; an empty last part is left out."""
    parts: list[str] = []
    depth = begin = 0
    for mark, position in marks(text, 0, len(text)):
        if mark in "({[":
            depth += 1
        elif mark in ")}]":
            depth -= 1
        elif mark == "," and not depth:
            parts.append(text[begin:position])
            begin = position + 1
    if text[begin:].strip():
        parts.append(text[begin:])
    return parts
