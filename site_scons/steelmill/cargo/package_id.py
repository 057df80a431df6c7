"""PackageId: which package, of which version, from where.

Follows the Cargo book, "Package ID Specifications", https://doc.rust-lang.org/cargo/reference/pkgid-spec.html, and the
older spelling of ``cargo metadata`` before 1.77: ``NAME VERSION (SOURCE)``. Lock files name sources in the same words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from steelmill.errors import ToolchainError

SOURCE_KINDS = ("registry", "sparse", "git", "path", "local-registry", "directory")
_REFERENCES = {"branch": "branch", "ref": "branch", "tag": "tag", "rev": "rev"}
"""What a git URL's query may name; ``ref`` is the older spelling of ``branch``."""
_OLD = re.compile(r"(?P<name>\S+) (?P<version>\S+) \((?P<source>[^)]*)\)")


class GitReference(NamedTuple):
    """What of a git repository was asked for."""

    kind: str
    """``branch``, ``tag`` or ``rev``."""
    name: str


class Source(NamedTuple):
    """Where a package comes from."""

    kind: str
    """One of ``SOURCE_KINDS``."""
    url: str
    """Without kind, query and fragment; of a sparse registry with ``sparse+``, as cargo itself spells it."""
    reference: GitReference | None = None
    """None is the default branch of a git repository, and what every other source has."""
    precise: str | None = None
    """The commit, where the text names it: lock files do, package ids of today do not."""

    @property
    def folder(self) -> str | None:
        """The folder of a path source; None for every other."""
        return _unquote(self.url.removeprefix("file://")) if self.kind == "path" else None

    @property
    def is_immutable(self) -> bool:
        """True where the lock file pins every byte: registries and git."""
        return self.kind != "path"


class PackageId(NamedTuple):
    """A package of a resolved graph."""

    name: str
    version: str
    source: Source


def parse_package_id(text: str) -> PackageId:
    """Read the ``pkg_id`` of a unit, or the ``id`` of a package in ``cargo metadata``.

    Raises ToolchainError where it is neither.
    """
    old = _OLD.fullmatch(text)
    if old:
        return PackageId(old["name"], old["version"], parse_source(old["source"], encoded=False))
    location, _, fragment = text.partition("#")
    source = parse_source(location)
    name, at, version = fragment.rpartition("@")
    if not at:
        # The name goes without saying where it is the URL's last part.
        name, version = _unquote(source.url.rpartition("/")[2]), fragment
    if not name or not version[:1].isdigit():
        raise _unreadable("package id", text, "SOURCE#NAME@VERSION or SOURCE#VERSION")
    return PackageId(name, version, source)


def parse_source(text: str, *, encoded: bool = True) -> Source:
    """Read the name of a source: ``registry+URL``, ``sparse+URL``, ``git+URL?branch=NAME#COMMIT``.

    ``encoded`` says whether the name of a git reference is percent-encoded: it is in package ids and in lock files from
    version 4 on, and not in ``cargo metadata`` nor in lock files of version 3. Raises ToolchainError where the text
    names no source.
    """
    kind, plus, location = text.partition("+")
    if not plus or kind not in SOURCE_KINDS or "://" not in location:
        raise _unreadable("source", text, f"{', '.join(f'{kind}+URL' for kind in SOURCE_KINDS[:-1])} or directory+URL")
    if kind != "git":
        location = location.partition("#")[0]
        return Source(kind, f"sparse+{location}" if kind == "sparse" else location)
    location, _, precise = location.partition("#") if encoded else _before_commit(location)
    url, _, query = location.partition("?")
    reference = None
    for pair in query.split("&") if encoded else [query]:
        key, _, value = pair.partition("=")
        if key in _REFERENCES:
            reference = GitReference(_REFERENCES[key], _unquote(value.replace("+", " ")) if encoded else value)
    return Source("git", url, reference, precise or None)


def _before_commit(location: str) -> tuple[str, str, str]:
    # A bare branch name may hold a '#' itself, a commit may not.
    return location.rpartition("#") if "#" in location else (location, "", "")


def _unquote(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def _unreadable(what: str, text: str, expected: str) -> ToolchainError:
    return ToolchainError(
        f"cargo named a {what} {text!r}; expected {expected}",
        remedy="use cargo 1.95 or 1.96, whose spelling is known",
    )
