"""Discovery: the files that a Step reads beyond its declared inputs.

Before a Step has run, a scan of its sources tells; afterwards the compiler's own list does, which is exact. The scan
goes on as one value beside that list, so that a file which newly shadows another is noticed as well.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import SCons.Node
import SCons.Scanner

from rust_firmware.boundary import reports_errors
from rust_firmware.session import BUILD_DIR, Session
from rust_firmware.tree import file_node
from steelmill.argument_files import argument_files
from steelmill.cc.named_files import named_files
from steelmill.linker.depfile import parse_make_depfile
from steelmill.rustc.dep_info import parse_dep_info
from steelmill.step import DepInfo, Step

WHOLE_PACKAGE = "/."
"""Behind the folder of a package: all its files count."""


class Found(NamedTuple):
    """The files that a Step's sources name."""

    files: Iterable[str]
    """Paths that exist or are still to be built."""
    unlisted: Iterable[str] = ()
    """Those of them that the tool's own list leaves out: what the assembler reads by ``.incbin``."""


Scan = Callable[[], Found]
"""Looks through a Step's sources as they are now."""


def once_between_builds(session: Session, scan: Scan) -> Scan:
    """Give the scan for several Steps that look through the same sources: it is done again when a Step has run."""
    known = (-1, Found(()))

    def look() -> Found:
        nonlocal known
        built = session.built
        if known[0] != built:
            known = (built, scan())
        return known[1]

    return look


_PARSERS: dict[str, Callable[[str], Iterable[str]]] = {
    "rustc": lambda text: parse_dep_info(text).files,
    "make": parse_make_depfile,
    "script": lambda text: expand_folders(parse_dep_info(text).files),
}


def expand_folders(paths: Iterable[str]) -> list[str]:
    """Put all files below each folder in its place; hidden ones and what cargo and Steelmill build there are none.

    ``FOLDER/.`` stands for a package: without the packages below it.
    """
    found: list[str] = []
    for path in paths:
        if not os.path.isdir(path):
            found.append(path)
            continue
        for folder, folders, names in os.walk(path.removesuffix(WHOLE_PACKAGE)):
            is_package = path.endswith(WHOLE_PACKAGE)
            folders[:] = [name for name in folders if not _is_other(f"{folder}/{name}", is_package=is_package)]
            found += [f"{folder}/{name}" for name in names if not name.startswith(".")]
    return found


def _is_other(folder: str, *, is_package: bool) -> bool:
    return (
        folder.rpartition("/")[2].startswith(".")
        or os.path.normpath(folder) == BUILD_DIR
        or os.path.exists(f"{folder}/CACHEDIR.TAG")
        or (is_package and os.path.exists(f"{folder}/Cargo.toml"))
    )


class Discovery:
    """What one Step reads, as SCons nodes."""

    def __init__(self, session: Session, env: Any, step: Step, scan: Scan | None) -> None:
        self._session = session
        self._env = env
        self._step = step
        self._scan = scan
        self._covered = tuple(f"{folder}/" for folder in step.covered)
        self._declared = {*step.inputs, *step.target_paths}
        self._last: tuple[int, list[Any]] | None = None
        self.scanned: list[str] = []
        """What the last scan found beyond the declared inputs, sorted."""
        self.listing_name = f"the list of files that {step.outputs[0]} is made from"
        """The name of the Value that stands for it."""

    def scanner(self) -> Any:
        """Give the target scanner for the Step's nodes."""
        return SCons.Scanner.ScannerBase(
            reports_errors(lambda _node, _env, path: self._found(*path)),
            # SCons keeps what a scanner found; a file built since may have changed it
            path_function=lambda *_: (self._session.built,),
            node_class=SCons.Node.Node,
            name="StepScanner",
        )

    def _found(self, built: int) -> list[Any]:
        """Give the dependencies as they are after ``built`` Steps, once for all nodes of this one."""
        if self._last is None or self._last[0] != built:
            self._last = (built, self.dependencies())
        return self._last[1]

    def dependencies(self) -> list[Any]:
        """Give the files beyond the declared inputs, sorted, and the scan's value."""
        if self._scan is None and self._step.dep_info is None and not self._step.folders:
            return []
        found = self._scan() if self._scan else Found(())
        arguments = argument_files(self._step.argv, self._session.tree.read)
        arguments = (*arguments, *named_files(self._step.argv, self._session.tree.files_in))
        self.scanned = scanned = self._undeclared((*found.files, *arguments))
        confirmed = self._confirmed()
        paths = scanned if confirmed is None else sorted({*confirmed, *self._undeclared((*found.unlisted, *arguments))})
        listing = hashlib.sha256("\n".join(scanned).encode(errors="surrogateescape")).hexdigest()
        return [
            *(file_node(path) for path in paths),
            *self._circumstances(),
            self._env.Value(listing, name=self.listing_name),
        ]

    def _confirmed(self) -> list[str] | None:
        """Read the compiler's own list, without what has vanished since; None before the first build.

        What the build makes has not vanished.
        """
        info: DepInfo | None = self._step.dep_info
        text = self._listed()
        if info is None or text is None:
            return None
        exists = self._session.tree.exists
        return [path for path in self._undeclared(_PARSERS[info.form](text)) if os.path.exists(path) or exists(path)]

    def _circumstances(self) -> list[Any]:
        """Give what lets a command run again besides files: a lost folder, the user's variables that a script names."""
        info: DepInfo | None = self._step.dep_info
        is_script = info is not None and info.form == "script"
        names = [name for name, _ in parse_dep_info(self._listed() or "").env] if is_script else []
        values = {f"environment variable {name}": os.environ.get(name, "not set") for name in names}
        folders = (*self._step.folders, *(self._step.covered if is_script else ()))
        values |= {f"folder {path}": "there" if os.path.isdir(path) else "lost" for path in folders}
        return [self._env.Value(value, name=name) for name, value in values.items()]

    def _listed(self) -> str | None:
        info: DepInfo | None = self._step.dep_info
        if info is None:
            return None
        try:
            with open(f"{self._step.out_dir}/{info.output}", encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _undeclared(self, paths: Iterable[str]) -> list[str]:
        found = {self._session.tree.relative(path) for path in paths} - self._declared
        return sorted(path for path in found if not path.startswith(self._covered))
