"""Targets as the audit sees them, from a shipped specification or one of rustc's own."""

from __future__ import annotations

import json
import shutil
import subprocess
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


def rustc(*arguments: str, cwd: Path | None = None) -> str:
    """Run rustc with unstable options allowed and give what it printed."""
    done = subprocess.run(
        [RUSTC, "-Zunstable-options", *arguments], env=_ENV, cwd=cwd, capture_output=True, text=True, check=False
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


def read_target(
    name: str, folder: Path, changes: Mapping[str, Any] | None = None
) -> tuple[AuditTarget, tuple[Flag, ...]]:
    """Give the target and the C flags for it. ``changes``: keys that differ, None for one that goes."""
    keys = {key: value for key, value in {**_keys(name), **(changes or {})}.items() if value is not None}
    (folder / "target.json").write_text(json.dumps(keys))
    spec = TargetSpec(name, f"{name}.json", keys)
    cfg = parse_cfg(rustc("--print", "cfg", "--target", "target.json", cwd=folder))
    flags = target_flags(spec, cfg, "gcc", (12, 2))
    return audit_target(spec, cfg, flags), flags
