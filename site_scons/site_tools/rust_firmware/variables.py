"""The variables of the command line: ``scons NAME=VALUE``."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Mapping
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
    is_path: bool = False
    """True where it is, or may be, the path of a file or folder."""
    verb: str | None = None
    """The only verb that reads it; None where it holds for all."""


VARIABLES = (
    Variable(
        "target", "a,b|all", "target specifications: path to a JSON or TOML, name under targets/, or rustc's tuple; all"
    ),
    Variable("firmware", "a,b|all", "which firmwares; all"),
    Variable(
        "profile", f"{'|'.join(PROFILES)}|NAME", "code generation options, of Cargo packages also NAME's; release"
    ),
    Variable("verbose", "1", "show whole commands", ("0", "1")),
    Variable("why", "1", "say for every step why it runs", ("0", "1")),
    Variable("rustc", "PATH", "the Rust compiler; the first one found that has its rust-src", is_path=True),
    Variable("cargo", "PATH", "the cargo that resolves packages; the newest one found", is_path=True),
    Variable("offline", "1", "fetch no package of Cargo.lock", ("0", "1")),
    Variable("cc", "PROGRAM", "the C compiler; the cross toolchain of the target", is_path=True),
    Variable("linker", "ld|lld|PROGRAM", "the linker; what the target says, else the toolchain's GNU ld", is_path=True),
    Variable("cache", "DIR", "the shared cache; $XDG_CACHE_HOME/steelmill", is_path=True),
    Variable("check", "1", "fmt: write nothing, fail where something would change", ("0", "1"), verb="fmt"),
    Variable("like", "TARGET", "new-target: the target that it begins as", verb="new-target"),
    Variable("name", "ARCH-VENDOR-SYS-ABI", "new-target: what it is called", verb="new-target"),
    Variable("format", "toml|json", "new-target: an overlay, or the whole; toml", ("toml", "json"), verb="new-target"),
)


def check_arguments(arguments: Mapping[str, str], also: Iterable[str], words: Container[str]) -> None:
    """Refuse names and values that no variable has, and variables of a verb that is none of ``words``.

    ``also`` are names that the project itself reads.
    """
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
        verb = known[name].verb
        if verb and verb not in words:
            raise InputError(
                f"{name}= belongs to the verb {verb}",
                place=f"{name}={value}",
                remedy=f"say scons {verb} {name}={value}, or leave it out",
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


def with_absolute_paths(arguments: Mapping[str, str], absolute: Callable[[str], str]) -> dict[str, str]:
    """Make paths absolute: while SConscripts are read, and where tools are asked, the working directory is another."""
    paths = {variable.name for variable in VARIABLES if variable.is_path}
    plain_words = {"cc", "linker"}

    def whole(name: str, value: str) -> str:
        path = os.path.expanduser(value)
        return absolute(path) if name in paths and value and ("/" in path or name not in plain_words) else value

    return {name: whole(name, value) for name, value in arguments.items()}


def split_names(value: str | None) -> tuple[str, ...] | None:
    """Read a comma-separated list; None for ``all`` and for nothing said."""
    if value is None or value == "all":
        return None
    return tuple(name.strip() for name in value.split(",") if name.strip())
