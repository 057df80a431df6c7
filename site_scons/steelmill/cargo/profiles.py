"""Profiles: which of release and dev one of Cargo.toml inherits from in the end.

Follows The Cargo Book, "Profiles", "Custom profiles",
https://doc.rust-lang.org/cargo/reference/profiles.html#custom-profiles. What a profile says, the unit graph tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelmill.cargo.manifest import Manifest
from steelmill.cargo.settings import Settings
from steelmill.errors import InputError
from steelmill.suggest import did_you_mean
from steelmill.toml.load import load_toml
from steelmill.toml.locate import locate_keys
from steelmill.toml.place import place_of

_BASES = {"release": "release", "dev": "dev", "bench": "release", "test": "dev"}
"""cargo's own profiles."""


def base_profile(name: str, manifest: Manifest, settings: Settings) -> str:
    """Give ``release`` or ``dev``; ``manifest`` is that of the workspace, ``settings`` are cargo's configuration.

    Raises InputError where there is no such profile, or where it inherits from none.
    """
    tables = load_toml(manifest.text, manifest.place).get("profile", {})
    configured = settings.table("profile")
    passed: list[str] = []
    wanted = name
    while wanted not in _BASES:
        known = sorted({*_BASES, *tables, *configured})
        if wanted not in known:
            raise InputError(
                f"no profile is called {wanted!r}{did_you_mean(wanted, known)}",
                place=_place(manifest, passed[-1], "inherits") if passed else f"profile={name}",
                remedy=f"choose one of {', '.join(known)}, or add [profile.{wanted}] to {manifest.place}",
            )
        passed.append(wanted)
        inherited = _inherits(wanted, tables, settings)
        if inherited is None or inherited in passed:
            raise InputError(
                f"[profile.{wanted}] {'inherits from itself' if inherited else 'does not say what it inherits from'}",
                place=_place(manifest, wanted),
                remedy='add inherits = "release", or "dev"',
            )
        wanted = inherited
    return _BASES[wanted]


def _inherits(name: str, tables: Mapping[str, Any], settings: Settings) -> str | None:
    configured = settings.string("profile", name, "inherits")
    table = tables.get(name, {})
    said = configured.text() if configured else table.get("inherits") if isinstance(table, dict) else None
    return said if isinstance(said, str) else None


def _place(manifest: Manifest, *path: str) -> str:
    return place_of(manifest.place, locate_keys(manifest.text), ("profile", *path))
