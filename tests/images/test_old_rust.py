"""Firmware built by the oldest Rust, whose rust-src has no compiler_builtins; `./bootstrap --with rust-1.85` has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from board import write_board
from cargo_firmware import write_cargo_firmware
from conftest import need_tool
from processes import watch
from project import SCONS, Project
from rust_examples import HEAP, old_toolchain

ADDS_U64 = """\
    let shift = core::hint::black_box(33);
    let words = alloc::vec![((u64::from(n) << shift) / (1 << shift)) as u32, 2];
    words.iter().sum()
"""


@pytest.fixture(scope="module")
def rustc() -> str:
    return f"rustc={old_toolchain()}/bin/rustc"


@pytest.fixture(scope="module")
def built(rustc: str, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build a firmware that divides 64 bits, which takes an intrinsic, and has a heap."""
    need_tool("cargo", "arm-none-eabi-gcc")
    project = write_board(tmp_path_factory.mktemp("old") / "board")
    project.edit("src/lib.rs", "    n + 2\n", ADDS_U64).edit("src/lib.rs", "#![no_std]\n", f"#![no_std]\n{HEAP}")
    project.edit("firmware.toml", '"src/lib.rs"', '"src/lib.rs"\nbuild-std = ["core", "alloc"]')
    run = project.build(rustc)
    assert {"RUSTC core", "RUSTC compiler_builtins", "RUSTC alloc"} <= set(run.steps)
    assert "$message_type" not in run.output
    return project


def test_it_boots(built: Project, rustc: str) -> None:
    need_tool("qemu-system-arm")
    assert "pass  app" in built.build(rustc, "check").stdout


def test_the_second_build_starts_no_process(built: Project, rustc: str, tmp_path: Path) -> None:
    built.build(rustc)
    done, started = watch([*SCONS, rustc], built.folder, tmp_path)
    assert done.returncode == 0, done.stderr
    assert started == []


def test_compiler_builtins_is_fetched_and_verified(built: Project, rustc: str, tmp_path: Path) -> None:
    home = {"CARGO_HOME": str(tmp_path / "home")}
    refused = built.fail(rustc, "offline=1", env=home)
    assert "compiler_builtins 0.1.140, which this rust-src takes from the registry, is not on this" in refused.stderr
    run = built.build(rustc, "fetch", env=home)
    assert "FETCH compiler_builtins 0.1.140, which Rust 1.85.0 takes from the registry, into" in run.stdout
    assert "compiler_builtins 0.1.140  is here, as rust-src's Cargo.lock names it" in run.stdout
    assert run.steps == []
    (source,) = (tmp_path / "home/registry/src").glob("*/compiler_builtins-0.1.140/src/lib.rs")
    source.write_text(source.read_text(encoding="utf-8") + "// edited\n", encoding="utf-8")
    edited = built.fail(rustc, "offline=1", env=home)
    assert f"{source}: edited; expected the file of compiler_builtins 0.1.140" in edited.stderr


def test_the_doctor_tells_where_compiler_builtins_comes_from(built: Project, rustc: str) -> None:
    assert "compiler_builtins 0.1.140 of the registry: this rust-src holds none" in built.build(rustc, "doctor").stdout


def test_a_cargo_package_with_a_proc_macro_and_build_scripts_builds(rustc: str, tmp_path: Path) -> None:
    project = write_cargo_firmware(tmp_path / "package")
    assert {"RUSTC mac 0.1.0", "RUN build script of app 0.1.0", "LINK app.elf"} <= set(project.build(rustc).steps)
    assert project.up_to_date(rustc)
    # the cargo of the same age spells the names of packages in the older way
    cargo = f"cargo={old_toolchain()}/bin/cargo"
    assert "RUN build script of app 0.1.0" in project.build(rustc, cargo).steps
