"""A Cargo workspace with all that shapes a command line, and cargo's own commands for it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cargo_recorder import write_recorder
from project import Project
from rust_examples import SYSTEM_RUSTC, built_in_spec

TUPLE = "thumbv7em-none-eabihf"
FILES = {
    "Cargo.toml": """\
        [workspace]
        members = ["app", "parts/sensor"]
        resolver = "2"

        [workspace.lints.rust]
        unused_must_use = "deny"
        unexpected_cfgs = { level = "warn", check-cfg = ["cfg(board)"] }
        unused = { level = "allow", priority = -1 }

        [profile.release]
        opt-level = "s"
        debug = 1
        codegen-units = 1
        strip = "debuginfo"
        panic = "abort"

        [profile.release.package.sensor]
        opt-level = 3
        overflow-checks = true
        codegen-units = 4

        [profile.release.package.cfg-if]
        debug-assertions = true

        [profile.release.build-override]
        opt-level = 1
        """,
    "app/Cargo.toml": """\
        [package]
        name = "blinky-app"
        version = "1.2.3-rc.1+build.7"
        edition = "2024"
        authors = ["A. One <a@example.org>", "B. Two"]
        description = "Blinks,\\nand 'more'"
        license-file = "LICENSE"
        rust-version = "1.85"

        [features]
        default = ["fast"]
        fast = ["driver/turbo"]
        slow-mode = []

        [dependencies]
        cfg-if = "=1.0.5"
        bitflags = { version = "=2.13.2", features = ["example_generated"] }
        libm = "=0.2.16"
        paste = "=1.0.15"
        driver = { package = "sensor", path = "../parts/sensor" }

        [build-dependencies]
        cfg-if = "=1.0.5"

        [lib]
        crate-type = ["lib", "staticlib"]

        [lints]
        workspace = true
        """,
    "app/src/lib.rs": "#![no_std]\n",
    "app/src/main.rs": "#![no_std]\n#![no_main]\n",
    "app/src/bin/second-one.rs": "#![no_std]\n#![no_main]\n",
    "app/build.rs": """\
        fn main() {
            cfg_if::cfg_if! { if #[cfg(unix)] {} else {} }
            let (out, here) = (std::env::var("OUT_DIR").unwrap(), std::env::var("CARGO_MANIFEST_DIR").unwrap());
            std::fs::write(format!("{out}/memory.x"), std::env::var("DEP_SENSOR_AREA").unwrap()).unwrap();
            println!("cargo:rustc-link-search={out}");
            println!("cargo:rustc-link-search=native={here}/vendor");
            println!("cargo:rustc-link-search=/usr/lib/elsewhere");
            println!("cargo::rustc-cfg=board=\\"one\\"");
            println!("cargo::rustc-check-cfg=cfg(board, values(\\"one\\", \\"two\\"))");
            println!("cargo::rustc-env=GREETING=hello = {out}/greeting");
            println!("cargo::rustc-link-arg-bins=-T{out}/memory.x");
            println!("cargo::rustc-link-arg-bin=second-one=--only-second");
            println!("cargo::rustc-link-arg=--for-all");
            println!("cargo::rustc-link-lib=static=blink");
            println!("cargo::rerun-if-changed=build.rs");
            println!("cargo::rerun-if-env-changed=BOARD");
        }
        """,
    "parts/sensor/Cargo.toml": """\
        [package]
        name = "sensor"
        version = "0.1.0"
        edition = "2018"
        links = "sensor"

        [features]
        turbo = []

        [dependencies]
        libm = "=0.2.16"

        [lints]
        workspace = true
        """,
    "parts/sensor/src/lib.rs": "#![no_std]\n",
    "parts/sensor/build.rs": """\
        fn main() {
            let out = std::env::var("OUT_DIR").unwrap();
            println!("cargo:rustc-link-search=all={out}");
            println!("cargo:rustc-flags=-l sensor -L /usr/lib/sensor");
            println!("cargo:area={out}/area");
            println!("cargo::metadata=second-key=2");
            println!("cargo::rustc-cfg=sensed");
        }
        """,
}
CONFIG = f"""\
[target.{TUPLE}]
rustflags = ["-Clink-arg=-Tlink.x", "--cfg", "from_config"]

[env]
BOARD = "devkit"
"""


class Recorded(NamedTuple):
    """One command that cargo ran."""

    kind: str
    """``rustc`` or ``script``."""
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    stdout: str

    @property
    def package(self) -> str:
        return f"{self.env['CARGO_PKG_NAME']} {self.env['CARGO_PKG_VERSION']}"


class CargoProject:
    """The workspace, and cargo in it; its commands are those of the cargo on PATH with the system's rustc."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        project = Project(self.folder)
        for path, text in FILES.items():
            project.write(path, "".join(line.removeprefix("        ") for line in text.splitlines(keepends=True)))
        project.write("app/LICENSE", "")
        project.write(".cargo/config.toml", CONFIG)
        project.write(f"spec/{TUPLE}.json", json.dumps(dict(built_in_spec(TUPLE).keys), sort_keys=True))
        self._recorder = write_recorder(self.folder)
        self._fetch()

    @property
    def spec_path(self) -> str:
        return f"spec/{TUPLE}.json"

    @cached_property
    def metadata(self) -> str:
        return self._cargo("metadata", "--format-version=1").stdout

    def unit_graph(self, *options: str) -> str:
        return self._cargo(*self._build(*options), "--unit-graph", "-Zunstable-options").stdout

    def build(self, *options: str, pretend: bool = False) -> list[Recorded]:
        """Build, and give every command that was not up to date; or pretend it, which is quick."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        env = {"RUSTC": str(self._recorder), "RECORDER_LOG": str(log), **({"RECORDER_PRETEND": "1"} if pretend else {})}
        self._cargo(*self._build(*options), **env)
        rows: list[dict[str, Any]] = [json.loads(line) for line in log.read_text().splitlines()]
        return [
            Recorded(row["kind"], tuple(row.get("argv", ())), row["env"], row["cwd"], row.get("stdout", ""))
            for row in rows
        ]

    @property
    def environment(self) -> dict[str, str]:
        """What cargo starts with."""
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "CARGO_HOME", "RUSTUP_HOME") if name in os.environ}
        return {**kept, "LC_ALL": "C.UTF-8", "RUSTC": SYSTEM_RUSTC, "RUSTC_BOOTSTRAP": "1"}

    def _build(self, *options: str) -> tuple[str, ...]:
        return ("build", "--locked", "--target", self.spec_path, "-Zjson-target-spec", *options)

    def _fetch(self) -> None:
        try:
            self._cargo("fetch")
        except subprocess.CalledProcessError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"cargo could not fetch: {error.stderr}")

    def _cargo(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        run = subprocess.run(
            ["cargo", *words],
            cwd=self.folder,
            env={**self.environment, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise (
                AssertionError(run.stderr)
                if words[0] != "fetch"
                else subprocess.CalledProcessError(run.returncode, words, run.stdout, run.stderr)
            )
        return run
