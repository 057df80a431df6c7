"""The sensor package built by ``cargo build -Zbuild-std``: the reference for what Steelmill makes of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sensor_package import TARGET


class Command(NamedTuple):
    """What to run, and with which environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str]


def build_std(manifest: Path, scratch: Path, rustc: str, cargo: str, spec: str, rustflags: tuple[str, ...]) -> Command:
    """Give the command that builds a package with core and alloc, without network; ``spec`` is the target's file."""
    config, library, vendor = both_sources(manifest, scratch, rustc, cargo), library_of(rustc), scratch / "vendor"
    # no path of this machine: the same as in what Steelmill builds
    remaps = {library: f"/rustc/{_commit(rustc)}/library", vendor: "", manifest.parent: "."}
    remapped = (f"--remap-path-prefix={old}={new}" for old, new in remaps.items())
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CARGO_TARGET_", "RUSTFLAGS"))},
        "RUSTC": rustc,
        "RUSTC_BOOTSTRAP": "1",
        f"CARGO_TARGET_{TARGET.upper().replace('-', '_')}_LINKER": shutil.which("ld.lld-22") or "rust-lld",
        "RUSTFLAGS": " ".join([*rustflags, *remapped]),
    }
    argv = (
        *(cargo, "build", "--release", "--locked", "--offline", f"--manifest-path={manifest}", f"--config={config}"),
        *(f"--target={spec}", "-Zjson-target-spec", "-Zbuild-std=core,alloc", f"--target-dir={scratch / 'target'}"),
    )
    return Command(argv, env)


def both_sources(manifest: Path, scratch: Path, rustc: str, cargo: str) -> Path:
    """Put the crates of a package and those of std into one folder in ``scratch``; give the configuration that says so.

    cargo resolves all of std's lock file, whatever of it is built.
    """
    vendor = scratch / "vendor"
    subprocess.run(
        [
            cargo,
            "vendor",
            "--quiet",
            "--locked",
            "--versioned-dirs",
            "--no-delete",
            "--manifest-path",
            manifest,
            vendor,
        ],
        env={**os.environ, "RUSTC": rustc},
        capture_output=True,
        check=True,
    )
    for crate in (library_of(rustc) / "vendor").iterdir():
        if not (vendor / crate.name).exists():
            (vendor / crate.name).symlink_to(crate)
    config = scratch / "sources.toml"
    config.write_text(
        f'[source.crates-io]\nreplace-with = "all"\n[source.all]\ndirectory = {json.dumps(str(vendor))}\n',
        encoding="utf-8",
    )
    return config


def library_of(rustc: str) -> Path:
    """Find rust-src."""
    return Path(_ask(rustc, "--print", "sysroot").strip()) / "lib/rustlib/src/rust/library"


def _commit(rustc: str) -> str:
    return next(line.split()[1] for line in _ask(rustc, "-vV").splitlines() if line.startswith("commit-hash"))


def _ask(rustc: str, *words: str) -> str:
    return subprocess.run([rustc, *words], capture_output=True, text=True, check=True).stdout
