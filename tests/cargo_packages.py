"""Cargo packages that tests ask cargo about, and what cargo 1.95 said of them.

``board`` stands on well-known crates of embedded Rust. ``workspace`` has a binary, a shared library, a procedural
macro, a package with ``links`` and a build script that uses the cc crate, and a dependency from a git repository.

``python tests/cargo_packages.py`` asks the first cargo on PATH anew and writes ``tests/data/cargo``; lock files that
are there stay.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
RECORDED = CHECKOUT / "tests/data/cargo"
TARGET = "thumbv7em-none-eabihf"
PACKAGES = ("board", "workspace")
GIT = "@GIT@"
"""Stands for the folder of the git repository in the recorded lock file."""
PROJECT, CARGO_HOME, REPOSITORY = "/home/user/project", "/home/user/.cargo", "/home/user/fromgit"

FILES: Mapping[str, str] = {
    "board/Cargo.toml": """\
[package]
name = "board"
version = "0.3.1-rc.2"
edition = "2024"
rust-version = "1.85"
authors = ["Ada Smith <ada@example.org>", "Bo"]
description = "Blinks"
license = "MIT OR Apache-2.0"
repository = "https://example.org/board"

[features]
default = ["led"]
led = []

[dependencies]
cortex-m = "0.7"
cortex-m-rt = "0.7"
defmt = { version = "1", optional = true }
heapless = "0.8"
serde = { version = "1", default-features = false, features = ["derive"] }

[profile.release]
opt-level = "s"
lto = "fat"
codegen-units = 1
panic = "abort"
strip = "debuginfo"

[profile.release.package.heapless]
opt-level = 3
debug = "line-tables-only"
""",
    "board/src/main.rs": "#![no_std]\n#![no_main]\n",
    "workspace/Cargo.toml": """\
[workspace]
members = ["app", "shared", "macros", "clink"]
resolver = "3"
[workspace.package]
version = "1.0.0"
edition = "2021"
[workspace.lints.rust]
unexpected_cfgs = { level = "warn", check-cfg = ['cfg(board, values("a"))'] }
unsafe_code = "allow"
""",
    "workspace/app/Cargo.toml": """\
[package]
name = "the-app"
version.workspace = true
edition.workspace = true
[[bin]]
name = "first"
path = "src/first.rs"
[[bin]]
name = "second"
path = "src/second.rs"
required-features = ["extra"]
[features]
extra = ["shared/more"]
[dependencies]
shared = { path = "../shared" }
renamed = { package = "fromgit", git = "file://@GIT@", branch = "feat/a+b" }
[lints]
workspace = true
""",
    "workspace/app/src/first.rs": "#![no_std]\n#![no_main]\n",
    "workspace/app/src/second.rs": "#![no_std]\n#![no_main]\n",
    "workspace/shared/Cargo.toml": """\
[package]
name = "shared"
version.workspace = true
edition.workspace = true
[lib]
crate-type = ["rlib", "staticlib"]
[features]
more = []
[dependencies]
macros = { path = "../macros" }
clink = { path = "../clink" }
""",
    "workspace/shared/src/lib.rs": "#![no_std]\n",
    "workspace/macros/Cargo.toml": """\
[package]
name = "macros"
version.workspace = true
edition.workspace = true
[lib]
proc-macro = true
""",
    "workspace/macros/src/lib.rs": "extern crate proc_macro;\n",
    "workspace/clink/Cargo.toml": """\
[package]
name = "clink"
version.workspace = true
edition.workspace = true
links = "clink"
[build-dependencies]
cc = "1"
""",
    "workspace/clink/build.rs": 'fn main() { cc::Build::new().file("c.c").compile("clink"); }\n',
    "workspace/clink/c.c": "int clink(void) { return 42; }\n",
    "workspace/clink/src/lib.rs": "#![no_std]\n",
}
REPOSITORY_FILES: Mapping[str, str] = {
    "Cargo.toml": '[package]\nname = "fromgit"\nversion = "0.2.0"\nedition = "2021"\n',
    "src/lib.rs": "#![no_std]\n",
}


class Said(NamedTuple):
    """What cargo said of a package."""

    unit_graph: str
    metadata: str
    lock: str


def recorded(name: str) -> Said:
    """Give what cargo was recorded to say."""
    folder = RECORDED / name
    texts = ((folder / file).read_text(encoding="utf-8") for file in ("unit_graph.json", "metadata.json", "Cargo.lock"))
    return Said(*texts)


def write_packages(folder: Path) -> None:
    """Write all packages and the git repository, whose one commit is the same at every time and place."""
    repository = folder / "fromgit"
    for path, text in {f"fromgit/{name}": text for name, text in REPOSITORY_FILES.items()}.items() | FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(GIT, str(repository)), encoding="utf-8")
    for name in PACKAGES:
        lock = RECORDED / name / "Cargo.lock"
        if lock.exists():
            text = lock.read_text(encoding="utf-8").replace(REPOSITORY, str(repository))
            (folder / name / "Cargo.lock").write_text(text, encoding="utf-8")
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()}
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words in (["init", "-q", "-b", "feat/a+b"], ["add", "."], ["commit", "-q", "-m", "All of it"]):
        subprocess.run(["git", *words], cwd=repository, env=environment, check=True, timeout=60)


_WHO = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "2026-01-01T00:00:00Z"}


def ask(cargo: str, rustc: str, package: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run cargo in a package's folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RUSTFLAGS", "CARGO_"))}
    home = {"CARGO_HOME": os.environ["CARGO_HOME"]} if "CARGO_HOME" in os.environ else {}
    environment = {**kept, **home, "RUSTC": rustc, "RUSTC_BOOTSTRAP": "1"}
    return subprocess.run(
        [cargo, *words], cwd=package, env=environment, check=False, capture_output=True, text=True, timeout=300
    )


def ask_all(cargo: str, rustc: str, package: Path) -> Said:
    """Ask for the unit graph of a release build for the shipped target, and for the metadata."""
    spec = str(CHECKOUT / "targets" / f"{TARGET}.json")
    graph = ("build", "--locked", "--release", "--target", spec, "--unit-graph", *_UNSTABLE)
    metadata = ("metadata", "--locked", "--format-version", "1")
    answers = [ask(cargo, rustc, package, *words) for words in (graph, metadata)]
    for answer in answers:
        assert answer.returncode == 0, answer.stderr
    return Said(answers[0].stdout, answers[1].stdout, (package / "Cargo.lock").read_text(encoding="utf-8"))


_UNSTABLE = ("-Zunstable-options", "-Zjson-target-spec")
_NOT_RECORDED = ("dependencies", "resolve", "categories", "keywords", "metadata", "publish")
_KINDS = ("lib", "rlib", "staticlib", "bin", "proc-macro", "custom-build")


def _record(rustc: str) -> None:
    cargo_home = os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        write_packages(folder)
        places = {str(folder / "fromgit"): REPOSITORY, str(folder): PROJECT, cargo_home: CARGO_HOME}
        places[str(CHECKOUT)] = PROJECT
        for name in PACKAGES:
            fetch = ask("cargo", rustc, folder / name, "fetch")
            assert fetch.returncode == 0, fetch.stderr
            said = ask_all("cargo", rustc, folder / name)
            target = RECORDED / name
            target.mkdir(parents=True, exist_ok=True)
            _write(target / "unit_graph.json", _rows(json.loads(said.unit_graph), "units"), places)
            _write(target / "metadata.json", _rows(_cut(json.loads(said.metadata)), "packages"), places)
            _write(target / "Cargo.lock", said.lock, places)


def _cut(metadata: dict[str, Any]) -> dict[str, Any]:
    """Take away what nothing reads, which is the most of it: examples, tests, descriptions of dependencies."""
    packages = [
        {key: value for key, value in package.items() if key not in _NOT_RECORDED} for package in metadata["packages"]
    ]
    for package in packages:
        package["targets"] = [target for target in package["targets"] if set(target["kind"]) & set(_KINDS)]
    return {**{key: value for key, value in metadata.items() if key not in _NOT_RECORDED}, "packages": packages}


def _rows(document: dict[str, Any], rows: str) -> str:
    """Write a document with each of its rows on a line of its own."""
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in document.pop(rows))
    return f'{json.dumps(document)[:-1]}, "{rows}": [\n{lines}\n]}}\n'


def _write(path: Path, text: str, places: Mapping[str, str]) -> None:
    for place, standing in places.items():
        text = text.replace(place, standing)
    path.write_text(re.sub("(registry/src)/[^/]+/", r"\1/crates-io/", text), encoding="utf-8")


if __name__ == "__main__":
    _record(shutil.which(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/rustc") or "rustc")
