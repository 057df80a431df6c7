"""UnitId: what keeps a unit apart from every other in one link, and its files apart from those of other builds.

The ids hold no path of the machine: a checkout elsewhere gets the same. cargo makes the same distinction
(``-Cmetadata`` against the name of files) in ``core/compiler/build_runner/compilation_files.rs``.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable
from typing import NamedTuple

from steelmill.cargo.lto import Lto
from steelmill.cargo.package_id import parse_package_id
from steelmill.cargo.unit_graph import Unit, UnitGraph

_VERSION = 1
"""Changes with what the ids are made of."""


class UnitId(NamedTuple):
    """The two ids of a unit, each of 16 hexadecimal digits."""

    metadata: str
    """rustc's ``-Cmetadata``: it is in every symbol, so that flags which change no interface are no part of it."""
    files: str
    """In the names of files and folders: all that changes what they hold."""


def unit_ids(
    graph: UnitGraph,
    lto: tuple[Lto, ...],
    *,
    top: str,
    platform: Callable[[Unit], str],
    build: Callable[[Unit], tuple[str, ...]],
) -> tuple[UnitId, ...]:
    """Give the ids of all units, in the graph's order.

    ``platform`` names what a unit is compiled for: the compiler, and the target or the host; ``build`` lists what else
    changes its files: flags, the sysroot. A local package is known by its folder relative to ``top``.
    """
    done: dict[int, UnitId] = {}

    def visit(index: int) -> UnitId:
        if index not in done:
            unit = graph.units[index]
            below = [visit(edge.index) for edge in unit.dependencies]
            own = [_VERSION, *_identity(unit, top), lto[index], platform(unit)]
            metadata = _digest([own, sorted(one.metadata for one in below)])
            files = _digest([own, build(unit), sorted(one.files for one in below)])
            done[index] = UnitId(metadata, files)
        return done[index]

    return tuple(visit(index) for index in range(len(graph.units)))


def _identity(unit: Unit, top: str) -> list[object]:
    name, version, source = parse_package_id(unit.pkg_id)
    place = posixpath.relpath(source.folder, top) if source.folder else [source.url, source.reference, source.precise]
    return [
        [name, version, source.kind, place],
        sorted(unit.features),
        unit.profile,
        unit.mode,
        unit.target.kind,
        unit.target.crate_types,
        unit.target.name,
    ]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]
