"""The parallel front end gives the serial one's bytes for core, as ``steelmill.rustc.sysroot._THREADS_PROVEN`` says."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from rust_examples import SYSTEM_RUSTC, ask_rustc
from rust_firmware.probes import Probes
from rust_firmware.rust_toolchains import find_rust_toolchain
from steelmill.errors import ToolchainError
from steelmill.rustc.cfg import parse_cfg
from steelmill.rustc.codegen import find_profile
from steelmill.rustc.sysroot import make_sysroot
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT, Step
from steelmill.target_spec.canonical import canonical_text, target_tuple
from steelmill.target_spec.parse import parse_target_spec

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SHIPPED = CHECKOUT / "targets" / "x86_64-unknown-none.json"


def find_toolchain(cache: Path) -> RustToolchain:
    """Find a toolchain with rust-src; a missing one is a skip on a user's machine and a failure in CI."""
    try:
        # not the project's own folder: its rust-toolchain.toml, should it have one, is not what is tested
        return find_rust_toolchain(Probes(str(cache)), SYSTEM_RUSTC if os.path.exists(SYSTEM_RUSTC) else None, "/")
    except ToolchainError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def core_step(toolchain: RustToolchain, spec_path: str, text: str, threads: int) -> Step:
    target = Target(
        spec=parse_target_spec(text, name="x86_64-unknown-none", place=spec_path),
        spec_path=spec_path,
        cfg=parse_cfg(ask_rustc("-Zunstable-options", "--print", "cfg", "--target", str(SHIPPED))),
        probe_path="probe.o",
    )
    sysroot = make_sysroot(
        toolchain,
        target,
        find_profile("release"),
        crates=("core",),
        mem=False,
        threads=threads,
        out_dir="build/x86_64-unknown-none/release",
    )
    return sysroot.steps[0]


def compile_core(step: Step, top: Path, out: str) -> dict[str, str]:
    """Run the Step into ``out``; give the digest of each library file."""
    (top / out).mkdir()
    argv = [word.replace(OUT, out) for word in (step.argv[0], *step.unsigned_argv, *step.argv[1:])]
    env = {name: value.replace(OUT, out) for name, value in step.env}
    done = subprocess.run(argv, cwd=top, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {
        name: hashlib.sha256((top / out / name).read_bytes()).hexdigest()
        for name in step.outputs
        if not name.endswith(".d")
    }


def test_core_is_the_same_bytes_from_two_threads_and_from_one(tmp_path: Path) -> None:
    toolchain = find_toolchain(tmp_path / "cache")
    text = canonical_text(parse_target_spec(SHIPPED.read_text(encoding="utf-8"), name="x", place="x.json"))
    spec_path = f"{target_tuple(parse_target_spec(text, name='x', place='x.json'))}.json"
    (tmp_path / spec_path).write_text(text, encoding="utf-8")
    threaded = core_step(toolchain, spec_path, text, threads=2)
    if not threaded.unsigned_argv:
        pytest.skip(f"threads are not used with rustc {toolchain.version.release}")
    assert threaded.unsigned_argv == ("-Zthreads=2",)
    serial = core_step(toolchain, spec_path, text, threads=1)
    assert serial.unsigned_argv == ()
    parallel_digests = compile_core(threaded, tmp_path, "threads")
    assert set(parallel_digests) == {"libcore.rlib", "libcore.rmeta"}
    assert parallel_digests == compile_core(serial, tmp_path, "serial")
