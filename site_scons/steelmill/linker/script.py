"""ScriptScan: what a linker script names, itself and through INCLUDE.

Follows "Linker Scripts" of the GNU ld manual, https://sourceware.org/binutils/docs/ld/Scripts.html. This is a scan and
no check: what is not understood is passed over, and the linker has the last word on it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.linker.declaration import RegionDeclaration, parse_memory_block, resolve_regions
from steelmill.linker.expression import Expression, parse_expression
from steelmill.linker.lexer import FILE_NAME, SYMBOL, WORD, ScriptLexer, Token
from steelmill.linker.region import Region
from steelmill.suggest import did_you_mean

Read = Callable[[str], str | None]
"""Gives a file's text; None where it is missing."""


class ScriptScan(NamedTuple):
    """What one script makes the linker read, and the memory it describes."""

    files: tuple[str, ...]
    """The script and every INCLUDEd file, in order of first use."""
    inputs: tuple[str, ...]
    """Names in INPUT, GROUP and STARTUP, AS_NEEDED included; ``-lfoo`` stays as it is."""
    search: tuple[str, ...]
    """Folders of SEARCH_DIR, as written."""
    entry: str | None
    """The symbol of ENTRY; the last one counts."""
    regions: tuple[Region, ...]
    """Regions of MEMORY whose origin and length are known before the link."""
    aliases: tuple[tuple[str, str], ...]
    """(alias, the region it stands for) of REGION_ALIAS."""
    symbols: tuple[str, ...] = ()
    """Those that it assigns or PROVIDEs, in order of first use."""
    undefined: tuple[str, ...] = ()
    """Those of EXTERN."""


def scan_script(
    path: str,
    read: Read,
    search: tuple[str, ...] = (),
    generated: Mapping[str, str] | None = None,
) -> ScriptScan:
    """Read the linker script at ``path`` with all that it INCLUDEs.

    An INCLUDEd name is looked for as it stands, that is from the top folder, then in each folder of ``search`` (those
    of ``-L``), then in those of SEARCH_DIR so far. GNU ld knows only the ``-L`` that come before ``-T``. ``generated``
    has the texts of files that the build will write, by path; they count before what ``read`` finds there.

    Raise InputError for a missing file, an INCLUDE cycle, and a comment or quote that is not closed.
    """
    return _Scanner(read, search, generated or {}).scan(path)


# What stands behind ``>`` or ``:`` after an output section is a region or a segment, and ``=`` behind that its fill.
_SECTION_TAIL = (">", ":")
_SYMBOL_NAME = re.compile(r"[A-Za-z_.\\$][\w/.\\$~-]*?(?P<operator>[-+*/^]?)")
# Their parentheses hold an expression, in which ``/*`` begins a comment wherever it stands.
_EXPRESSION_WORDS = frozenset({"ALIGN", "ASSERT", "AT", "BLOCK", "BYTE", "FILL", "LONG", "QUAD", "SHORT", "SUBALIGN"})
_LIST_WORDS = frozenset({"INPUT", "GROUP", "STARTUP"})
_PROVIDE_WORDS = frozenset({"HIDDEN", "PROVIDE", "PROVIDE_HIDDEN"})


class _Scanner:
    """Reads statements one after the other and collects what they name."""

    def __init__(self, read: Read, search: tuple[str, ...], generated: Mapping[str, str]) -> None:
        self._read = read
        self._search = search
        self._generated = {posixpath.normpath(path): text for path, text in generated.items()}
        self._files: dict[str, None] = {}
        self._inputs: dict[str, None] = {}
        self._search_dirs: dict[str, None] = {}
        self._entry: str | None = None
        self._undefined: dict[str, None] = {}
        self._declarations: list[RegionDeclaration] = []
        self._aliases: dict[str, str] = {}
        self._symbols: dict[str, list[Expression]] = {}
        self._depth = 0
        """Open braces."""

    def scan(self, path: str) -> ScriptScan:
        """Read the whole script."""
        text = self._text(path)
        if text is None:
            raise InputError(
                "linker script not found", place=path, remedy="create it, or correct the name where it is asked for"
            )
        self._files[path] = None
        self._lexer = ScriptLexer(path, text)
        before = ""
        while token := self._lexer.take(WORD):
            before = "" if self._statement(token, before) else token.text
        return ScriptScan(
            files=tuple(self._files),
            inputs=tuple(self._inputs),
            search=tuple(self._search_dirs),
            entry=self._entry,
            regions=resolve_regions(self._declarations, self._aliases, self._symbols),
            aliases=tuple((alias, self._region_of(alias)) for alias in self._aliases),
            symbols=tuple(name for name in self._symbols if name != "."),
            undefined=tuple(self._undefined),
        )

    def _statement(self, token: Token, before: str) -> bool:
        """Handle the statement that begins with ``token``; say whether it was more than this word."""
        word = "" if token.quoted else token.text
        if word in ("{", "}"):
            self._depth = max(0, self._depth + (1 if word == "{" else -1))
        elif word == "(":
            self._lexer.skip_nested(SYMBOL if before in _EXPRESSION_WORDS else WORD, "(", ")")
        elif word == "INCLUDE":
            self._include()
        elif word == "MEMORY" and self._open("{"):
            self._declarations += parse_memory_block(self._lexer, self._include)
        elif word in ("PHDRS", "VERSION") and self._open("{"):
            self._lexer.skip_nested(WORD, "{", "}")
        elif word in _LIST_WORDS and not self._depth and self._open("("):
            self._input_list()
        elif word == "SEARCH_DIR" and self._open("("):
            self._search_dirs |= dict.fromkeys(self._arguments())
        elif word == "ENTRY" and self._open("("):
            self._entry = next(iter(self._arguments()), self._entry)
        elif word == "EXTERN" and self._open("("):
            self._undefined |= dict.fromkeys(self._arguments())
        elif word == "REGION_ALIAS" and self._open("("):
            self._region_alias()
        elif word in _PROVIDE_WORDS and self._open("("):
            self._provide(constant=word == "HIDDEN")
        elif before in _SECTION_TAIL:
            return False
        else:
            return self._assignment(token)
        return True

    def _open(self, bracket: str) -> bool:
        """Read ``bracket`` if it is the next word."""
        if self._lexer.peek(SYMBOL) != bracket:
            return False
        self._lexer.take_here(SYMBOL)
        return True

    def _include(self) -> None:
        name = self._lexer.take_here(FILE_NAME)
        if name is None:
            return
        folders = (*self._search, *(folder.removeprefix("=") for folder in self._search_dirs))
        path, text = self._find(name, folders)
        if path in self._lexer.open_files:
            files = (*self._lexer.open_files[self._lexer.open_files.index(path) :], path)
            raise InputError(
                f"INCLUDE {name.text!r} goes round in a circle: {' -> '.join(files)}",
                place=name.place,
                remedy="remove the INCLUDE that leads back",
            )
        self._files[path] = None
        self._lexer.include(path, text)

    def _find(self, name: Token, folders: tuple[str, ...]) -> tuple[str, str]:
        for path in (name.text, *(_join(folder, name.text) for folder in folders)):
            text = self._text(path)
            if text is not None:
                return path, text
        known = {posixpath.basename(path) for path in (*self._generated, *self._files)}
        hint = did_you_mean(name.text, known - {name.text})
        raise InputError(
            f"INCLUDE {name.text!r} not found; searched {', '.join(dict.fromkeys(folders)) or '.'}{hint}",
            place=name.place,
            remedy="correct the name, create the file, or add its folder to the search path (-L)",
        )

    def _text(self, path: str) -> str | None:
        text = self._generated.get(posixpath.normpath(path))
        return self._read(path) if text is None else text

    def _input_list(self) -> None:
        depth = 1
        while depth and (token := self._lexer.take(FILE_NAME)):
            word = "" if token.quoted else token.text
            if word in ("(", ")"):
                depth += 1 if word == "(" else -1
            elif token.quoted or word not in ("AS_NEEDED", ","):
                self._inputs[token.text] = None

    def _arguments(self) -> list[str]:
        """Read names up to the closing parenthesis."""
        found = []
        while (token := self._lexer.take(FILE_NAME)) and (token.quoted or token.text != ")"):
            if token.quoted or token.text != ",":
                found.append(token.text)
        return found

    def _region_alias(self) -> None:
        names = self._arguments()
        if len(names) == 2:
            self._aliases[names[0]] = names[1]

    def _region_of(self, alias: str) -> str:
        """Follow aliases of aliases; a circle ends where it began."""
        seen = {alias}
        name = self._aliases[alias]
        while name in self._aliases and name not in seen:
            seen.add(name)
            name = self._aliases[name]
        return name

    def _provide(self, *, constant: bool) -> None:
        """Read ``name = expression)``. PROVIDE yields to an object that defines the name, so its value is unknown."""
        name = self._lexer.take_here(SYMBOL)
        if name is not None and self._lexer.take_assignment() == "=":
            self._assign(name.text, parse_expression(self._lexer), constant=constant)
        self._lexer.skip_nested(SYMBOL, "(", ")")

    def _assignment(self, token: Token) -> bool:
        match = None if token.quoted else _SYMBOL_NAME.fullmatch(token.text)
        if not token.quoted and match is None:
            return False
        # ``a+=1``: names of files may end in an operator, so the word has taken it
        operator = match["operator"] if match else ""
        sign = self._lexer.take_assignment()
        if sign is None:
            return False
        value = parse_expression(self._lexer)
        name = token.text.removesuffix(operator) if operator else token.text
        self._assign(name, value, constant=sign == "=" and not operator)
        return True

    def _assign(self, name: str, value: Expression, *, constant: bool) -> None:
        # inside an output section (two braces deep) a number is an offset from its start
        known = constant and self._depth < 2 and name != "."
        self._symbols.setdefault(name, []).append(value if known else lambda _scope: None)


def _join(folder: str, name: str) -> str:
    return name if folder in ("", ".") else posixpath.join(folder, name)
