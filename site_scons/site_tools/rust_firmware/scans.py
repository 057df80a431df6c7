"""The scans of source files, kept from build to build: a file is read again only when its stat changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from rust_firmware.tree import Tree
from rust_firmware.whole_file import write_whole
from steelmill.cc import text_scan
from steelmill.cc.text_scan import CScan, scan_c_text
from steelmill.rustc import file_scan
from steelmill.rustc.file_scan import FileScan, scan_file

_FORMAT = [file_scan.VERSION, text_scan.VERSION]


class Scans:
    """What the files of one tree mention."""

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree = tree
        self._path = path
        self._kept: dict[str, Any] = _load(path)
        self._changed = False

    def rust(self, path: str) -> FileScan | None:
        """Give what a Rust file mentions; None where there is no such file."""
        found = self._scan("rust", path, scan_file)
        return None if found is None else FileScan(*found)

    def c(self, path: str) -> CScan | None:
        """Give what a C, assembly or header file mentions; None where there is no such file."""
        found = self._scan("c", path, scan_c_text)
        return None if found is None else CScan(*found)

    def save(self) -> None:
        """Keep the scans for the next build."""
        if self._changed:
            write_whole(self._path, json.dumps({"format": _FORMAT, "files": self._kept}))
            self._changed = False

    def _scan(self, language: str, path: str, scan: Callable[[str], Any]) -> Any:
        try:
            status = os.stat(self._tree.absolute(path))
        except OSError:
            # most of the places where a header may lie
            return scan("") if self._tree.is_derived(path) else None
        key = f"{language} {path}"
        seen = [status.st_mtime_ns, status.st_size, status.st_ino]
        kept = self._kept.get(key)
        if kept and kept[0] == seen:
            return kept[1]
        text = self._tree.read(path)
        if text is None:
            return None
        found = scan(text)
        self._kept[key] = [seen, found]
        self._changed = True
        return found


def _load(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
    except (OSError, ValueError):
        return {}
    return dict(kept["files"]) if isinstance(kept, dict) and kept.get("format") == _FORMAT else {}
