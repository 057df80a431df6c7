"""The manifest of OUT_DIR: one file that stands for a folder whose content only the build script knows.

The text is what ``sha256sum`` writes and checks, with the paths in bytewise order.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

VOLATILE = (
    "config.log",
    "config.status",
    "config.cache",
    "CMakeCache.txt",
    "CMakeFiles/*",
    "*/CMakeFiles/*",
    "*/CMakeCache.txt",
    "*/config.log",
    "*/config.status",
    "*/config.cache",
    ".ninja_log",
    ".ninja_deps",
    "*/.ninja_log",
    "*/.ninja_deps",
    "flag_check.c",
    "flag_check.cpp",
)
"""Notes that configure, CMake, ninja and cc-rs leave for themselves: times and paths, which no crate reads."""


class FolderFile(NamedTuple):
    """A file below a folder."""

    path: str
    """Relative to the folder, with ``/``."""
    digest: str
    """SHA-256 of the content, or of the link's text, in hexadecimal."""


def is_volatile(path: str) -> bool:
    """Say whether the file is a note of a tool to itself."""
    return any(fnmatchcase(path, pattern) for pattern in VOLATILE)


def format_manifest(files: Iterable[FolderFile]) -> str:
    """Write the manifest; equal folders give equal texts, whatever the order of ``files``."""
    kept = sorted(
        (file for file in files if not is_volatile(file.path)),
        key=lambda file: file.path.encode(errors="surrogateescape"),
    )
    return "".join(_line(file) for file in kept)


def parse_manifest(text: str) -> tuple[FolderFile, ...]:
    """Read a manifest."""
    return tuple(_parse_line(line) for line in text.split("\n") if line)


def _line(file: FolderFile) -> str:
    # as sha256sum does: a backslash in front says that the name is escaped
    escaped = file.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == file.path else chr(92)}{file.digest}  {escaped}\n"


def _parse_line(line: str) -> FolderFile:
    digest, _, path = line.removeprefix("\\").partition("  ")
    if line.startswith("\\"):
        path = path.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\0", "\\")
    return FolderFile(path, digest)
