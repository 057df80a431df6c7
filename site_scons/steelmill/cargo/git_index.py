"""GitIndex: what git itself says of the files of a checkout, by which one that was edited is told.

Follows git's "Documentation/gitformat-index.adoc", versions 2 to 4, and "gitrepository-layout" for HEAD. Of the index
only names, modes and ids are read: they say what was checked out, whatever lies there now.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from steelmill.errors import ToolchainError

_HEAD = struct.Struct(">4sII")
_ENTRY = struct.Struct(">24xI12x")
"""Of an entry up to its id: the mode alone is of interest."""
_FIXED = 40
_FLAGS = 2
_EXTENDED = 0x4000
_KINDS = {0o100: "file", 0o120: "link", 0o160: "repository"}
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class GitEntry(NamedTuple):
    """A name in a checkout."""

    kind: str
    """``file``, ``link`` or ``repository``: a submodule, with a checkout of its own."""
    id: str
    """Of the blob, or the submodule's commit: 40 hexadecimal digits, with SHA-256 64."""


def parse_index(content: bytes, place: str, *, digest_size: int = 20) -> Mapping[str, GitEntry]:
    """Read an index: name -> entry; raise ToolchainError at ``place`` where it is none."""
    try:
        return dict(_entries(content, digest_size))
    except (struct.error, ValueError, IndexError, KeyError):
        raise ToolchainError(
            "no index of git that this can read", place=place, remedy="remove the checkout, and run `scons fetch`"
        ) from None


def _entries(content: bytes, digest_size: int) -> Iterator[tuple[str, GitEntry]]:
    magic, version, count = _HEAD.unpack_from(content)
    if magic != b"DIRC" or version not in (2, 3, 4):
        raise ValueError(magic)
    position, name = _HEAD.size, b""
    for _ in range(count):
        (mode,) = _ENTRY.unpack_from(content, position)
        begin = position + _FIXED
        digest = content[begin : begin + digest_size].hex()
        flags = int.from_bytes(content[begin + digest_size : begin + digest_size + _FLAGS])
        start = begin + digest_size + (2 * _FLAGS if flags & _EXTENDED else _FLAGS)
        if version == 4:
            cut, start = _number(content, start)
            end = content.index(b"\0", start)
            name = name[: len(name) - cut] + content[start:end]
            position = end + 1
        else:
            end = content.index(b"\0", start)
            name = content[start:end]
            # one to eight NUL, up to a multiple of eight
            position += (end - position) // 8 * 8 + 8
        yield name.decode(errors="surrogateescape"), GitEntry(_KINDS[mode >> 9], digest)


def _number(content: bytes, position: int) -> tuple[int, int]:
    """Read a number as packfiles have it for offsets; give it and where it ends."""
    byte = content[position]
    value = byte & 0x7F
    while byte & 0x80:
        position += 1
        byte = content[position]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, position + 1


def is_blob(content: bytes, entry: GitEntry) -> bool:
    """Say whether a file holds what was checked out, be it with the ends of lines of another system."""
    return any(_blob_id(text, len(entry.id)) == entry.id for text in (content, content.replace(b"\r\n", b"\n")))


def _blob_id(content: bytes, digits: int) -> str:
    algorithm = hashlib.sha1 if digits == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def read_head(read: Callable[[str], str | None]) -> str | None:
    """Give the commit that is checked out; ``read`` gives the text of a file of the repository's folder, or None."""
    name = "HEAD"
    for _ in range(5):
        text = (read(name) or "").strip()
        if _COMMIT.fullmatch(text):
            return text
        reference = text.removeprefix("ref: ")
        packed = re.search(rf"^(\w+) {re.escape(reference)}$", read("packed-refs") or "", re.MULTILINE)
        if packed and read(reference) is None:
            return packed[1]
        name = reference
    return None
