"""The trees of the benchmark of Cargo packages: the sensor package, built by cargo alone and by Steelmill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.trees import Tree, copy_plugin, environment
from cargo_build_std import build_std
from sensor_package import RUSTFLAGS, TARGET, write_sensor

_ITOA = {
    "1.0.18": "8f42a60cbdf9a97f5d2305f08a87dc4e09308d1276d28c869c684d7777685682",
    "1.0.17": "92ecc6618181def0457392ccd0ee51198e065e016d1d527a7ac1b6dc7c1f09d2",
    "1.0.16": "7ee5b5339afb4c41626dde77b7a611bd4f2c202b897852b4bcf5d03eddc61010",
    "1.0.15": "4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c",
    "1.0.14": "d75a2a4b1b190afb6f5425f10f6a8f959d2ea0b9c2b1d79553551850539e4674",
    "1.0.13": "540654e97a3f4470a492cd30ff187bc95d89557a903a2bbf112e2fae98104ef2",
    "1.0.12": "7a73e9fe3c49d7afb2ace819fa181a287ce54a0983eda4e0eb05c22f82ffe534",
    "1.0.11": "49f1f14873335454500d59611f1cf4a4b0f786f9ac11f4312a78e4cf2566695b",
}
"""Versions of a dependency with their checksums; the first one is what the lock file of the tests names."""
LOCK_FILES = tuple(f"Cargo.lock.{version}" for version in _ITOA)
"""They lie beside Cargo.lock, each with another version of one dependency."""

_SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"])
env.Firmware("firmware.toml")
"""


def cargo_and_steelmill(folder: Path, rustc: str, cargo: str) -> tuple[Tree, Tree]:
    """Make both trees below ``folder``; all sources are on this machine afterwards."""
    return _cargo_tree(folder / "cargo", rustc, cargo), _steelmill_tree(folder / "steelmill", rustc, cargo)


def _cargo_tree(folder: Path, rustc: str, cargo: str) -> Tree:
    write_package(folder)
    manifest, scratch = folder / "Cargo.toml", folder.with_name("scratch")
    scratch.mkdir()
    spec = f"targets/{TARGET}.json"
    for name in reversed(LOCK_FILES):
        # the crates of both are kept
        (folder / "Cargo.lock").write_bytes((folder / name).read_bytes())
        command = build_std(manifest, scratch, rustc, cargo, spec, RUSTFLAGS)
    return Tree(folder, command.argv, {**environment(), **command.env}, ("../scratch/target",))


def _steelmill_tree(folder: Path, rustc: str, cargo: str) -> Tree:
    write_package(folder)
    for name in reversed(LOCK_FILES):
        (folder / "Cargo.lock").write_bytes((folder / name).read_bytes())
        subprocess.run([cargo, "fetch", "--quiet", "--locked"], cwd=folder, check=True)
    copy_plugin(folder)
    (folder / "SConstruct").write_text(_SCONSTRUCT, encoding="utf-8")
    argv = (sys.executable, "-m", "SCons", f"rustc={rustc}", "cache=cache")
    return Tree(folder, argv, environment(), ("build", "cache"))


def write_package(folder: Path) -> None:
    """Write the package with all its lock files."""
    write_sensor(folder)
    text = (folder / "Cargo.lock").read_text(encoding="utf-8")
    locked, checksum = next(iter(_ITOA.items()))
    for name, (version, its_checksum) in zip(LOCK_FILES, _ITOA.items(), strict=True):
        chosen = text.replace(f'"itoa"\nversion = "{locked}"', f'"itoa"\nversion = "{version}"')
        (folder / name).write_text(chosen.replace(checksum, its_checksum), encoding="utf-8")
