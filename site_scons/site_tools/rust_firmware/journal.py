"""The journal: which outputs were being written when a build ended badly.

SCons believes a target whose sources have the signatures it stored, whatever the target holds (scons#2718): after a
kill, a revert of the edit would bring back a stale or half-replaced file. Every Step is written down here before it
replaces an output; the file goes when SCons has stored its signatures. What is found in it at the start of a build is
built again.
"""

from __future__ import annotations

import os

from steelmill.errors import InputError


class Journal:
    """The journal of one build folder."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.unfinished = self._read()
        """Paths of targets of a build that never stored its signatures."""

    def note(self, paths: tuple[str, ...]) -> None:
        """Write down that these outputs are about to change."""
        with open(self._path, "a", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            # a full disk may have cut the last line short: begin a new one
            file.write("".join(f"\n{path}\n" for path in paths))

    def clear(self) -> None:
        """Forget all: the signatures are stored."""
        if os.path.exists(self._path):
            os.unlink(self._path)

    def _read(self) -> frozenset[str]:
        try:
            with open(self._path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                return frozenset(filter(None, file.read().split("\n")))
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise InputError(
                f"cannot be read: {error.strerror}", place=self._path, remedy="give access there, or remove build"
            ) from None
