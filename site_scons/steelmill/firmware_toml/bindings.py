"""The tables ``[[bindgen]]`` and ``[[cbindgen]]`` -> what is generated between C and Rust."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from steelmill.bindings.names import variable_name
from steelmill.errors import InputError
from steelmill.firmware_toml.model import BindgenPart, CbindgenPart, RustPart
from steelmill.suggest import did_you_mean

Tables = Sequence[Mapping[str, Any]]
PlaceOf = Callable[..., str]
"""Gives ``path:line`` of a key below the tables."""

_OWN = ("-o", "--output", "--depfile", "--", "--rust-target", "--rust-edition", "--formatter", "--rustfmt-bindings")
"""What the build says to bindgen itself."""


def resolve_bindgen(tables: Tables, place_of: PlaceOf, rust: RustPart | None) -> tuple[BindgenPart, ...]:
    """Read the tables; raise InputError without Rust, for two bindings of one name and for options not the user's."""
    parts: dict[str, BindgenPart] = {}
    for index, table in enumerate(tables):
        _check_rust(rust, "bindgen", place_of(index))
        header = table["header"]
        name = table.get("name") or posixpath.splitext(posixpath.basename(header))[0]
        part = BindgenPart(
            header=header,
            name=name,
            allowlist=tuple(table.get("allowlist", ())),
            flags=tuple(table.get("flags", ())),
            place=place_of(index, "header"),
        )
        check_bindgen_flags(part.flags, place_of(index, "flags"))
        variable = variable_name(name)
        if variable in parts:
            raise InputError(
                f"{header!r} and {parts[variable].header!r} would both be {variable}",
                place=place_of(index),
                remedy='give one of them another name: name = "other"',
            )
        parts[variable] = part
    return tuple(parts.values())


def resolve_cbindgen(tables: Tables, place_of: PlaceOf, rust: RustPart | None) -> tuple[CbindgenPart, ...]:
    """Read the tables; raise InputError without Rust, for a crate that the image has not and for one header twice.

    Which crates a Cargo package has, only cargo knows.
    """
    parts: dict[str, CbindgenPart] = {}
    for index, table in enumerate(tables):
        _check_rust(rust, "cbindgen", place_of(index))
        crate = table["crate"].replace("-", "_") if "crate" in table else None
        part = CbindgenPart(
            header=posixpath.normpath(table["header"]),
            crate=crate,
            config=table.get("config"),
            place=place_of(index),
            crate_place=place_of(index, "crate"),
            config_place=place_of(index, "config"),
        )
        if rust and not rust.packages and crate is not None:
            check_crate(crate, (rust.name, *(one.name for one in rust.crates)), part.crate_place)
        if part.header in parts:
            raise InputError(
                f"two headers are called {part.header!r}", place=part.place, remedy="give one of them another name"
            )
        parts[part.header] = part
    return tuple(parts.values())


def check_bindgen_flags(flags: tuple[str, ...], place: str) -> None:
    """Raise InputError for an option that the build decides."""
    for flag in flags:
        if flag.partition("=")[0] in _OWN:
            raise InputError(
                f"{flag} is said to bindgen by the build itself",
                place=place,
                remedy="take it out; C flags are those of [c] (CCFLAGS, CPPPATH, CPPDEFINES)",
            )


def check_crate(crate: str, known: Sequence[str], place: str) -> None:
    """Raise InputError for a crate that is none of those whose sources are here."""
    if crate not in known:
        raise InputError(
            f"no crate of the image is called {crate!r}{did_you_mean(crate, known)}",
            place=place,
            remedy=f"choose among {', '.join(known)}",
        )


def _check_rust(rust: RustPart | None, section: str, place: str) -> None:
    if rust is None:
        raise InputError(f"[[{section}]] without Rust", place=place, remedy="add [rust], or take the table out")
