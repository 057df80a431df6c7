"""cargo and Steelmill make the same machine code of a package for RISC-V, over the core that Steelmill built."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from conftest import need_tool
from gauge_package import RUSTFLAGS, TARGET, write_gauge
from linked_code import functions
from rust_examples import SYSTEM_RUSTC

OUT = f"build/{TARGET}/release"


def test_every_function_is_the_one_that_cargo_makes(tmp_path: Path) -> None:
    """Give cargo the sysroot of the build: that it is cargo's too is held for another target."""
    need_tool("cargo", "ld.lld-22", "riscv64-unknown-elf-gcc")
    project = write_gauge(tmp_path / "gauge")
    project.build()
    libraries = tmp_path / f"sysroot/lib/rustlib/{TARGET}/lib"
    libraries.mkdir(parents=True)
    for path in (project.folder / OUT).glob("sysroot-*/lib*.r*"):
        shutil.copy(path, libraries)
    sysroot = (f"--sysroot={tmp_path / 'sysroot'}", "-Zunstable-options", "-Cpanic=abort")
    remap = f"--remap-path-prefix={registry_of(project.folder)}="
    env = {
        **os.environ,
        "RUSTC": SYSTEM_RUSTC,
        "RUSTC_BOOTSTRAP": "1",
        f"CARGO_TARGET_{TARGET.upper().replace('-', '_')}_LINKER": shutil.which("ld.lld-22") or "",
        "RUSTFLAGS": " ".join([*RUSTFLAGS, *sysroot, remap]),
    }
    argv = ["cargo", "build", "--release", "--locked", "-Zjson-target-spec", "--target-dir", str(tmp_path / "target")]
    spec = f"{OUT.split('/release')[0]}/target/{TARGET}.json"
    done = subprocess.run([*argv, "--target", spec], cwd=project.folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    theirs = functions(tmp_path / f"target/{TARGET}/release/gauge")
    ours = functions(project.folder / OUT / "gauge/gauge.elf")
    assert len(theirs) > 100
    assert theirs.keys() == ours.keys()
    assert [name for name in theirs if theirs[name] != ours[name]] == []


def registry_of(folder: Path) -> Path:
    """Find the folder in which cargo keeps the sources of packages."""
    argv = ["cargo", "metadata", "--locked", "--format-version=1"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True)
    packages = json.loads(done.stdout)["packages"]
    return Path(next(one["manifest_path"] for one in packages if one["name"] == "heapless")).parent.parent
