"""Config: what ``.cargo/config.toml`` files and environment variables say about a build.

Follows https://doc.rust-lang.org/cargo/reference/config.html. What is said about one target stands in
``target_config.py``. Keys that cargo itself has applied by the time it prints the unit graph (``profile``, ``patch``,
``paths``, ``resolver``) are not read again, but for the names of profiles.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from steelmill.cargo.config_files import Lookup, Read, read_config_files
from steelmill.cargo.config_value import ConfigValue
from steelmill.cargo.settings import Settings, cargo_variables, resolve_path
from steelmill.cargo.source_replacement import Sources, read_sources

_NOT_SETTABLE = ("CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN")


class EnvVariable(NamedTuple):
    """An entry of ``[env]``: set for every process that cargo starts."""

    name: str
    value: str
    """Of a ``relative`` one the absolute path."""
    force: bool
    """True where it holds more than the variable that cargo was started with."""
    relative: bool


class Config(NamedTuple):
    """The configuration that a cargo in one folder sees."""

    settings: Settings
    """For ``target_config`` and ``library_config``."""
    build_target: tuple[str, ...]
    """Tuples, or absolute paths of specifications; empty where the host is meant."""
    build_rustflags: tuple[str, ...]
    env: tuple[EnvVariable, ...]
    """Sorted by name."""
    profiles: tuple[str, ...]
    """Names of profiles that are defined or changed, sorted."""
    sources: Sources
    offline: bool

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """Every file that was looked for, present or not."""
        return self.settings.files.lookups

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        """Every environment variable that may configure the build."""
        return self.settings.variables


def read_config(folder: str, cargo_home: str, environment: Mapping[str, str], read: Read) -> Config:
    """Read the configuration for a cargo that runs in ``folder``.

    Both folders are absolute, with symbolic links resolved; ``read`` gives the text of a file or None. Raises
    InputError at ``path:line``, or at the name of an environment variable.
    """
    files = read_config_files(folder, cargo_home, read)
    settings = Settings(files, posixpath.normpath(folder), cargo_variables(environment))
    return Config(
        settings=settings,
        build_target=_build_target(settings),
        build_rustflags=tuple(word.text() for word in settings.words("build", "rustflags")),
        env=tuple(_env_variable(settings, name) for name in sorted(settings.table("env"))),
        profiles=tuple(sorted(settings.table("profile"))),
        sources=read_sources(settings),
        offline=settings.boolean("net", "offline"),
    )


def _build_target(settings: Settings) -> tuple[str, ...]:
    said = settings.value("build", "target")
    if said is None or isinstance(said.value, str):
        target = settings.string("build", "target")
        targets: tuple[ConfigValue, ...] = () if target is None else (target,)
    else:
        targets = settings.strings("build", "target", expected="a string or an array of strings")
    return tuple(resolve_path(target) if target.text().endswith(".json") else target.text() for target in targets)


def _env_variable(settings: Settings, name: str) -> EnvVariable:
    entry = settings.table("env")[name]
    if name in _NOT_SETTABLE:
        raise settings.wrong(f"env.{name}: cargo does not let [env] set it", entry.definition)
    if isinstance(entry.value, str):
        return EnvVariable(name, entry.value, force=False, relative=False)
    if not isinstance(entry.value, Mapping):
        raise settings.expected("a string or a table", entry, "env", name)
    value = settings.string("env", name, "value")
    if value is None:
        raise settings.wrong(f"env.{name}: no value", entry.definition)
    relative = settings.boolean("env", name, "relative")
    return EnvVariable(
        name,
        resolve_path(value) if relative else value.text(),
        force=settings.boolean("env", name, "force"),
        relative=relative,
    )
