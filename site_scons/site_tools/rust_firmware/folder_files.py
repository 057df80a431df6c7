"""Files, and those below a folder, with what tells one version of each from another."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator


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


def stat_digest(files: Iterable[tuple[str, int, int]]) -> str:
    """Digest what ``list_files`` gave: another one says that some file may have changed."""
    digest = hashlib.sha256()
    for path, mtime, size in files:
        digest.update(f"{path}\0{mtime}\0{size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def file_digest(path: str) -> str:
    """Digest the content of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_text(path: str) -> str | None:
    """Give the text of a file; None where there is none, or it is no UTF-8."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return None
