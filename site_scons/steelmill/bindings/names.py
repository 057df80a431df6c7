"""How crates and C sources name what was generated for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from steelmill.cc.compile import TOP

INCLUDE = "include"
"""The folder, below the image's own, that is searched for generated headers."""


class Bindings(NamedTuple):
    """Generated Rust, for crates to include."""

    env: tuple[tuple[str, str], ...] = ()
    """What ``env!`` gives their paths for."""
    paths: tuple[str, ...] = ()


def variable_name(name: str) -> str:
    """Give the variable whose value is the path of the bindings called ``name``: ``BINDINGS_DRIVER``."""
    return f"BINDINGS_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"


def name_bindings(paths: Mapping[str, str]) -> Bindings:
    """Give what crates need to include bindings: their paths by name."""
    # by a name that is the same wherever the project lies: it stands in the crate's metadata
    env = tuple((variable_name(name), f"{TOP}/{path}") for name, path in paths.items())
    return Bindings(env, tuple(paths.values()))
