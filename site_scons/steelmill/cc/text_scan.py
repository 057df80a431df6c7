"""CScan: what one C or assembly file says about other files, whatever is defined.

It depends on the file's text alone, so it may be cached by content; ``include_scan.resolve`` turns the scans of a
translation unit into paths. Follows "Header Files" of the GNU C preprocessor's manual
(https://gcc.gnu.org/onlinedocs/cpp/Header-Files.html), C23 6.10.4 (``#embed``) and ``.incbin`` and ``.include`` of the
GNU assembler's manual. Conditional compilation is not evaluated.
"""

from __future__ import annotations

import re
from typing import NamedTuple

VERSION = 1
"""Changes whenever the same text gives another scan: part of the key of every cache."""


class CScan(NamedTuple):
    """What one file mentions. Tuples and strings alone: as JSON and back (``CScan(*value)``) it serves as well."""

    includes: tuple[tuple[str, str], ...] = ()
    """(form, name as written with its quotes, angle brackets or, bare, a macro's name) in order of mention.

    Forms: ``include``, ``include_next``, ``import``, ``embed``, ``has_include``, ``has_include_next``; ``incbin`` and
    ``assemble`` are gas's .incbin and .include.
    """
    defines: tuple[tuple[str, str], ...] = ()
    """Object-like macros that may stand for a file's name: (name, replacement)."""


_EMPTY = CScan()
_BLANK = r"(?:[ \t\f\v]|/\*[\s\S]*?\*/)*+"
# Comments and literals hide directives. A string or a character that its line does not close is none: it stands in a
# comment of assembly or in text that is left out.
_TOKEN = re.compile(
    r"//[^\n]*+"
    r"|/\*[\s\S]*?\*/"
    r'|"(?<=R")(?P<raw>[^()\\\s"]{0,16}+)\([\s\S]*?\)(?P=raw)"'
    r'|(?P<string>"(?:[^"\\\n]++|\\[^\n])*+")'
    r"|'(?:[^'\\\n]|\\[^\n][^'\n]{0,10}+)'"
    rf"|\#{_BLANK}(?P<form>include_next|include|import|embed)(?!\w){_BLANK}"
    r'(?:(?P<name>"[^"\n]*"|<[^>\n]*>)|(?P<macro>[A-Za-z_]\w*+))'
    rf"|\#{_BLANK}define{_BLANK}(?P<defined>[A-Za-z_]\w*+)(?!\()"
    rf'{_BLANK}(?P<value>"[^"\n]*"|<[^>\n]*>|[A-Za-z_]\w*+){_BLANK}(?=//|\r?$)'
    r'|\.(?P<gas>incbin|include)[ \t]+(?:(?P<file>"[^"\n]*")|(?P<variable>[A-Za-z_]\w*+))',
    re.MULTILINE,
)
_MENTION = re.compile(r"include|import|embed|\.incbin|INCBIN|INCTXT|define")
_SPLICE = re.compile(r"\\[ \t]*\r?\n")
_QUOTED = re.compile(r'\.(incbin|include)[ \t]+(?:\\"([^"\\]+)\\"|\\"[^"\\]*$)')
_MACRO_AFTER = re.compile(r"\s*([A-Za-z_]\w*)\s*(?=\")")
_HAS_INCLUDE = re.compile(r'__has_(include_next|include|embed)\s*\(\s*("[^"\n]*"|<[^>\n]*>|[A-Za-z_]\w*+)')
_INCBIN_MACRO = re.compile(r'\bINC(?:BIN|TXT)\s*\([^"()]*("[^"\n]+")\s*\)')


def scan_c_text(text: str) -> CScan:
    """Find what ``text`` mentions: headers, embedded and assembled files, and macros for their names. Never raises."""
    if "\\\n" in text or "\\\r" in text or "\\ " in text:
        text = _SPLICE.sub("", text)
    if _MENTION.search(text) is None:
        return _EMPTY
    includes: dict[tuple[str, str], None] = {}
    defines: dict[tuple[str, str], None] = {}
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind in (None, "raw"):
            if kind == "raw" and ".inc" in token[0]:
                includes.update(((_GAS[match[1]], f'"{match[2]}"'), None) for match in _RAW_QUOTED.finditer(token[0]))
        elif kind == "string":
            if ".inc" in token[0]:
                includes.update((mention, None) for mention in _in_string(text, token))
        elif kind in ("name", "macro"):
            includes[token["form"], token[kind]] = None
        elif kind == "value":
            defines[token["defined"], token["value"]] = None
        elif kind in ("file", "variable"):
            includes[_GAS[token["gas"]], token[kind]] = None
    if "__has_" in text:
        includes.update(((f"has_{match[1]}", match[2]), None) for match in _HAS_INCLUDE.finditer(text))
    if "INCBIN" in text or "INCTXT" in text:
        includes.update((("incbin", match[1]), None) for match in _INCBIN_MACRO.finditer(text))
    return CScan(tuple(includes), tuple(defines))


_GAS = {"incbin": "incbin", "include": "assemble"}
_RAW_QUOTED = re.compile(r'\.(incbin|include)[ \t]+"([^"\n]+)"')


def _in_string(text: str, token: re.Match[str]) -> list[tuple[str, str]]:
    r"""Find the files that inline assembly names: ``".incbin \"x\""``, ``".incbin \"" MACRO "\""``."""
    found: list[tuple[str, str]] = []
    for match in _QUOTED.finditer(token[0][1:-1]):
        if match[2]:
            found.append((_GAS[match[1]], f'"{match[2]}"'))
            continue
        macro = _MACRO_AFTER.match(text, token.end())
        if macro is not None:
            found.append((_GAS[match[1]], macro[1]))
    return found
