"""The tables ``[[audit.layout]]`` -> what C and Rust declare alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from steelmill.audit.layout.probe import variable_name
from steelmill.errors import InputError
from steelmill.firmware_toml.model import LayoutPart, RustPart
from steelmill.suggest import did_you_mean


def resolve_layout(
    entries: Sequence[Mapping[str, Any]], place_of: Callable[..., str], rust: RustPart | None
) -> tuple[LayoutPart, ...]:
    """Read the tables; ``place_of`` gives ``path:line`` of a key below them.

    Raise InputError for a table that lists nothing, for functions without a header, for a crate that the image has not,
    and for two headers that would go by one name.
    """
    parts: list[LayoutPart] = []
    taken: dict[str, LayoutPart] = {}
    for index, entry in enumerate(entries):
        part = _part(entry, place_of(index), rust)
        if part.header is not None:
            _check_crate(part, place_of(index, "crate"), rust)
            name = variable_name(part.header)
            if name in taken:
                raise InputError(
                    f"{part.header!r} and {taken[name].header!r} would both be {name}",
                    place=part.place,
                    remedy="list the types of both under one of them that includes the other",
                )
            taken[name] = part
        elif part.functions:
            raise InputError(
                "'functions' in [audit.layout] are looked up in a header, and none is named",
                place=place_of(index, "functions"),
                remedy='add header = "ring.h"',
            )
        parts.append(part)
    return tuple(parts)


def _part(entry: Mapping[str, Any], place: str, rust: RustPart | None) -> LayoutPart:
    types, functions = tuple(entry.get("types", {}).items()), tuple(entry.get("functions", ()))
    if not types and not functions:
        raise InputError(
            "[audit.layout] lists neither types nor functions",
            place=place,
            remedy='add types = { "struct ring" = "RawRing" }, or take the table out',
        )
    # which crates packages have, cargo knows; the first of them goes without a name
    crate = entry.get("crate", rust.name if rust and not rust.packages else "").replace("-", "_")
    return LayoutPart(types, entry.get("header"), functions, crate, place)


def _check_crate(part: LayoutPart, place: str, rust: RustPart | None) -> None:
    if rust and rust.packages:
        return
    crates = (rust.name, *(crate.name for crate in rust.crates)) if rust else ()
    if part.crate not in crates:
        raise InputError(
            f"no crate of the image is called {part.crate!r}{did_you_mean(part.crate, crates)}"
            if part.crate
            else "a header is asserted in Rust, and there is no [rust]",
            place=place,
            remedy=f"choose among {', '.join(crates)}" if crates else "take header out, or add [rust]",
        )
