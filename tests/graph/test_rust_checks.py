"""check-rust and clippy: what they find, that it is told again, and that no image is made for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cargo_firmware import TARGET, write_cargo_firmware
from conftest import need_component
from project import Project
from rust_examples import SYSTEM_RUSTC
from tiny import copy_project, write_tiny

UNUSED = "pub fn more(n: u32) -> u32 {\n    let unused = 1;\n"
NEEDLESS = "pub fn more(n: u32) -> u32 {\n    return n + 1;\n}\npub fn other(n: u32) -> u32 {\n"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give a package that was checked; it has no linker script, which an image would need."""
    project = write_cargo_firmware(tmp_path_factory.mktemp("checks") / "checked")
    (project.folder / "link.ld").unlink()
    assert "check-rust  3 crates, no warnings" in project.build("check-rust").stdout
    return project


@pytest.fixture
def project(checked: Project, tmp_path: Path) -> Project:
    return copy_project(checked, tmp_path / "project")


def test_nothing_but_metadata_is_made(checked: Project) -> None:
    built = {path.suffix for path in (checked.folder / f"build/{TARGET}/release/check/crates").glob("*/lib*.r*")}
    assert built == {".rmeta"}
    assert checked.build("check-rust").steps == []


def test_a_warning_is_shown_again_and_an_error_fails(project: Project) -> None:
    project.edit("part/src/lib.rs", "pub fn more(n: u32) -> u32 {\n", UNUSED)
    first = project.build("check-rust")
    assert first.steps == ["CHECK part 0.1.0", "CHECK app 0.1.0"]
    again = project.build("check-rust")
    assert again.steps == []
    for run in (first, again):
        assert run.stdout.count("warning: unused variable: `unused`") == 1
        assert "--> part/src/lib.rs:3:9" in run.stdout
        assert "check-rust  3 crates, 1 warning\n" in run.stdout
    project.edit("part/src/lib.rs", "let unused = 1;", 'let unused: u32 = "";')
    assert "error[E0308]: mismatched types" in project.fail("check-rust").stderr


def test_clippy_looks_at_local_crates_by_its_settings(project: Project) -> None:
    need_component("clippy-driver")
    assert "clippy  3 crates, no warnings" in project.build("clippy").stdout
    project.edit("part/src/lib.rs", "pub fn more(n: u32) -> u32 {\n", NEEDLESS)
    run = project.build("clippy")
    assert "warning: unneeded `return` statement" in run.stdout
    assert "check-rust  3 crates, no warnings" in project.build("check-rust").stdout
    project.write("part/clippy.toml", 'disallowed-names = ["n"]\n')
    run = project.build("clippy")
    assert run.steps == ["CLIPPY part 0.1.0", "CLIPPY app 0.1.0"]
    assert "use of a disallowed/placeholder name `n`" in run.stdout
    project.write(
        "part/Cargo.toml", (project.folder / "part/Cargo.toml").read_text() + '[lints.clippy]\nall = "deny"\n'
    )
    assert "error: unneeded `return` statement" in project.fail("clippy").stderr


def test_crates_of_no_package_are_checked_too(tmp_path: Path) -> None:
    need_component("clippy-driver")
    project = write_tiny(tmp_path / "tiny")
    project.edit(
        "firmware.toml",
        'crate = "src/lib.rs"',
        'crate = "src/lib.rs"\ndependencies = ["number"]\n\n[rust.crates.number]\ncrate = "number/lib.rs"',
    )
    project.edit("src/lib.rs", "42", "number::number()")
    project.write("number/lib.rs", "#![no_std]\npub fn number() -> u32 {\n    return 42;\n}\n")
    run = project.build("clippy", "check-rust")
    assert sorted(step for step in run.steps if re.match("CHECK|CLIPPY|LINK|RUSTC tiny", step)) == [
        "CHECK number",
        "CHECK tiny",
        "CLIPPY number",
        "CLIPPY tiny",
    ]
    assert "warning: unneeded `return` statement" in run.stdout
    assert "clippy  2 crates, 1 warning\n" in run.stdout
    assert "check-rust  2 crates, no warnings" in run.stdout


def test_a_missing_clippy_is_one_message(tmp_path: Path) -> None:
    toolchain = tmp_path / "toolchains/bare"
    (toolchain / "bin").mkdir(parents=True)
    wrapper = toolchain / "bin/rustc"
    wrapper.write_text(f'#!/bin/sh\n[ "$*" = "--print sysroot" ] && exec echo {toolchain}\nexec {SYSTEM_RUSTC} "$@"\n')
    wrapper.chmod(0o755)
    (toolchain / "lib").symlink_to(Path(SYSTEM_RUSTC).parent.parent / "lib")
    run = write_tiny(tmp_path / "tiny").fail("clippy", f"rustc={wrapper}")
    assert f"{toolchain}/bin/clippy-driver: rustc 1.96.0 has no clippy-driver beside it" in run.stderr
    assert "rustup component add clippy --toolchain bare" in run.stderr


def test_without_rust_there_is_nothing_to_check(tmp_path: Path) -> None:
    project = write_tiny(tmp_path / "tiny")
    text = (project.folder / "firmware.toml").read_text().replace('[rust]\ncrate = "src/lib.rs"\n', "")
    project.write("firmware.toml", text)
    assert "'check-rust' finds nothing to do: no selected firmware has Rust" in project.fail("check-rust").stderr
