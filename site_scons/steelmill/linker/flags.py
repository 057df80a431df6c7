"""LinkFlags: what the LINKFLAGS of an existing SConscript mean.

They are written for the compiler driver, which hands some on to the linker, or for the linker itself. Follows "Options
for Linking" of the GCC manual, https://gcc.gnu.org/onlinedocs/gcc/Link-Options.html, and "Command-line Options" of the
GNU ld manual, https://sourceware.org/binutils/docs/ld/Options.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from steelmill.errors import InputError


class LinkFlags(NamedTuple):
    """The options, sorted by who reads them; files and folders as written."""

    scripts: tuple[str, ...] = ()
    """``-T``; the default script of ``-dT`` where there is no ``-T``, as in ld."""
    search: tuple[str, ...] = ()
    """Folders of ``-L``."""
    libraries: tuple[str, ...] = ()
    """``-l``: ``m``, or ``:libm.a`` for a file name."""
    files: tuple[str, ...] = ()
    """Other files that the linker reads: bare names, version scripts, ``@file`` and their like."""
    map_file: str | None = None
    """Of ``-Map``."""
    entry: str | None = None
    """The symbol, or address, of ``-e``."""
    undefined: tuple[str, ...] = ()
    """Symbols that ``-u`` asks for."""
    defined: tuple[str, ...] = ()
    """Symbols of ``--defsym``."""
    ld_args: tuple[str, ...] = ()
    """As ld itself takes them, in order, ``-L`` and ``-l`` included. Without the scripts and without ``-o``, ``-Map``
    and ``--dependency-file``: what a link writes, and where, is for the build to say."""
    driver_args: tuple[str, ...] = ()
    """Those only the compiler driver understands: ``-nostartfiles``, ``-mthumb``, ``-specs=nano.specs``, ``-flto``."""


_ONCE = ("map_file", "entry")


def join_link_flags(*parts: LinkFlags) -> LinkFlags:
    """Join the options of several places, in the order of the command line; of what is there once the last counts."""
    fields: dict[str, Any] = {
        name: next(filter(None, reversed(values)), None) if name in _ONCE else tuple(chain(*values))
        for name, values in zip(LinkFlags._fields, zip(*parts, strict=True), strict=True)
    }
    return LinkFlags(**fields)


# Option -> what its value is; "" where nobody asks, "output" where it is taken out.
_LONG = {
    "script": "script",
    "dT": "default script",
    "default-script": "default script",
    "library-path": "search",
    "library": "library",
    "Map": "map",
    "output": "output",
    "dependency-file": "output",
    "call-graph-ordering-file": "file",
    "dynamic-list": "file",
    "export-dynamic-symbol-list": "file",
    "just-symbols": "file",
    "mri-script": "file",
    "remap-inputs-file": "file",
    "retain-symbols-file": "file",
    "section-ordering-file": "file",
    "symbol-ordering-file": "file",
    "version-script": "file",
    # Addresses, although they begin with -T.
    "Tbss": "",
    "Tdata": "",
    "Tldata-segment": "",
    "Trodata-segment": "",
    "Ttext": "",
    "Ttext-segment": "",
    # What else takes a word of its own, which is no input file.
    "architecture": "",
    "assert": "",
    "auxiliary": "",
    "defsym": "defsym",
    "dynamic-linker": "",
    "entry": "entry",
    "exclude-libs": "",
    "export-dynamic-symbol": "",
    "filter": "",
    "fini": "",
    "format": "",
    "init": "",
    "oformat": "",
    "plugin": "",
    "plugin-opt": "",
    "require-defined": "undefined",
    "rpath": "",
    "rpath-link": "",
    "section-start": "",
    "soname": "",
    "sort-section": "",
    "trace-symbol": "",
    "undefined": "undefined",
    "unresolved-symbols": "",
    "wrap": "",
}
_SHORT = {
    "-T": "script",
    "-L": "search",
    "-l": "library",
    "-o": "output",
    "-R": "file",
    "-c": "file",
    "-e": "entry",
    "-u": "undefined",
    **dict.fromkeys(("-A", "-F", "-G", "-I", "-Y", "-a", "-b", "-f", "-h", "-m", "-y", "-z"), ""),
}
# A word as it stands in LINKFLAGS, outside -Wl, and -Xlinker.
_DRIVER_WORDS = frozenset(
    {
        "-nostdlib", "-nostdlib++", "-nostartfiles", "-nodefaultlibs", "-nolibc", "-nostdinc", "-static", "-static-pie",
        "-static-libgcc", "-static-libstdc++", "-shared-libgcc", "-rdynamic", "-pthread", "-pipe", "-pg", "-p", "-v",
        "-###", "-save-temps", "-ansi", "-pedantic", "-w",
    }
)  # fmt: skip
_DRIVER_TAKES_WORD = frozenset(
    {
        "-D", "-U", "-I", "-B", "-include", "-isystem", "-iquote", "-idirafter", "-Xassembler", "-Xpreprocessor",
        "-Xclang", "-mllvm", "-target", "-arch", "--param", "-specs", "--specs", "-wrapper", "-dumpbase",
    }
)  # fmt: skip
_DRIVER_BEGINNINGS = (
    "-W", "-O", "-g", "-D", "-U", "-I", "-B", "-std=", "-specs=", "--specs=", "-save-temps=", "--param=", "-isystem",
    "-iquote", "--target=", "--gcc-toolchain=", "--config", "-rtlib=", "--rtlib=", "-unwindlib=", "--unwindlib=",
    "-stdlib=", "-resource-dir",
)  # fmt: skip
# Machine and language options, except what ld knows: -melf32lriscv, -fini, and -B of binding.
_DRIVER_MACHINE = re.compile(r"-m(?!(elf|armelf|aarch64|i386pe|$))|-f(?!ini\b|$)")
_LD_BINDING = ("-Bstatic", "-Bdynamic", "-Bsymbolic", "-Bgroup", "-Bno-symbolic", "-Bshareable")


def parse_link_flags(flags: Sequence[str], place: str | None = None) -> LinkFlags:
    """Read LINKFLAGS word by word. Raise InputError where an option's value is missing at the end."""
    ld_words, driver_args = _split(flags, place)
    values: dict[str, list[str]] = {}
    ld_args: list[str] = []
    words = iter(ld_words)
    for word in words:
        kind, value = _option(word)
        written = [word]
        if value is None:
            value = _next(words, word, place)
            written.append(value)
        if kind:
            values.setdefault(kind, []).append(value)
        if kind not in ("script", "default script", "map", "output"):
            ld_args += written
    return LinkFlags(
        scripts=tuple(values.get("script") or values.get("default script", [])[-1:]),
        search=tuple(values.get("search", ())),
        libraries=tuple(values.get("library", ())),
        files=tuple(values.get("file", ())),
        map_file=next(iter(reversed(values.get("map", ()))), None),
        entry=next(iter(reversed(values.get("entry", ()))), None),
        undefined=tuple(values.get("undefined", ())),
        defined=tuple(symbol.partition("=")[0] for symbol in values.get("defsym", ())),
        ld_args=tuple(ld_args),
        driver_args=tuple(driver_args),
    )


def _split(flags: Sequence[str], place: str | None) -> tuple[list[str], list[str]]:
    """Part the words into those for ld, unwrapped, and those for the driver."""
    ld_words: list[str] = []
    driver: list[str] = []
    words = iter(flags)
    for word in words:
        if word.startswith("-Wl,"):
            ld_words += word.split(",")[1:]
        elif word in ("-Xlinker", "--for-linker"):
            ld_words.append(_next(words, word, place))
        elif word.startswith("--for-linker="):
            ld_words.append(word.partition("=")[2])
        elif word in _DRIVER_TAKES_WORD:
            driver += [word, _next(words, word, place)]
        elif _is_for_driver(word):
            driver.append(word)
        else:
            # the value of an option for ld, if it is the next word, begins with no hyphen and follows by itself
            ld_words.append(word)
    return ld_words, driver


def _is_for_driver(word: str) -> bool:
    if word.startswith(_LD_BINDING):
        return False
    return word in _DRIVER_WORDS or word.startswith(_DRIVER_BEGINNINGS) or bool(_DRIVER_MACHINE.match(word))


def _option(word: str) -> tuple[str, str | None]:
    """Give what a word for ld is and its value: "" for an option without one, None where that is the next word."""
    if not word.startswith("-") or word == "-":
        return "file", word.removeprefix("@")
    hyphens = len(word) - len(word.lstrip("-"))
    name, equals, value = word[hyphens:].partition("=")
    # ld looks for a long option first, with one hyphen too, except for those that begin with o
    if name in _LONG and (hyphens == 2 or not name.startswith("o")):
        return _LONG[name], value if equals else None
    letter = word[:2]
    if hyphens == 1 and letter in _SHORT and (word == letter or letter != "-c"):
        return _SHORT[letter], word[2:] or None
    return "", ""


def _next(words: Iterator[str], option: str, place: str | None) -> str:
    word = next(words, None)
    if word is None:
        raise InputError(
            f"{option} is the last word; expected its value behind it",
            place=place,
            remedy=f"complete or remove {option}",
        )
    return word
