"""ScriptLexer: the words of a linker script, through INCLUDEd files.

GNU ld reads the same characters in several ways (``ld/ldlex.l``: SCRIPT, INPUTLIST, WILD and EXPRESSION): ``a-b`` is
one name in a list of files and a difference in an expression. So whoever parses says, word by word, which way it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from steelmill.errors import InputError

_QUOTED = r'"([^"]*)"'
WORD = re.compile(rf"{_QUOTED}|[\w/.\\$~+:\[\]?*^!-]+|.", re.DOTALL)
"""A command, a section or file name with wildcards, or a punctuation character."""
FILE_NAME = re.compile(rf"{_QUOTED}|[\w/.\\$~+:\[\]?*^!=%@#&-]+|.", re.DOTALL)
"""After INCLUDE, and inside INPUT."""
REGION_NAME = re.compile(rf'{_QUOTED}|[^\s:(){{}},;"]+|.', re.DOTALL)
"""At the start of a MEMORY region."""
SYMBOL = re.compile(
    rf"{_QUOTED}|\d\w*|\$[0-9A-Fa-f]+(?![\w.])|[^\W\d][\w/.\\$~]*|[.\\$][\w/.\\$~]*|<<|>>|<=|>=|==|!=|&&|\|\||.",
    re.DOTALL,
)
"""In an expression. As in GNU ld ``/`` belongs to a name: ``a/2`` is one symbol, ``a / 2`` a division."""

# GNU ld and LLD both take # as a comment to the end of the line.
_BLANK = re.compile(r"(?:\s+|/\*.*?\*/|\#[^\n]*)*", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?:<<|>>|[-+*/&|^])?=(?!=)")


@dataclass
class _Source:
    """One file and how far it is read."""

    path: str
    text: str
    position: int = 0


class Token(NamedTuple):
    """One word, without its quotes."""

    text: str
    quoted: bool
    path: str
    file_text: str
    start: int
    """Where it begins in ``file_text``."""

    @property
    def place(self) -> str:
        """Where it stands: ``path:line``."""
        return f"{self.path}:{self.file_text.count(chr(10), 0, self.start) + 1}"


class ScriptLexer:
    """Words of a script; an INCLUDEd file is read in the place of the INCLUDE, whatever the construct around it."""

    def __init__(self, path: str, text: str) -> None:
        self._sources = [_Source(path, text)]

    @property
    def open_files(self) -> tuple[str, ...]:
        """The file that is being read, last, and those that led to it."""
        return tuple(source.path for source in self._sources)

    def include(self, path: str, text: str) -> None:
        """Read ``text`` next."""
        self._sources.append(_Source(path, text))

    def take(self, pattern: re.Pattern[str]) -> Token | None:
        """Read the next word, over the end of an INCLUDEd file; None at the end. Raise InputError where one is open."""
        while True:
            token = self.take_here(pattern)
            if token is not None:
                return token
            if len(self._sources) == 1:
                return None
            self._sources.pop()

    def take_here(self, pattern: re.Pattern[str]) -> Token | None:
        """Read the next word of this file; None at its end."""
        source = self._sources[-1]
        match = pattern.match(source.text, self._skip_blanks())
        if match is None:
            return None
        token = Token(match[0], False, source.path, source.text, match.start())
        if token.text == '"':
            raise InputError(
                "quote is not closed", place=token.place, remedy='close the name with " before the end of the file'
            )
        source.position = match.end()
        return token._replace(text=match[1], quoted=True) if token.text.startswith('"') else token

    def peek(self, pattern: re.Pattern[str]) -> str:
        """Give the next word of this file, with its quotes, and leave it unread; empty at the end."""
        match = pattern.match(self._sources[-1].text, self._skip_blanks())
        return match[0] if match else ""

    def take_assignment(self) -> str | None:
        """Read an assignment operator: ``=``, ``+=``; None where there is none."""
        match = _ASSIGNMENT.match(self._sources[-1].text, self._skip_blanks())
        if match is None:
            return None
        self._sources[-1].position = match.end()
        return match[0]

    def skip_nested(self, pattern: re.Pattern[str], opening: str, closing: str) -> None:
        """Read up to the ``closing`` that belongs to an ``opening`` already read."""
        depth = 1
        while depth and (token := self.take(pattern)):
            depth += 0 if token.quoted else (token.text == opening) - (token.text == closing)

    def _skip_blanks(self) -> int:
        source = self._sources[-1]
        match = _BLANK.match(source.text, source.position)
        source.position = match.end() if match else source.position
        if source.text.startswith("/*", source.position):
            token = Token("", False, source.path, source.text, source.position)
            raise InputError("comment is not closed", place=token.place, remedy="close it with */")
        return source.position
