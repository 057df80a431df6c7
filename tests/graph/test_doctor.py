"""scons doctor: on this machine, and on one that lacks something."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from conftest import need_tool
from project import SCONSTRUCT, Project
from rust_examples import SYSTEM_RUSTC

FIRMWARE = """\
[firmware]
name = "one"
targets = ["thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf"]
[c]
sources = ["one.c"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    need_tool("arm-none-eabi-gcc", "riscv64-unknown-elf-gcc", "ld.lld-22")
    return Project(tmp_path / "p").sconstruct(SCONSTRUCT).write("firmware.toml", FIRMWARE)


def path_of(folder: Path, *programs: str) -> dict[str, str]:
    """Make a PATH on which these programs are and no others."""
    folder.mkdir()
    for program in programs:
        found = shutil.which(program)
        assert found
        (folder / Path(program).name).symlink_to(found)
    return {"PATH": str(folder)}


def blocks(report: str) -> dict[str, str]:
    """Split a report into its sections, by title."""
    return {block.split("\n", 1)[0]: block for block in report.strip().split("\n\n")}


def test_every_target_of_the_project_is_looked_at(project: Project) -> None:
    run = project.build("-Q", "doctor")
    found = blocks(run.stdout)
    assert list(found) == ["Steelmill", "Rust", "Bindings", "thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf"]
    assert "/rustc" in found["Rust"]
    assert "arm-none-eabi-gcc" in found["thumbv7em-none-eabihf"]
    assert "lists the files it reads" in found["thumbv7em-none-eabihf"]
    assert not (project.folder / "build").exists()


def test_target_and_firmware_select(project: Project) -> None:
    found = blocks(project.build("-Q", "doctor", "target=x86_64-unknown-none").stdout)
    assert list(found)[3:] == ["x86_64-unknown-none"]
    project.write("SConstruct", (project.folder / "SConstruct").read_text() + 'env.Firmware("two.toml")\n')
    project.write("two.toml", FIRMWARE.replace('"one"', '"two"').replace('"thumbv7em-none-eabihf", ', ""))
    found = blocks(project.build("-Q", "doctor", "firmware=two").stdout)
    assert list(found)[3:] == ["riscv32imac-unknown-none-elf"]


def test_a_missing_compiler_is_told_with_what_installs_it(project: Project, tmp_path: Path) -> None:
    env = path_of(tmp_path / "bin", SYSTEM_RUSTC, "riscv64-unknown-elf-gcc", "ld.lld-22", "apt-get", "apt-cache")
    run = project.fail("-Q", "doctor", env=env)
    found = blocks(run.stdout)
    assert re.search(r"C compiler +MISSING  no C compiler for arm", found["thumbv7em-none-eabihf"])
    assert "gcc-arm-none-eabi" in found["thumbv7em-none-eabihf"]
    assert "MISSING" not in found["riscv32imac-unknown-none-elf"]
    assert "qemu-system-riscv32 is not on PATH; images are built, not run" in found["riscv32imac-unknown-none-elf"]
    assert "remedy: install it: apt-get install qemu-system" in found["riscv32imac-unknown-none-elf"]
    assert "[doctor] cannot build for thumbv7em-none-eabihf" in run.stderr
    found = blocks(project.fail("-Q", "doctor", "linker=ld", env=env).stdout)
    assert re.search(r"linker +MISSING  it is that of the C compiler$", found["thumbv7em-none-eabihf"], re.MULTILINE)


def test_rust_alone_needs_no_c_compiler(project: Project, tmp_path: Path) -> None:
    project.edit("firmware.toml", '[c]\nsources = ["one.c"]', '[rust]\ncrate = "lib.rs"\n[link]\nlinker = "lld"')
    env = path_of(tmp_path / "bin", SYSTEM_RUSTC, "ld.lld-22", "apt-get", "apt-cache", "dpkg")
    run = project.build("-Q", "doctor", env=env)
    assert re.search(
        r"bindgen +no bindgen on PATH\n +remedy: install it: apt-get install bindgen libclang1-", run.stdout
    )
    assert re.search(r"cbindgen +no cbindgen on PATH\n +remedy: install it: apt-get install cbindgen,", run.stdout)
    assert "no C compiler for arm" in run.stdout
    assert "MISSING" not in run.stdout


def test_without_rust_no_target_can_be_judged(project: Project, tmp_path: Path) -> None:
    rustc = tmp_path / "rustc"
    rustc.write_text("#!/bin/sh\necho /nowhere\n", encoding="utf-8")
    rustc.chmod(0o755)
    run = project.fail("-Q", "doctor", f"rustc={rustc}")
    assert re.search(r"rustc +MISSING  no rustc with its rust-src found", run.stdout)
    assert "[doctor] cannot build for thumbv7em-none-eabihf, riscv32imac-unknown-none-elf" in run.stderr
    assert list(blocks(run.stdout)) == ["Steelmill", "Rust", "Bindings"]


def test_a_target_that_is_wrong_does_not_hide_the_others(project: Project) -> None:
    project.write("targets/board.json", "{}")
    run = project.fail("-Q", "doctor", "target=board,thumbv7em-none-eabihf,thumbv7em-none-eabihff")
    found = blocks(run.stdout)
    assert "targets/board.json" in found["board"]
    assert "MISSING" in found["board"]
    assert "MISSING" not in found["thumbv7em-none-eabihf"]
    assert "did you mean 'thumbv7em-none-eabihf'?" in found["thumbv7em-none-eabihff"]


def test_a_linker_too_old_is_told(project: Project, tmp_path: Path) -> None:
    linker = tmp_path / "old-ld"
    linker.write_text('#!/bin/sh\necho "GNU ld 2.30"\necho "  --gc-sections"\n', encoding="utf-8")
    linker.chmod(0o755)
    run = project.fail("-Q", "doctor", "target=thumbv7em-none-eabihf", f"linker={linker}")
    assert re.search(r"linker +MISSING  GNU ld 2.30", run.stdout)
    assert "remedy: install GNU ld 2.37 or newer, or LLD 13 or newer" in run.stdout
