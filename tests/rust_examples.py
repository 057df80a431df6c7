"""Example values of the Rust side: a toolchain, specifications and targets as tests need them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rust_firmware.probes import default_cache_dir
from steelmill.cargo.toolchain import parse_cargo_version
from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import RustToolchain, Version
from steelmill.target_spec.model import TargetSpec

SYSTEM_RUSTC = "/usr/bin/rustc"

TOOLCHAIN = RustToolchain(
    rustc="/opt/rust/bin/rustc",
    sysroot="/opt/rust",
    library="/opt/rust/lib/rustlib/src/rust/library",
    version=Version(release="1.96.0", commit="ac68faa", host="x86_64-unknown-linux-gnu", llvm="22.1.8"),
    rustc_identity="digest-of-rustc",
    library_identity="digest-of-library",
    unstable=frozenset({"embed-metadata", "binary-dep-depinfo", "threads"}),
    editions={"core": "2024", "compiler_builtins": "2021", "alloc": "2018"},
)

THUMB_KEYS: Mapping[str, Any] = {
    "arch": "arm",
    "llvm-target": "thumbv7em-none-eabihf",
    "target-pointer-width": 32,
    "data-layout": "e-m:e-p:32:32-Fi8-i64:64-v128:64:128-a:0:32-n32-S64",
    "features": "+vfp4d16sp",
    "llvm-floatabi": "hard",
}


def spec_of(keys: Mapping[str, Any], name: str = "board") -> TargetSpec:
    return TargetSpec(name=name, place=f"targets/{name}.json", keys=keys)


def target_of(keys: Mapping[str, Any] = THUMB_KEYS, cfg: str = "") -> Target:
    return Target(
        spec=spec_of(keys),
        spec_path="build/board/target/thumbv7em-none-eabihf.json",
        cfg=parse_cfg(cfg),
        probe_path="build/board/target/probe.o",
    )


def ask_rustc(*arguments: str) -> str:
    """Run the system's rustc; a missing one is a skip on a user's machine and a failure in CI."""
    if not os.path.exists(SYSTEM_RUSTC):
        missing = f"no {SYSTEM_RUSTC}; apt install rustc-web (Debian 12) or rustc"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return subprocess.run(
        [SYSTEM_RUSTC, *arguments],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "RUSTC_BOOTSTRAP": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def old_toolchain() -> Path:
    """Give the folder of a Rust 1.85 with its rust-src, which `.ci/run` brings; elsewhere a missing one is a skip."""
    unpacked = Path(default_cache_dir()) / "toolchains/rust-1.85"
    rustup = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup")
    for folder in (unpacked, *sorted(rustup.glob("toolchains/1.85*"))):
        if (folder / "bin/rustc").exists() and (folder / "lib/rustlib/src/rust/library/core").exists():
            return folder
    pytest.skip("no Rust 1.85; ./bootstrap --with rust-1.85")


def git_cargo() -> str:
    """Give a cargo that fetches from git, which Debian's newest cannot; the test is skipped as by ``old_toolchain``."""
    for folder in os.environ["PATH"].split(os.pathsep):
        program = os.path.join(folder, "cargo")
        if os.access(program, os.X_OK):
            done = subprocess.run([program, "-vV"], capture_output=True, text=True, check=False)
            if done.returncode == 0 and parse_cargo_version(program, done.stdout).fetches_git:
                return program
    return str(old_toolchain() / "bin/cargo")


@cache
def built_in_spec(name: str) -> TargetSpec:
    text = ask_rustc("-Zunstable-options", "--print", "target-spec-json", "--target", name)
    return TargetSpec(name=name, place="rustc", keys=json.loads(text))


@cache
def built_in_cfg(name: str) -> Cfg:
    return parse_cfg(ask_rustc("--print", "cfg", "--target", name))


HEAP = """\
extern crate alloc;
struct OneBlock;
unsafe impl core::alloc::GlobalAlloc for OneBlock {
    unsafe fn alloc(&self, _: core::alloc::Layout) -> *mut u8 {
        static mut BLOCK: [u64; 128] = [0; 128];
        (&raw mut BLOCK).cast()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: core::alloc::Layout) {}
}
#[global_allocator]
static ALLOCATOR: OneBlock = OneBlock;
"""
"""What gives `alloc` a heap: the same block each time."""
