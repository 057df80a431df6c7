"""The variables of the command line: ``scons NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.rustc.codegen import PROFILES
from steelmill.suggest import did_you_mean


class Variable(NamedTuple):
    """One variable: what it takes and what it does, for the check and for ``scons -h``."""

    name: str
    values: str
    what: str
    allowed: tuple[str, ...] = ()
    """All its values, where they can be listed."""


VARIABLES = (
    Variable("target", "a,b|all", "target specifications: path to a JSON, name under targets/, or rustc's tuple; all"),
    Variable("firmware", "a,b|all", "which firmwares; all"),
    Variable("profile", "|".join(PROFILES), "code generation options; release", tuple(PROFILES)),
    Variable("verbose", "1", "show whole commands", ("0", "1")),
    Variable("why", "1", "say for every step why it runs", ("0", "1")),
    Variable("rustc", "PATH", "the Rust compiler; the first one found that has its rust-src"),
    Variable("cc", "PROGRAM", "the C compiler; the cross toolchain of the target"),
    Variable("linker", "ld|lld|PROGRAM", "the linker; what the target says, else the toolchain's GNU ld"),
    Variable("cache", "DIR", "the shared cache; $XDG_CACHE_HOME/steelmill"),
)


def check_arguments(arguments: Mapping[str, str], also: Iterable[str]) -> None:
    """Refuse names and values that no variable has; ``also`` are names that the project itself reads."""
    known = {variable.name: variable for variable in VARIABLES}
    for name, value in arguments.items():
        if name in also:
            continue
        if name not in known:
            raise InputError(
                f"unknown variable {name!r}{did_you_mean(name, known)}",
                place=f"{name}={value}",
                remedy="scons -h lists the variables",
            )
        allowed = known[name].allowed
        if not value.replace(",", "").strip():
            raise InputError(
                f"'' is no value of {name}",
                place=f"{name}={value}",
                remedy=f"say {name}={known[name].values}, or leave it out",
            )
        if allowed and value not in allowed:
            raise InputError(
                f"{value!r} is no value of {name}{did_you_mean(value, allowed)}",
                place=f"{name}={value}",
                remedy=f"choose one of {', '.join(allowed)}",
            )


def split_names(value: str | None) -> tuple[str, ...] | None:
    """Read a comma-separated list; None for ``all`` and for nothing said."""
    if value is None or value == "all":
        return None
    return tuple(name.strip() for name in value.split(",") if name.strip())
