"""LibraryConfig: what cargo's configuration says about building core and its like.

Follows https://doc.rust-lang.org/cargo/reference/unstable.html#build-std: ``build-std`` and ``build-std-features`` in
``[unstable]``, or ``CARGO_UNSTABLE_BUILD_STD`` and its like in the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from steelmill.errors import InputError
from steelmill.rustc.build_std import FEATURES, check_build_std, check_features

if TYPE_CHECKING:
    from steelmill.cargo.config import Config

_MEM, _IMMEDIATE_ABORT = "compiler-builtins-mem", "panic_immediate_abort"


class LibraryConfig(NamedTuple):
    """What is said; what a key of the firmware says instead is not looked at."""

    crates: tuple[str, ...] = ()
    """Of ``build-std``; empty where nothing is said, which is core."""
    features: tuple[str, ...] = ()
    """Of core and alloc."""
    mem: bool = False
    """True where compiler_builtins shall supply memcpy and its like."""
    immediate_abort: bool = False
    """True where a panic shall end at once."""


def read_library_config(config: Config, *, crates: bool, features: bool) -> LibraryConfig:
    """Read what holds, ``crates`` and ``features`` each if asked for; raise InputError at ``path:line``."""
    named = list(_names(config, "build-std")) if crates else []
    for name, place in named:
        _check(check_build_std, name, place, "build-std")
    wanted = list(_names(config, "build-std-features")) if features else []
    for name, place in wanted:
        if name not in (_MEM, _IMMEDIATE_ABORT):
            _check(check_features, name, place, "build-std-features")
    said = [name for name, _ in wanted]
    return LibraryConfig(
        crates=tuple(dict.fromkeys(name for name, _ in named)),
        features=tuple(name for name in FEATURES if name in said),
        mem=_MEM in said,
        immediate_abort=_IMMEDIATE_ABORT in said,
    )


def _names(config: Config, key: str) -> Iterator[tuple[str, str]]:
    """List the names of a key, each with its place; one text may hold several with commas between."""
    for element in config.settings.strings("unstable", key):
        for name in filter(None, element.text().split(",")):
            yield name, config.settings.files.place(element.definition)


def _check(check: Callable[[Sequence[str], str], None], name: str, place: str, key: str) -> None:
    try:
        check((name,), place)
    except InputError as error:
        instead = f"or say [rust] {key} in firmware.toml, which holds in its place"
        raise InputError(
            f"unstable.{key}: {error.what}", place=place, details=error.details, remedy=f"{error.remedy}; {instead}"
        ) from None
