"""IncludeScan: every file that compiling a C or assembly source may read, found without running the compiler.

Follows "Search Path" of the GNU C preprocessor's manual, https://gcc.gnu.org/onlinedocs/cpp/Search-Path.html.
Conditional compilation is not evaluated, so the scan may list more than the compiler reads; the compiler's own list
(``-MD``) confirms it afterwards. Headers of the toolchain itself are found only where the search has their folders.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable, Iterator
from typing import NamedTuple

from steelmill.cc.text_scan import CScan, scan_c_text

__all__ = ["CScan", "IncludeScan", "IncludeSearch", "resolve", "scan_c_text", "scan_includes"]

_DEEPEST_MACRO = 16


class IncludeSearch(NamedTuple):
    """Where the compiler looks: folders relative to its working directory, or absolute."""

    quote: tuple[str, ...] = ()
    """``-iquote``: for ``"x"`` alone, behind the including file's own folder."""
    system: tuple[str, ...] = ()
    """``-I``, then ``-isystem``, then ``-idirafter``."""
    forced: tuple[str, ...] = ()
    """Files of ``-imacros`` and ``-include``."""
    defines: tuple[tuple[str, str | None], ...] = ()
    """``-D``: macros that ``#include MACRO`` may mean."""
    assembler: tuple[str, ...] | None = None
    """gas's ``-I``, behind the working directory; None: those of ``system``."""
    embed: tuple[str, ...] = ()
    """``--embed-dir``"""


class IncludeScan(NamedTuple):
    """What one object is made of."""

    files: tuple[str, ...]
    """Existing files, normalised, sorted; the source is one of them."""
    absent: tuple[str, ...]
    """Where a mentioned file was looked for in vain, sorted; headers of the toolchain are among them."""
    unlisted: tuple[str, ...] = ()
    """Those of ``files`` that the preprocessor's own list (``-MD``) leaves out, as the assembler reads them."""


class _Found(NamedTuple):
    """A file and where it was found."""

    path: str
    rank: int
    """In the chain quote + system; -1 where no folder of the search led to it."""


def scan_includes(
    path: str,
    read: Callable[[str], str | None],
    search: IncludeSearch,
    *,
    exists: Callable[[str], bool] | None = None,
) -> IncludeScan:
    """Find what compiling ``path`` may read.

    Paths are as ``path`` and the folders of ``search`` are. ``exists`` spares reading files that are only embedded as
    bytes; without it ``read`` is asked.
    """

    def scan(name: str) -> CScan | None:
        text = read(name)
        return None if text is None else scan_c_text(text)

    return resolve(path, scan, search, exists=exists or (lambda name: read(name) is not None))


def resolve(
    path: str,
    scans: Callable[[str], CScan | None],
    search: IncludeSearch,
    *,
    exists: Callable[[str], bool] | None = None,
) -> IncludeScan:
    """Find what compiling ``path`` may read, from the scans of single files; ``scans`` gives None for a missing one."""
    path = posixpath.normpath(path)
    unit = _Unit(path, scans, exists or (lambda name: scans(name) is not None), search)
    for name in search.forced:
        # As #include "name" in a file of the working directory.
        unit.include("include", name, _Found("", -1), quoted=True)
    if unit.scan(path) is None:
        unit.absent.add(path)
    else:
        unit.visit(_Found(path, -1))
    unit.follow()
    return IncludeScan(
        tuple(sorted(unit.files)),
        tuple(sorted(unit.absent - unit.files)),
        tuple(sorted(unit.assembled - unit.preprocessed)),
    )


class _Unit:
    def __init__(
        self,
        source: str,
        scans: Callable[[str], CScan | None],
        exists: Callable[[str], bool],
        search: IncludeSearch,
    ) -> None:
        self.source = source
        self.scans = scans
        self.exists = exists
        self.search = search
        self.chain = (*search.quote, *search.system)
        self.first_system = len(search.quote)
        self.assembler = search.system if search.assembler is None else search.assembler
        self.preprocessed: set[str] = set()
        self.assembled: set[str] = set()
        self.absent: set[str] = set()
        self.known: dict[str, CScan | None] = {}
        self.visited: set[_Found] = set()
        self.waiting: list[_Found] = []
        self.defines: list[tuple[tuple[str, str], ...]] = []
        """Not yet in ``macros``, where they are put once a file is included by a macro: rarely."""
        self.macros: dict[str, dict[str, None]] = {}
        self.computed: dict[tuple[str, str, _Found], None] = {}
        for name, value in search.defines:
            if value is not None:
                self.macros.setdefault(name, {})[value] = None

    @property
    def files(self) -> set[str]:
        return self.preprocessed | self.assembled

    def scan(self, path: str) -> CScan | None:
        if path not in self.known:
            self.known[path] = self.scans(path)
        return self.known[path]

    def visit(self, found: _Found) -> None:
        self.preprocessed.add(found.path)
        if found not in self.visited:
            self.visited.add(found)
            self.waiting.append(found)

    def follow(self) -> None:
        """Work until nothing new is found; a later file may define the macro that an earlier one includes by."""
        done: set[tuple[str, str, _Found, str]] = set()
        while True:
            while self.waiting:
                self.file(self.waiting.pop())
            if not self.computed:
                return
            for name, value in itertools.chain.from_iterable(self.defines):
                self.macros.setdefault(name, {})[value] = None
            self.defines = []
            values = [
                (form, macro, place, written)
                for form, macro, place in self.computed
                for written in self.values(macro)
                if (form, macro, place, written) not in done
            ]
            if not values:
                return
            for form, macro, place, written in values:
                done.add((form, macro, place, written))
                self.mention(form, written, place)

    def file(self, found: _Found) -> None:
        scan = self.scan(found.path)
        if scan is None:
            return
        includes, defines = scan
        if defines:
            self.defines.append(defines)
        for form, written in includes:
            if written[0] in '"<':
                self.mention(form, written, found)
            else:
                self.computed[form, written, found] = None

    def values(self, macro: str, depth: int = 0) -> Iterator[str]:
        """Go through the file names that a macro may stand for, in quotes or angle brackets."""
        for value in tuple(self.macros.get(macro, ())):
            if value[:1] in ('"', "<"):
                yield value
            elif depth < _DEEPEST_MACRO:
                yield from self.values(value, depth + 1)

    def mention(self, form: str, written: str, place: _Found) -> None:
        name = written[1:-1]
        if not name:
            return
        if form in ("incbin", "assemble"):
            self.assemble(form, name)
        else:
            self.include(form, name, place, quoted=written[0] == '"')

    def include(self, form: str, name: str, place: _Found, *, quoted: bool) -> None:
        tried = []
        is_source = form in ("include", "include_next", "import")
        for found in self.candidates(form, name, place, quoted=quoted):
            if self.scan(found.path) is not None if is_source else self.exists(found.path):
                if is_source:
                    self.visit(found)
                else:
                    self.preprocessed.add(found.path)
                return
            tried.append(found.path)
        if not form.startswith("has_"):
            self.absent.update(tried)

    def candidates(self, form: str, name: str, place: _Found, *, quoted: bool) -> Iterator[_Found]:
        """Go through the paths that the preprocessor tries, in its order."""
        if posixpath.isabs(name):
            yield _Found(posixpath.normpath(name), -1)
            return
        start = 0 if quoted else self.first_system
        # In the source itself #include_next is #include.
        if form.endswith("include_next") and place.path != self.source:
            start = place.rank + 1  # the whole chain for a file from its includer's own folder
        elif quoted:
            yield _Found(_join(posixpath.dirname(place.path), name), -1)
        if form in ("embed", "has_embed"):
            for folder in self.search.embed:
                yield _Found(_join(folder, name), -1)
        for index in range(start, len(self.chain)):
            yield _Found(_join(self.chain[index], name), index)

    def assemble(self, form: str, name: str) -> None:
        """Take a file that gas reads: from the working directory, then from its ``-I`` folders."""
        folders = ("",) if posixpath.isabs(name) else ("", *self.assembler)
        candidates = [_join(folder, name) for folder in folders]
        path = next(filter(self.exists, candidates), None)
        if path is None:
            self.absent.update(candidates)
            return
        fresh = path not in self.assembled
        self.assembled.add(path)
        scan = self.scan(path) if form == "assemble" and fresh else None
        if scan is not None:
            # gas knows no preprocessor: of what the file says only its own directives count.
            for inner, written in scan[0]:
                if inner in ("incbin", "assemble") and written.startswith('"'):
                    self.assemble(inner, written[1:-1])


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
