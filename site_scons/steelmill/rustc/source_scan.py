"""SourceScan: every file that rustc will read for a crate root, found without running rustc.

Follows the Rust reference, "Modules" (https://doc.rust-lang.org/reference/items/modules.html), and, where it is silent,
``rustc_expand::module`` and ``rustc_builtin_macros::source_util``. Macros are not expanded: where one takes a file's
name as an argument, every argument that names an existing file counts. So the scan may list more than rustc reads;
rustc's own dep-info (``dep_info``) confirms it afterwards.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg
from steelmill.rustc.cfg_expr import parse_cfg_expr
from steelmill.rustc.file_scan import FileScan, Node, scan_file

__all__ = ["FileScan", "SourceScan", "resolve", "scan_crate", "scan_file"]

Parts = Sequence[tuple[str, str]]

_ASSEMBLY = (".s", ".S", ".asm", ".inc")
_MOST_COMBINATIONS = 256
_DEEPEST_EXPANSION = 32
"""Calls of macros in macros that are followed; rustc's own limit is 128."""


class SourceScan(NamedTuple):
    """What a crate is made of."""

    files: tuple[str, ...]
    """Existing files, normalised, sorted; the crate root is one of them."""
    env_deps: tuple[str, ...]
    """Names of the environment variables it reads when compiled, sorted."""
    absent: tuple[str, ...]
    """Paths that are asked for and do not exist, sorted: rustc reports them, and the build notices when they appear."""
    unlisted: tuple[str, ...] = ()
    """Those of ``files`` that rustc's dep-info leaves out: what assembly takes by .incbin and .include."""


class _Place(NamedTuple):
    """Where a mention counts: what its relative paths start from."""

    file: str
    """Includes start from its folder."""
    folder: str
    """Modules start from here."""
    relative: str
    """Below ``folder``, for modules without ``#[path]``: the module's name in ``name.rs``, "" in ``mod.rs``."""
    arguments: tuple[tuple[str, str], ...] = ()
    """Those of the macro call that is followed."""
    depth: int = 0


def scan_crate(
    root: str,
    read: Callable[[str], str | None],
    cfg: Cfg | None,
    env: Mapping[str, str],
    *,
    exists: Callable[[str], bool] | None = None,
) -> SourceScan:
    """Find what rustc will read for the crate root ``root``.

    Paths are as ``root`` is: relative to rustc's working directory, or absolute. ``env`` gives the variables that
    paths may contain (``OUT_DIR``, ``CARGO_MANIFEST_DIR``). ``exists`` spares reading files that are only included as
    text or bytes; without it ``read`` is asked.
    """

    def scan(path: str) -> FileScan | None:
        text = read(path)
        return None if text is None else scan_file(text)

    return resolve(root, scan, cfg, env, exists=exists or (lambda path: read(path) is not None))


def resolve(
    root: str,
    scans: Callable[[str], FileScan | None],
    cfg: Cfg | None,
    env: Mapping[str, str],
    *,
    exists: Callable[[str], bool] | None = None,
) -> SourceScan:
    """Find what rustc will read, from the scans of single files; ``scans`` gives None where a file is missing.

    Without ``cfg`` every condition holds, as for tools that look at a crate whatever its configuration.
    """
    crate = _Crate(scans, exists or (lambda path: scans(path) is not None), cfg, env)
    root = posixpath.normpath(root)
    if not crate.module_file(root, posixpath.dirname(root), ""):
        crate.absent.add(root)
    crate.guess_foreign_macros()
    return SourceScan(
        tuple(sorted(crate.files | crate.assembled)),
        tuple(sorted(crate.env_deps)),
        tuple(sorted(crate.absent - crate.files)),
        tuple(sorted(crate.assembled - crate.files)),
    )


class _Crate:
    def __init__(
        self,
        scans: Callable[[str], FileScan | None],
        exists: Callable[[str], bool],
        cfg: Cfg | None,
        env: Mapping[str, str],
    ) -> None:
        self.scans = scans
        self.exists = exists
        self.cfg = cfg
        self.env = env
        self.files: set[str] = set()
        self.assembled: set[str] = set()
        self.absent: set[str] = set()
        self.env_deps: set[str] = set()
        self.predicates: dict[str, bool] = {}
        self.known: dict[str, FileScan | None] = {}
        self.visited: set[tuple[str, str, str]] = set()
        self.macros: dict[str, list[Sequence[Node]]] = {}
        self.calls: dict[str, dict[_Place, None]] = {}

    def holds(self, predicate: str) -> bool:
        if self.cfg is None:
            return True
        truth = self.predicates.get(predicate)
        if truth is None:
            try:
                truth = parse_cfg_expr(predicate).holds(self.cfg)
            except InputError:
                truth = True  # a macro's variable, or newer than this parser: rather too many files than too few
            self.predicates[predicate] = truth
        return truth

    def scan(self, path: str) -> FileScan | None:
        if path not in self.known:
            self.known[path] = self.scans(path)
        return self.known[path]

    def module_file(self, path: str, folder: str, relative: str) -> bool:
        """Follow a source file; False where it is missing."""
        scan = self.scan(path)
        if scan is None:
            return False
        self.files.add(path)
        if (path, folder, relative) not in self.visited:
            self.visited.add((path, folder, relative))
            nodes, conditions, assembled = scan
            if all(map(self.holds, conditions)):
                self.assembly(assembled)
                self.follow(nodes, _Place(path, folder, relative))
        return True

    def follow(self, nodes: Sequence[Node], place: _Place) -> None:
        for kind, name, conditions, values, inside in nodes:
            if conditions and not all(map(self.holds, conditions)):
                continue
            if kind == "mod":
                for module in self.names(name, place):
                    self.module(module, values, place)
            elif kind in ("inline", "inner"):
                for module in self.names(name, place):
                    self.follow(inside, self.inline(module, values, place, in_block=kind == "inner"))
            elif kind == "include":
                self.include(name, values, place)
            elif kind == "env":
                for source, text in values:
                    self.env_deps.update((text,) if source == "text" else self.strings(place))
            elif kind == "rules":
                self.macros.setdefault(name, []).append(inside)
                for call in tuple(self.calls.get(name, ())):
                    self.follow(inside, call)
            elif kind == "call" and place.depth < _DEEPEST_EXPANSION:
                self.call(name, values, place)

    # Modules --------------------------------------------------------------------------------------------------------

    def module(self, name: str, paths: Parts, place: _Place) -> None:
        chosen = self.path_attributes(paths, place)
        if chosen:
            guessed = len(chosen) > 1
            for path in chosen:
                path = _join(place.folder, path)
                if not self.module_file(path, posixpath.dirname(path), "") and not guessed:
                    self.absent.add(path)
            return
        folder = _join(place.folder, place.relative)
        as_file, as_folder = _join(folder, f"{name}.rs"), _join(folder, f"{name}/mod.rs")
        found = self.module_file(as_file, posixpath.dirname(as_file), name)
        found = self.module_file(as_folder, posixpath.dirname(as_folder), "") or found
        if not found and not place.arguments:
            self.absent.update((as_file, as_folder))

    def inline(self, name: str, paths: Parts, place: _Place, *, in_block: bool) -> _Place:
        chosen = self.path_attributes(paths, place)
        if chosen:
            return place._replace(folder=_join(place.folder, chosen[0]), relative="")
        relative = "" if in_block else place.relative
        return place._replace(folder=_join(place.folder, relative, name), relative="")

    def path_attributes(self, paths: Parts, place: _Place) -> tuple[str, ...]:
        """Give the value of the first ``#[path]`` that counts, or all it may be where it comes from a macro."""
        for predicate, path in paths:
            if not predicate or self.holds(predicate):
                if path.startswith("$"):
                    return self.strings(place)
                return (path,)
        return ()

    def strings(self, place: _Place) -> tuple[str, ...]:
        return tuple(value for kind, value in place.arguments if kind == "text")

    def names(self, name: str, place: _Place) -> tuple[str, ...]:
        if name.startswith("$"):
            return tuple(value for kind, value in place.arguments if kind == "word")
        return (name,)

    # Includes and environment ---------------------------------------------------------------------------------------

    def include(self, macro: str, parts: Parts, place: _Place) -> None:
        for written, guessed in self.texts(parts, place):
            path = _join(posixpath.dirname(place.file), written)
            is_rust = macro == "include"
            if self.module_file(path, posixpath.dirname(path), "") if is_rust else self.exists(path):
                self.files.add(path)
                if path.endswith(_ASSEMBLY):
                    self.assembled_in(path)
            elif not guessed:
                self.absent.add(path)

    def texts(self, parts: Parts, place: _Place) -> list[tuple[str, bool]]:
        """Work out a string: every value it may have, and whether it is a guess at a macro's argument."""
        choices: list[list[str]] = []
        guessed = False
        for kind, text in parts:
            if kind == "text":
                choices.append([text])
                continue
            if kind == "env":
                choices.append([self.env[text]] if text in self.env else [])
                continue
            guessed = True
            if kind == "var":
                choices.append([value for _, value in place.arguments])
            else:
                choices.append([self.env[name] for name in self.strings(place) if name in self.env])
        combined = itertools.islice(itertools.product(*choices), _MOST_COMBINATIONS)
        return [("".join(chosen), guessed) for chosen in combined]

    def assembled_in(self, path: str) -> None:
        scan = self.scan(path)
        if scan is not None and (path, "", "assembly") not in self.visited:
            self.visited.add((path, "", "assembly"))
            self.assembly(scan[2])

    def assembly(self, written: Sequence[str]) -> None:
        """Take what assembly includes: LLVM looks in the working directory. Absent ones may stand in comments."""
        for name in written:
            path = posixpath.normpath(name)
            if self.exists(path):
                self.assembled.add(path)
                if path.endswith(_ASSEMBLY):
                    self.assembled_in(path)

    # Macros ---------------------------------------------------------------------------------------------------------

    def call(self, name: str, arguments: Parts, place: _Place) -> None:
        pool = dict.fromkeys((kind, value) for kind, value in arguments)
        pool.update(dict.fromkeys(place.arguments))
        inner = place._replace(arguments=tuple(pool), depth=place.depth + 1)
        calls = self.calls.setdefault(name, {})
        if any(inner._replace(depth=depth) in calls for depth in range(1, inner.depth + 1)):
            return  # already followed, or a macro that calls itself
        calls[inner] = None
        for inside in self.macros.get(name, ()):
            self.follow(inside, inner)

    def guess_foreign_macros(self) -> None:
        """Take the existing files that macros of other crates are given, where their names say that they include."""
        for name, calls in self.calls.items():
            if name not in self.macros and "include" in name:
                for place in calls:
                    self.include("include_bytes", (("var", ""),), place)


def _join(*parts: str) -> str:
    return posixpath.normpath(posixpath.join(*parts))
