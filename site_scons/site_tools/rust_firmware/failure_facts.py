"""Facts for explanations, gathered when a command has failed; a null build imports none of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rust_firmware.tree import Tree
from steelmill.linker.region import Region
from steelmill.step import Step
from steelmill.target_spec.model import TargetSpec

if TYPE_CHECKING:
    from steelmill.hints.facts import Facts

_HEAD = 256
"""Bytes that tell what kind of file it is."""


def spec_facts(spec: TargetSpec) -> Facts:
    """Give what is known where a specification is tried."""
    from steelmill.hints.facts import Facts

    return Facts(place=spec.place)


def link_facts(tree: Tree, step: Step, part: str, regions: tuple[Region, ...], profile: str) -> Facts:
    """Give what is known where a link failed; ``part`` is the folder of what it wrote."""
    from steelmill.hints.facts import Facts

    linked = [path for path in step.inputs if path.endswith((".a", ".o", ".obj", ".rlib"))]
    # where rustc links, the program's own sources stand in its list
    own = (f"{part}/{step.dep_info.output}",) if step.dep_info and step.dep_info.form == "rustc" else ()
    map_file = next(name for name in step.outputs if name.endswith(".map"))
    return Facts(
        profile=profile,
        regions=regions,
        map_text=tree.read(f"{part}/{map_file}") or "",
        definitions=lambda: _definitions(tree, linked),
        rust_texts=lambda: dict(_rust_texts(tree, (*own, *map(_listing, linked)))),
        read_head=lambda path: _read(tree, path)[:_HEAD],
    )


def _definitions(tree: Tree, paths: list[str]) -> dict[str, tuple[str, ...]]:
    """Read which global symbols the objects and archives define; one that cannot be read defines none."""
    from steelmill.linker.definitions import find_definitions

    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        for symbol, definer in find_definitions(_read(tree, path), path):
            found[symbol] = (*found.get(symbol, ()), definer)
    return found


def _rust_texts(tree: Tree, listings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Read the Rust sources that the compiler's lists name."""
    from steelmill.rustc.dep_info import parse_dep_info

    for listing in listings:
        for source in parse_dep_info(tree.read(listing) or "").files:
            if source.endswith(".rs"):
                yield source, tree.read(source) or ""


def _listing(path: str) -> str:
    """Give the path of the compiler's list for a staticlib or rlib."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f"{os.path.splitext(name.removeprefix('lib'))[0]}.d")


def _read(tree: Tree, path: str) -> bytes:
    try:
        with open(tree.absolute(path), "rb") as file:
            return file.read()
    except OSError:
        return b""
