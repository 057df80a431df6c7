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
from rust_firmware.session import Session
from rust_firmware.tree import file_node
from steelmill.argument_files import argument_files
from steelmill.cc.named_files import named_files
from steelmill.linker.depfile import parse_make_depfile
from steelmill.rustc.dep_info import parse_dep_info
from steelmill.step import DepInfo, Step


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
}


class Discovery:
    """What one Step reads, as SCons nodes."""

    def __init__(self, session: Session, env: Any, step: Step, scan: Scan | None) -> None:
        self._session = session
        self._env = env
        self._step = step
        self._scan = scan
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
        if self._scan is None and self._step.dep_info is None:
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
            self._env.Value(listing, name=self.listing_name),
        ]

    def _confirmed(self) -> list[str] | None:
        """Read the compiler's own list, without what has vanished since; None before the first build."""
        info: DepInfo | None = self._step.dep_info
        if info is None:
            return None
        try:
            with open(f"{self._step.out_dir}/{info.output}", encoding="utf-8", errors="surrogateescape") as file:
                text = file.read()
        except FileNotFoundError:
            return None
        return [path for path in self._undeclared(_PARSERS[info.form](text)) if os.path.exists(path)]

    def _undeclared(self, paths: Iterable[str]) -> list[str]:
        return sorted({self._session.tree.relative(path) for path in paths} - self._declared)
