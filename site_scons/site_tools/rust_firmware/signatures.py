"""Where SCons's signatures are stored: one file in the build folder, replaced whole.

Used through ``SConsignFile(name, dbm_module)``. SCons's own module creates the file when it is first asked, which a
dry run must not, and writes it anew at every null build.

What the journal lists has no signature here, whether this build asks for it or a later one.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator

from rust_firmware.journal import Journal
from rust_firmware.whole_file import write_whole


class SignatureFile:
    """A mapping of folder -> SCons's pickled entries, as SCons wants it of a dbm object."""

    def __init__(self, path: str, journal: Journal, save: Callable[[], None], *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._save = save
        self._journal = journal
        self._entries: dict[str, bytes] = _load(path)
        self._dirty = _forget(self._entries, journal.unfinished)

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
        """Replace the file where something changed, save what goes with it, then clear the journal."""
        if self._read_only:
            # SCons itself leaves this out under -n, but not under -q
            return
        try:
            self._save()
            if self._dirty:
                write_whole(self._path, pickle.dumps(self._entries, protocol=4))
                self._dirty = False
            self._journal.clear()
        except OSError as error:
            # the journal stays, so that the next build repeats what could not be stored
            print(f"{self._path}: {error.strerror}; the next build repeats this one's steps", file=sys.stderr)

    def close(self) -> None:
        """Do nothing: there is no open file."""


class SignatureModule:
    """What SCons takes for a dbm module."""

    def __init__(self, journal: Journal, save: Callable[[], None], *, read_only: bool = False) -> None:
        self._journal = journal
        self._save = save
        self._read_only = read_only
        self.used = False
        """False where the project stores its signatures in another way."""

    def open(self, name: str, _flag: str) -> SignatureFile:
        """Open the signatures stored under ``name``."""
        self.used = True
        return SignatureFile(name, self._journal, self._save, read_only=self._read_only)


def _load(path: str) -> dict[str, bytes]:
    try:
        with open(path, "rb") as file:
            entries = pickle.load(file)  # noqa: S301 - written by this class
    except FileNotFoundError:
        return {}
    except Exception:  # noqa: BLE001 - whatever is wrong with it, building everything again is right
        return {}
    return entries if isinstance(entries, dict) else {}


def _forget(entries: dict[str, bytes], paths: Iterable[str]) -> bool:
    """Drop what is stored about these targets; True where there was something."""
    folders: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder or ".", set()).add(name)
    changed = False
    for folder, names in folders.items():
        if folder not in entries:
            continue
        try:
            stored = pickle.loads(entries[folder])  # noqa: S301 - written by SCons
            kept = {name: entry for name, entry in stored.items() if name not in names}
        except Exception:  # noqa: BLE001 - whatever is wrong with it, building the folder again is right
            kept, stored = {}, None
        if kept != stored:
            entries[folder] = pickle.dumps(kept, protocol=4)
            changed = True
    return changed
