"""What a cargo that only resolves is configured by: the configuration of a package, without build-std.

With ``unstable.build-std`` cargo resolves Rust's own libraries too, with packages that nobody has fetched, and
Steelmill builds those itself. No option takes it back, so such a cargo runs in a folder whose ``.cargo/config.toml``
says all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from steelmill.cargo.config import Config
from steelmill.cargo.config_value import ConfigValue
from steelmill.cargo.settings import resolve_path

_KEYS = (("unstable", "build-std"), ("unstable", "build-std-features"))
_VARIABLES = ("CARGO_UNSTABLE_BUILD_STD", "CARGO_UNSTABLE_BUILD_STD_FEATURES")
_PATHS = (
    ("http", "cainfo"),
    ("http", "proxy-cainfo"),
    ("patch", "*", "*", "path"),
    ("paths", "*"),
    ("source", "*", "directory"),
    ("source", "*", "local-registry"),
)
"""Keys whose paths are relative to the file that says them, as far as they decide what is resolved."""


def builds_std(config: Config) -> bool:
    """Say whether cargo would build Rust's own libraries."""
    return any(config.settings.value(*key) is not None for key in _KEYS)


def without_build_std(variables: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Give the environment variables that configure cargo, but for those that say build-std."""
    return {name: value for name, value in variables if name not in _VARIABLES}


def format_config(config: Config) -> str:
    """Write what all files say together as one file that may lie anywhere, without build-std."""
    return "".join(f"{_text(key)} = {_format(value, (key,))}\n" for key, value in config.settings.table().items())


def _format(value: ConfigValue, path: tuple[str, ...]) -> str:
    if isinstance(value.value, Mapping):
        pairs = ((key, inner) for key, inner in value.value.items() if (*path, key) not in _KEYS)
        return f"{{{', '.join(f'{_text(key)} = {_format(inner, (*path, key))}' for key, inner in pairs)}}}"
    if isinstance(value.value, tuple):
        return f"[{', '.join(_format(element, (*path, '*')) for element in value.value)}]"
    if isinstance(value.value, str):
        return _text(resolve_path(value) if _is_path(path) else value.value)
    return value.text()


def _is_path(path: tuple[str, ...]) -> bool:
    return any(
        len(pattern) == len(path) and all(part in ("*", key) for part, key in zip(pattern, path, strict=True))
        for pattern in _PATHS
    )


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
