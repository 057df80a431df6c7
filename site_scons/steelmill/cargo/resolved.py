"""Resolved: all that cargo and its files say of one package for one target, in a form that a cache keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from steelmill.cargo.library_config import LibraryConfig
from steelmill.cargo.lock import Lock
from steelmill.cargo.metadata import Metadata, Package
from steelmill.cargo.package_id import PackageId, parse_package_id
from steelmill.cargo.unit_graph import UnitGraph

_CUT = ("dependencies", "categories", "keywords", "metadata", "publish")
"""What nothing reads of a package in ``cargo metadata``, and is the most of it."""


class Resolved(NamedTuple):
    """What the Steps of a package are made from."""

    unit_graph: str
    """As cargo printed it; ``unit_graph.parse_unit_graph`` reads it."""
    metadata: str
    """As cargo printed it, cut to the packages of the unit graph; ``metadata.parse_metadata`` reads it."""
    lints: Mapping[str, tuple[str, ...]]
    """Options of the ``[lints]`` tables, by package id."""
    pins: Mapping[str, str]
    """What the lock file says of immutable packages, by id: the checksum of a registry's, the commit of git's."""
    rustflags: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    """``[env]`` of the configuration."""
    cfg: str
    """``rustc --print cfg`` under the flags."""
    workspace_root: str
    library: LibraryConfig
    """What the configuration says about core and its like."""
    base_profile: str
    """``release`` or ``dev``, which the profile inherits from in the end."""
    linker: str | None
    """What the configuration names for the target: a path, or a name to be searched for in PATH."""
    overrides: Mapping[str, str]
    """By ``links``, what the configuration says instead of build scripts of the target."""
    host_overrides: Mapping[str, str]
    """The same for the host."""

    def to_json(self) -> str:
        """Serialise."""
        return json.dumps(self)

    @classmethod
    def from_json(cls, text: str) -> Resolved:
        """Read what ``to_json`` wrote."""
        graph, metadata, lints, pins, rustflags, env, cfg, root, library, *rest = json.loads(text)
        lints = {name: tuple(words) for name, words in lints.items()}
        pairs = tuple((name, value) for name, value in env)
        crates, features, *flags = library
        said = LibraryConfig(tuple(crates), tuple(features), *flags)
        return cls(graph, metadata, lints, pins, tuple(rustflags), pairs, cfg, root, said, *rest)


def cut_metadata(text: str, graph: UnitGraph) -> str:
    """Keep of ``cargo metadata`` the packages that are built, and of those what is read."""
    document: dict[str, Any] = json.loads(text)
    used = {unit.pkg_id for unit in graph.units}
    packages = [
        {key: value for key, value in package.items() if key not in _CUT}
        for package in document["packages"]
        if package["id"] in used
    ]
    return json.dumps({**document, "packages": packages, "resolve": None})


def with_metadata_ids(unit_graph: str, metadata: str) -> str:
    """Give a unit graph that names packages as ``cargo metadata`` does; cargo 1.85 still spells them the older way."""
    document: dict[str, Any] = json.loads(unit_graph)
    known: list[str] = [package["id"] for package in json.loads(metadata)["packages"]]
    if all(unit["pkg_id"] in known for unit in document["units"]):
        return unit_graph
    ids = {_identity(package_id): package_id for package_id in known}
    for unit in document["units"]:
        unit["pkg_id"] = ids.get(_identity(unit["pkg_id"]), unit["pkg_id"])
    return json.dumps(document)


def _identity(package_id: str) -> PackageId:
    read = parse_package_id(package_id)
    return read._replace(source=read.source._replace(precise=None))


def find_pins(metadata: Metadata, lock: Lock) -> Mapping[str, str]:
    """Give what the lock file pins each immutable package to."""
    pins = {}
    for package in metadata.packages:
        locked = lock.find(package.name, package.version, package.source) if package.source else None
        if locked:
            pins[package.id] = locked.checksum or (locked.source and locked.source.precise) or ""
    return pins


def resolution_inputs(metadata: Metadata, folder: str) -> tuple[str, ...]:
    """List the files that decide what cargo resolves, there or not: manifests, lock file, and where it looks for more.

    ``folder`` is the package's. ``glob:PATTERN`` stands for the names that match: cargo finds targets by them, and
    members of a workspace.
    """
    local = [package for package in metadata.packages if package.is_local]
    root = metadata.workspace_root
    return tuple(
        dict.fromkeys(
            [
                f"{root}/Cargo.toml",
                f"{root}/Cargo.lock",
                *(f"{above}/Cargo.toml" for above in _upwards(folder)),
                *(path for package in local for path in _places(package, root)),
            ]
        )
    )


_FOUND_BY_NAME = (
    *("*.rs", "src/*.rs", "src/bin/*", "src/bin/*/main.rs"),
    *(f"{folder}/{name}" for folder in ("tests", "examples", "benches") for name in ("*.rs", "*/main.rs")),
)


def _places(package: Package, root: str) -> tuple[str, ...]:
    folder = package.folder
    parent = folder.rpartition("/")[0]
    members = (f"glob:{_literal(parent)}/*/Cargo.toml",) if f"{parent}/".startswith(f"{root}/") else ()
    return (package.manifest_path, *(f"glob:{_literal(folder)}/{pattern}" for pattern in _FOUND_BY_NAME), *members)


def _literal(path: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", path)


def _upwards(folder: str) -> list[str]:
    parts = folder.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts), 1, -1)]
