"""Checkouts of git repositories, as cargo keeps them: whether their files are those of the locked commit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from rust_firmware.folder_files import read_text
from steelmill.cargo.git_index import GitEntry, is_blob, parse_index, read_head
from steelmill.errors import InputError, ToolchainError


def check_checkout(package: str, folder: str, commit: str, names: Iterable[str]) -> tuple[str, ...]:
    """Give those files of a package that are not from git; raise InputError for one that is, and was edited.

    ``folder`` is the package's, in the checkout of ``commit``; ``names`` are its files, relative to it.
    """
    top = _find_top(folder)
    repository = _repository(top)
    head = read_head(lambda name: read_text(f"{repository}/{name}"))
    if head != commit:
        raise _edited(f"the checkout is at commit {head}; Cargo.lock names {commit} for {package}", top, folder=top)
    entries = _read_index(repository)
    prefix = "" if folder == top else f"{os.path.relpath(folder, top)}/"
    return tuple(sorted(_check(package, top, prefix, entries, [name for name in names if not _is_git(name)])))


def _check(package: str, top: str, prefix: str, entries: Mapping[str, GitEntry], names: list[str]) -> list[str]:
    present = {f"{prefix}{name}" for name in names}
    others: list[str] = []
    modules = tuple(f"{name}/" for name, entry in entries.items() if entry.kind == "repository")
    for name, entry in entries.items():
        path = f"{top}/{name}"
        if not name.startswith(prefix):
            continue
        if entry.kind == "repository":
            if os.path.exists(f"{path}/.git"):
                inside = [one.removeprefix(f"{name}/") for one in present if one.startswith(f"{name}/")]
                others += [f"{name}/{one}" for one in check_checkout(package, path, entry.id, inside)]
        elif entry.kind == "file" and not (name in present and _is_whole(path, entry)):
            raise _edited(
                f"{'edited' if name in present else 'removed'}; expected the file of {package}", path, folder=top
            )
    others += [name for name in present if name not in entries and not name.startswith(modules)]
    return [name.removeprefix(prefix) for name in others]


def _is_whole(path: str, entry: GitEntry) -> bool:
    with open(path, "rb") as file:
        return is_blob(file.read(), entry)


def _edited(what: str, place: str, *, folder: str) -> InputError:
    return InputError(
        what,
        place=place,
        remedy=f"remove {folder}, and run `scons fetch`; to change the package, say [patch] in Cargo.toml",
    )


def _is_git(name: str) -> bool:
    return name.startswith(".git/") or "/.git/" in name or name.rpartition("/")[2] == ".git"


def _find_top(folder: str) -> str:
    top = folder
    while not os.path.exists(f"{top}/.git"):
        above = os.path.dirname(top)
        if above == top:
            raise ToolchainError(
                "no checkout of git, by which the package could be verified",
                place=folder,
                remedy="run `cargo fetch --locked`",
            )
        top = above
    return top


def _repository(top: str) -> str:
    """Give the folder of the repository: a submodule's is elsewhere, and a file says where."""
    if os.path.isdir(f"{top}/.git"):
        return f"{top}/.git"
    return os.path.normpath(os.path.join(top, (read_text(f"{top}/.git") or "").removeprefix("gitdir: ").strip()))


def _read_index(repository: str) -> Mapping[str, GitEntry]:
    path = f"{repository}/index"
    try:
        with open(path, "rb") as file:
            return parse_index(file.read(), path)
    except OSError as error:
        raise ToolchainError(
            f"cannot read it: {error.strerror}", place=path, remedy="remove the checkout, and run `scons fetch`"
        ) from None
