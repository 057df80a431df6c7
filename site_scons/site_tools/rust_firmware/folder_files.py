"""The files below a folder, with what tells one version of each from another."""

from __future__ import annotations

import os
from collections.abc import Iterator


def list_files(folder: str) -> Iterator[tuple[str, int, int]]:
    """Give path, mtime in ns and bytes of each file below a folder; nothing where there is none."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from list_files(entry.path)
        elif entry.is_file():
            status = entry.stat()
            yield entry.path, status.st_mtime_ns, status.st_size
