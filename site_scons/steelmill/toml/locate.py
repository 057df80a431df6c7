"""On which line a key stands: what ``tomllib`` does not tell.

Follows TOML 1.0, https://toml.io/en/v1.0.0, for text that ``tomllib`` has already accepted.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from steelmill.toml.place import KeyPath

_BLANK = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?P<key>[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')[ \t]*(?P<dot>\.?)""")
_STRING = re.compile(
    r'''"""(?:\\[\s\S]|[^\\])*?""""{0,2}'''
    r"""|\'\'\'[\s\S]*?\'\'\''{0,2}"""
    r'''|"(?:\\.|[^"\\\n])*"'''
    r"""|'[^'\n]*'"""
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def locate_keys(text: str) -> dict[KeyPath, int]:
    """Give for every table, key and array element the line, from 1 on, where it stands first."""
    return _Locator(text).run()


class _Locator:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.lines: dict[KeyPath, int] = {}
        self.array_ends: dict[KeyPath, int] = {}
        """Index of the last table in each array of tables."""

    def run(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self.skip_blank() < len(self.text):
            if self.text.startswith("[[", self.at):
                self.at += 2
                array = self.keys((), through_last=False)
                self.array_ends[array] = self.array_ends.get(array, -1) + 1
                table = (*array, self.array_ends[array])
                self.note(table)
                self.at += 2
            elif self.text[self.at] == "[":
                self.at += 1
                table = self.keys(())
                self.at += 1
            else:
                self.pair(table)
        return self.lines

    def skip_blank(self) -> int:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, bisect_right(self.line_starts, self.at))

    def keys(self, path: KeyPath, *, through_last: bool = True) -> KeyPath:
        """Read a dotted key below ``path``; it leads into the last table of an array of tables."""
        dot = "."
        while dot:
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise AssertionError(f"no key at {self.at}: this is not what tomllib accepted")
            path = (*path, _plain_key(match["key"]))
            self.note(path)
            self.at = match.end()
            dot = match["dot"]
            if path in self.array_ends and (dot or through_last):
                path = (*path, self.array_ends[path])
        return path

    def pair(self, table: KeyPath) -> None:
        path = self.keys(table)
        self.at += 1  # the equals sign
        self.skip_blank()
        self.value(path)

    def value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self.at += 1
            index = 0
            while self.text[self.skip_blank()] != "]":
                self.note((*path, index))
                self.value((*path, index))
                index += 1
            self.at += 1
        elif opening == "{":
            self.at += 1
            while self.text[self.skip_blank()] != "}":
                self.pair(path)
            self.at += 1
        else:
            match = (_STRING if opening in "\"'" else _PLAIN).match(self.text, self.at)
            self.at = match.end() if match else len(self.text)


def _plain_key(key: str) -> str:
    if key[0] == "'":
        return key[1:-1]
    if key[0] == '"':
        import tomllib

        return str(tomllib.loads(f"key = {key}")["key"])
    return key
