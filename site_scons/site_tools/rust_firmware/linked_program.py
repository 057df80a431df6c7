"""What rustc linked a program from, kept for the audit: the program's own objects are gone when rustc has ended."""

from __future__ import annotations

import os
from collections.abc import Iterator

from steelmill.cargo.linked_files import list_linked, stable_map
from steelmill.elf.archive import ArchiveMember, format_archive, read_archive
from steelmill.linker.depfile import parse_make_depfile
from steelmill.rustc.dep_info import format_dep_info


def keep_linked_files(folder: str, name: str) -> None:
    """Write beside the program ``folder/name`` its own objects, and the list of all files that were linked.

    Reads what the linker wrote: its map, and NAME.link.d, the list of what it read, which joins rustc's own.
    """
    top = os.getcwd()
    linked = list_linked(parse_make_depfile(_read(f"{folder}/{name}.link.d")), folder, top)
    _write(f"{folder}/{name}.objects.a", format_archive(_objects(linked.objects)))
    _write(f"{folder}/{name}.archives.a", format_archive(_members(linked.archives)))
    # GNU ld lists scripts by the names that they were asked for by, and who reads them finds them himself
    others = [path for path in linked.others if os.path.exists(path)]
    _write(f"{folder}/{name}.linked", "".join(f"{path}\n" for path in others).encode(errors="surrogateescape"))
    own = _read(f"{folder}/{name}.d")
    _write(f"{folder}/{name}.d", f"{own}\n{format_dep_info(name, others, ())}".encode(errors="surrogateescape"))
    _write(
        f"{folder}/{name}.map", stable_map(_read(f"{folder}/{name}.map"), folder, top).encode(errors="surrogateescape")
    )


def _objects(paths: tuple[str, ...]) -> Iterator[ArchiveMember]:
    for path in paths:
        with open(path, "rb") as file:
            yield ArchiveMember(os.path.basename(path), memoryview(file.read()))


def _members(paths: tuple[str, ...]) -> Iterator[ArchiveMember]:
    for path in paths:
        with open(path, "rb") as file:
            yield from read_archive(file.read(), path)


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
