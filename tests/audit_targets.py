"""Targets as the audit sees them, from a shipped specification or one of rustc's own."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from project import CHECKOUT
from steelmill.audit.target import AuditTarget, audit_target
from steelmill.cc.flags import Flag, target_flags
from steelmill.rustc.cfg import parse_cfg
from steelmill.target_spec.model import TargetSpec

RUSTC = "/usr/bin/rustc" if Path("/usr/bin/rustc").exists() else shutil.which("rustc") or "rustc"
_ENV = {"PATH": "/usr/bin:/bin", "RUSTC_BOOTSTRAP": "1"}


def rustc(*arguments: str) -> str:
    """Run rustc with unstable options allowed and give what it printed."""
    done = subprocess.run(
        [RUSTC, "-Zunstable-options", *arguments], env=_ENV, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def _keys(name: str) -> dict[str, Any]:
    shipped = CHECKOUT / f"targets/{name}.json"
    text = shipped.read_text() if shipped.exists() else rustc("--print", "target-spec-json", "--target", name)
    keys: dict[str, Any] = json.loads(text)
    keys.pop("is-builtin", None)
    return keys


def read_target(name: str, changes: Mapping[str, Any] | None = None) -> tuple[AuditTarget, tuple[Flag, ...]]:
    """Give the target and the C flags for it. ``changes``: keys that differ, None for one that goes."""
    keys = {key: value for key, value in {**_keys(name), **(changes or {})}.items() if value is not None}
    return _read(name, json.dumps(keys))


@cache
def _read(name: str, text: str) -> tuple[AuditTarget, tuple[Flag, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "target.json")
        path.write_text(text)
        cfg = parse_cfg(rustc("--print", "cfg", "--target", str(path)))
    spec = TargetSpec(name, f"{name}.json", json.loads(text))
    flags = target_flags(spec, cfg, "gcc", (12, 2))
    return audit_target(spec, cfg, flags), flags
