"""Tree: the project's files as both the disk and the build graph know them."""

from __future__ import annotations

import os
from typing import Any

import SCons.Node.FS

from rust_firmware import compat
from steelmill.cc.compile import TOP
from steelmill.errors import InputError


def file_node(path: str) -> Any:
    """Give the node of a file, relative to the top folder or absolute; ``env.File`` would expand ``$`` in its name.

    Raise InputError for a folder.
    """
    try:
        return SCons.Node.FS.get_default_fs().File(path if path.startswith("/") else f"#{path}")
    except TypeError:
        raise InputError(
            "a folder; expected a file", place=path, remedy="name a file in it, or correct what names it"
        ) from None


class Tree:
    """Paths below one top folder; a file that is still to be built counts as there."""

    def __init__(self, top: str) -> None:
        self.top = top

    def absolute(self, path: str) -> str:
        """Give the path for opening it while SConscripts are read, when the working directory is another one."""
        return os.path.join(self.top, path)

    def relative(self, path: str) -> str:
        """Spell a path as the graph does: relative to the top folder where it lies below it, else absolute."""
        normal = os.path.normpath(os.path.join(self.top, path))
        if normal == self.top:
            return "."
        return normal.removeprefix(f"{self.top}/").removeprefix(f"{TOP}/")

    def exists(self, path: str) -> bool:
        """Tell whether a file is there or is still to be built."""
        return os.path.isfile(self.absolute(path)) or self.is_derived(path)

    def files_in(self, path: str) -> list[str] | None:
        """List the files right in a folder, sorted, or give a file alone; None for what does not exist."""
        if self.exists(path):
            return [path]
        try:
            return [file for name in sorted(os.listdir(self.absolute(path))) if self.exists(file := f"{path}/{name}")]
        except OSError:
            return None

    def read(self, path: str) -> str | None:
        """Give the text of a file, ``""`` for one still to be built, None where there is none."""
        try:
            with open(self.absolute(path), encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError:
            return "" if self.is_derived(path) else None

    def is_derived(self, path: str) -> bool:
        """Tell whether a file is built here, so that it will be there."""
        node = compat.known_file(self.relative(path))
        return node is not None and bool(node.is_derived())
