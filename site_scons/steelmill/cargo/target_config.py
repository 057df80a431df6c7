"""TargetConfig: what cargo's configuration says about one target.

Follows https://doc.rust-lang.org/cargo/reference/config.html#target and, for the flags,
https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from steelmill.cargo.config import Config
from steelmill.cargo.settings import Settings, resolve_program
from steelmill.rustc.cfg import Cfg
from steelmill.rustc.cfg_expr import parse_cfg_expr

_Key = tuple[str, ...]
_OF_TARGETS = ("ar", "linker", "runner", "rustflags", "rustdocflags")
"""Keys of a target's table that are no ``links`` name."""
_METADATA = "metadata"
_OUTPUT_KEYS = {
    "rustc-flags": "rustc-flags",
    "rustc-link-lib": "rustc-link-lib",
    "rustc-link-search": "rustc-link-search",
    "rustc-link-arg": "rustc-link-arg",
    "rustc-link-arg-bins": "rustc-link-arg-bins",
    "rustc-link-arg-cdylib": "rustc-link-arg-cdylib",
    "rustc-cdylib-link-arg": "rustc-link-arg-cdylib",
    "rustc-link-arg-tests": "rustc-link-arg-tests",
    "rustc-link-arg-benches": "rustc-link-arg-benches",
    "rustc-link-arg-examples": "rustc-link-arg-examples",
    "rustc-cfg": "rustc-cfg",
    "rustc-check-cfg": "rustc-check-cfg",
    "rustc-env": "rustc-env",
}
"""The instruction of a build script that a key stands for; any other key is metadata."""
_NO_OUTPUT = ("warning", "rerun-if-changed", "rerun-if-env-changed")


class LinksOverride(NamedTuple):
    """A ``[target.TUPLE.LINKS]``: what a build script is taken to have printed, without running it."""

    links: str
    """The packages' ``links``."""
    output: str
    """Lines such as ``cargo::rustc-link-lib=ssl``."""


class TargetConfig(NamedTuple):
    """What is configured for one target."""

    rustflags: tuple[str, ...]
    """For the units of the target; those of the host have none where a target is named."""
    linker: str | None
    """A path, or a name to be searched for in PATH."""
    runner: tuple[str, ...]
    """A command line; the program is appended to it. Empty where there is none."""
    links_overrides: tuple[LinksOverride, ...]


def read_target_config(config: Config, target: str, cfg: Cfg) -> TargetConfig:
    """Read what is said about a target: its tuple or the stem of its file, and what ``rustc --print cfg`` says of it.

    Raises InputError at ``path:line``.
    """
    settings = config.settings
    # A dot in the name parts keys: cargo reads [target.thumbv8m.main-none-eabi], and no quoted name with a dot.
    own = ("target", *target.split("."))
    conditions: list[_Key] = [("target", key) for key in sorted(settings.table("target")) if _holds(settings, key, cfg)]
    linker = settings.string(*_speaker(settings, "linker", own, conditions), "linker")
    runner = settings.words(*_speaker(settings, "runner", own, conditions), "runner")
    return TargetConfig(
        rustflags=_rustflags(config, own, conditions),
        linker=None if linker is None else resolve_program(linker),
        runner=(resolve_program(runner[0]), *(word.text() for word in runner[1:])) if runner else (),
        links_overrides=tuple(_links_overrides(settings, own)),
    )


def _holds(settings: Settings, key: str, cfg: Cfg) -> bool:
    if not key.startswith("cfg("):
        return False
    place = settings.files.place(settings.table("target")[key].definition)
    return parse_cfg_expr(key, place=place).holds(cfg)


def _speaker(settings: Settings, name: str, own: _Key, conditions: list[_Key]) -> _Key:
    """Give the table that says ``name``: the target's own before the one condition that may say it."""
    speaking = [key for key in conditions if settings.value(*key, name) is not None]
    if not speaking or settings.words(*own, name):
        return own
    if len(speaking) > 1:
        first = settings.files.place(settings.table(*speaking[0])[name].definition)
        said = settings.table(*speaking[1])[name].definition
        raise settings.wrong(f"{'.'.join(speaking[1])}.{name}: {speaking[0][1]} holds too and says it at {first}", said)
    return speaking[0]


def _rustflags(config: Config, own: _Key, conditions: list[_Key]) -> tuple[str, ...]:
    """Take the flags of the first place that says any, in the order that cargo documents."""
    variables = dict(config.variables)
    encoded = variables.get("CARGO_ENCODED_RUSTFLAGS")
    if encoded is not None:
        return tuple(encoded.split("\x1f")) if encoded else ()
    plain = variables.get("RUSTFLAGS")
    if plain is not None:
        return tuple(word.strip() for word in plain.split(" ") if word.strip())
    words = (word.text() for key in (own, *conditions) for word in config.settings.words(*key, "rustflags"))
    return tuple(words) or config.build_rustflags


def _links_overrides(settings: Settings, own: _Key) -> Iterator[LinksOverride]:
    for links in sorted(settings.table(*own).keys() - {*_OF_TARGETS}):
        table = settings.table(*own, links)
        lines = [line for key in sorted(table) for line in _output(settings, (*own, links, key))]
        yield LinksOverride(links, "".join(f"{line}\n" for line in lines))


def _output(settings: Settings, key: _Key) -> list[str]:
    """Give the lines that stand for a key: one for a string, one for each element of an array, one for each pair."""
    name = key[-1]
    value = settings.value(*key)
    assert value is not None
    if name in _NO_OUTPUT:
        raise settings.wrong(f"{'.'.join(key)}: not for a build script that does not run", value.definition)
    if name == "rustc-env":
        return [f"cargo::rustc-env={variable}={_text(settings, (*key, variable))}" for variable in settings.table(*key)]
    if name not in _OUTPUT_KEYS:
        return [f"cargo::{_METADATA}={name}={_text(settings, key)}"]
    if name == "rustc-flags":
        return [f"cargo::{name}={_text(settings, key)}"]
    return [f"cargo::{_OUTPUT_KEYS[name]}={element.text()}" for element in settings.strings(*key)]


def _text(settings: Settings, key: _Key) -> str:
    value = settings.string(*key)
    assert value is not None
    return value.text()
