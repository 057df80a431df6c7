"""The members of an ``ar`` archive.

Follows the System V format as GNU ar and llvm-ar write it (names longer than 15 letters in the member ``//``), and
BSD's, where a long name stands before the content: https://sourceware.org/binutils/docs/binutils/ar.html, ar(5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from steelmill.elf.file_kind import ARCHIVE, THIN_ARCHIVE
from steelmill.errors import InputError

_HEADER = 60
_INDEXES = ("/", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED", "__.SYMDEF_64", "__.SYMDEF_64 SORTED")
"""Members that are an index of symbols."""


class ArchiveMember(NamedTuple):
    """A file in an archive."""

    name: str
    """Empty for an object that is in none."""
    content: memoryview


def is_archive(content: bytes) -> bool:
    """Say whether a file is an archive, thin or not."""
    return content.startswith((ARCHIVE, THIN_ARCHIVE))


def read_members(content: bytes, path: str) -> Iterator[ArchiveMember]:
    """Give the members of an archive, else the file itself as one without a name; raise as ``read_archive`` does."""
    return read_archive(content, path) if is_archive(content) else iter((ArchiveMember("", memoryview(content)),))


def read_archive(content: bytes, path: str) -> Iterator[ArchiveMember]:
    """Give the members in order, without indexes; raise InputError at ``path`` where it is damaged or thin."""
    if content.startswith(THIN_ARCHIVE):
        raise InputError(
            "a thin archive: its members are in other files, which nothing would track",
            place=path,
            remedy="make it without --thin (and ar's letter T)",
        )
    view = memoryview(content)
    long_names = b""
    position = len(ARCHIVE)
    while position < len(content):
        header = content[position : position + _HEADER]
        position += _HEADER
        size = header[48:58].strip()
        if len(header) < _HEADER or header[58:] != b"`\n" or not size.isdigit() or position + int(size) > len(content):
            raise _damaged(path, position - _HEADER)
        end = position + int(size)
        raw = header[:16].rstrip(b" ")
        if raw == b"//":
            long_names = content[position:end]
        else:
            name, start = _name(raw, long_names, content, position, end, path)
            if name not in _INDEXES:
                yield ArchiveMember(name, view[start:end])
        position = end + end % 2


def format_archive(members: Iterable[ArchiveMember]) -> bytes:
    """Write an archive without an index, long names in ``//``, owners and times left at zero."""
    names, bodies = bytearray(), bytearray()
    for name, content in members:
        bodies += _header(f"/{len(names)}", len(content)) + content + b"\n" * (len(content) % 2)
        names += f"{name}/\n".encode()
    names += b"\n" * (len(names) % 2)
    table = _header("//", len(names)) + names if names else b""
    return ARCHIVE + table + bodies


def _header(name: str, size: int) -> bytes:
    return f"{name:<16}{0:<12}{0:<6}{0:<6}{'644':<8}{size:<10}`\n".encode()


def _name(raw: bytes, long_names: bytes, content: bytes, position: int, end: int, path: str) -> tuple[str, int]:
    """Give a member's name, and where its content begins."""
    start = position
    if raw.startswith(b"#1/") and raw[3:].isdigit():
        start += int(raw[3:])
        if start > end:
            raise _damaged(path, position)
        raw = content[position:start].rstrip(b"\0")
    elif raw.startswith(b"/") and raw[1:].isdigit():
        offset = int(raw[1:])
        stop = long_names.find(b"\n", offset)
        if offset >= len(long_names) or stop < 0:
            raise _damaged(path, position)
        raw = long_names[offset:stop].removesuffix(b"/")
    elif len(raw) > 1 and raw != b"/SYM64/":
        raw = raw.removesuffix(b"/")
    return raw.decode("utf-8", "backslashreplace"), start


def _damaged(path: str, position: int) -> InputError:
    return InputError(
        f"a damaged archive: no member begins at byte {position}",
        place=path,
        remedy="make the archive again",
    )
