"""Metadata: what ``cargo metadata --format-version 1`` says of the packages, beyond what the unit graph holds.

Follows https://doc.rust-lang.org/cargo/commands/cargo-metadata.html. The unit graph names packages by the same ids,
that of older cargos in another spelling. It says nothing of authors, ``links``, the features that a package declares or
its manifest.
"""

from __future__ import annotations

from typing import NamedTuple

from steelmill.cargo.fields import Fields, parse_fields
from steelmill.cargo.package_id import Source, parse_source
from steelmill.cargo.unit_graph import Target, read_target
from steelmill.errors import ToolchainError

VERSION = 1


class Package(NamedTuple):
    """A package: its manifest, with what it inherits from its workspace filled in."""

    id: str
    name: str
    version: str
    source: Source | None
    """None for a local package: one of the workspace, or a path dependency."""
    manifest_path: str
    edition: str
    links: str | None
    rust_version: str | None
    """Of ``rust-version``, as written."""
    default_run: str | None
    """The binary that ``cargo run`` takes where there are several."""
    features: tuple[str, ...]
    """What the package declares, optional dependencies included, sorted."""
    targets: tuple[Target, ...]
    authors: tuple[str, ...]
    description: str | None
    homepage: str | None
    repository: str | None
    license: str | None
    license_file: str | None
    readme: str | None

    @property
    def is_local(self) -> bool:
        """True where the sources may be edited: a member of the workspace or a path dependency."""
        return self.source is None

    @property
    def folder(self) -> str:
        """The folder of the manifest."""
        return self.manifest_path.rpartition("/")[0]


class Metadata(NamedTuple):
    """All packages of a resolved graph."""

    packages: tuple[Package, ...]
    workspace_members: tuple[str, ...]
    """Ids."""
    workspace_default_members: tuple[str, ...]
    """Ids of what cargo builds where no package is named."""
    workspace_root: str
    target_directory: str

    def package(self, pkg_id: str) -> Package:
        """Give the package that the unit graph calls ``pkg_id``; raise ToolchainError where there is none."""
        for package in self.packages:
            if package.id == pkg_id:
                return package
        raise ToolchainError(
            f"`cargo metadata` says nothing of {pkg_id}, which is in the unit graph",
            remedy="ask the same cargo, with the same options, for both",
        )


def parse_metadata(text: str) -> Metadata:
    """Read what ``cargo metadata`` printed; raise ToolchainError where it is not format version 1."""
    document = parse_fields(text, _error)
    version = document.integer("version")
    if version != VERSION:
        raise ToolchainError(
            f"cargo's metadata has format version {version}; expected version {VERSION}", remedy=_FORMAT_VERSION
        )
    return Metadata(
        packages=tuple(map(_package, document.objects("packages"))),
        workspace_members=document.strings("workspace_members"),
        workspace_default_members=document.strings("workspace_default_members"),
        workspace_root=document.string("workspace_root"),
        target_directory=document.string("target_directory"),
    )


_FORMAT_VERSION = f"run `cargo metadata --format-version {VERSION}` with cargo 1.95 or 1.96"


def _error(problem: str) -> ToolchainError:
    return ToolchainError(f"`cargo metadata` printed no metadata: {problem}", remedy=_FORMAT_VERSION)


def _package(fields: Fields) -> Package:
    source = fields.optional_string("source")
    return Package(
        id=fields.string("id"),
        name=fields.string("name"),
        version=fields.string("version"),
        source=None if source is None else parse_source(source, encoded=False),
        manifest_path=fields.string("manifest_path"),
        edition=fields.string("edition"),
        links=fields.optional_string("links"),
        rust_version=fields.optional_string("rust_version"),
        default_run=fields.optional_string("default_run"),
        features=tuple(sorted(fields.object("features"))),
        targets=tuple(map(read_target, fields.objects("targets"))),
        authors=fields.strings("authors"),
        description=fields.optional_string("description"),
        homepage=fields.optional_string("homepage"),
        repository=fields.optional_string("repository"),
        license=fields.optional_string("license"),
        license_file=fields.optional_string("license_file"),
        readme=fields.optional_string("readme"),
    )
