"""Where SCons's signatures are stored: one file in the build folder, replaced whole.

Used through ``SConsignFile(name, dbm_module)``. SCons's own module creates the file when it is first asked, which a
dry run must not, and writes it anew at every null build.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator

from rust_firmware.journal import Journal


class SignatureFile:
    """A mapping of folder -> SCons's pickled entries, as SCons wants it of a dbm object."""

    def __init__(self, path: str, journal: Journal) -> None:
        self._path = path
        self._journal = journal
        self._dirty = False
        self._entries: dict[str, bytes] = _load(path)

    def __getitem__(self, key: str) -> bytes:
        return self._entries[key]

    def __setitem__(self, key: str, value: bytes) -> None:
        if self._entries.get(key) != value:
            self._entries[key] = value
            self._dirty = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def keys(self) -> list[str]:
        """Give the folders that have entries."""
        return list(self._entries)

    def sync(self) -> None:
        """Replace the file where something changed, then clear the journal."""
        try:
            if self._dirty:
                os.makedirs(os.path.dirname(self._path), exist_ok=True)
                part = f"{self._path}.part"
                with open(part, "wb") as file:
                    pickle.dump(self._entries, file, protocol=4)
                os.replace(part, self._path)
                self._dirty = False
            self._journal.clear()
        except OSError as error:
            # the journal stays, so that the next build repeats what could not be stored
            print(f"{self._path}: {error.strerror}; the next build repeats this one's steps", file=sys.stderr)

    def close(self) -> None:
        """Do nothing: there is no open file."""


class SignatureModule:
    """What SCons takes for a dbm module."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def open(self, name: str, _flag: str) -> SignatureFile:
        """Open the signatures stored under ``name``."""
        return SignatureFile(name, self._journal)


def _load(path: str) -> dict[str, bytes]:
    try:
        with open(path, "rb") as file:
            entries = pickle.load(file)  # noqa: S301 - written by this class
    except FileNotFoundError:
        return {}
    except Exception:  # noqa: BLE001 - whatever is wrong with it, building everything again is right
        return {}
    return entries if isinstance(entries, dict) else {}
