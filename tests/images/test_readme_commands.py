"""Every command that a README shows works, and every example builds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import need_component, need_tool
from project import CHECKOUT, Project
from readmes import blocks, sconstruct_of_another_project
from steelmill.firmware_toml.parse import parse_firmware_toml
from tiny import LIB_RS, LINK_LD, MAIN_C, MAIN_H

READMES = ("README.md", "site_scons/README.md", "firmware/README.md", "targets/README.md")

REPLACEMENTS = {
    # setting this very machine up is the business of tests/unit/test_bootstrap.py and of .ci/run
    "./bootstrap scons target=x86_64-unknown-none": "./bootstrap --check; scons target=x86_64-unknown-none",
    "./bootstrap pytest": "./bootstrap --check; pytest --version",
    # minutes long
    "python tests/benchmarks/compare.py": "python tests/benchmarks/compare.py --help",
    "python tests/benchmarks/cargo.py": "python tests/benchmarks/cargo.py --help",
}
"""Command in a README -> what is run instead of it."""

RUN_AS_IT_IS = re.compile(r"(RUSTC_BOOTSTRAP=1 )?(scons|rustc|rustfmt)( |$)")
"""Commands that write nothing outside the copy and the cache."""

COPIED = (
    *("SConstruct", "bootstrap", "pyproject.toml", "firmware", "targets", "site_scons"),
    *("tests/benchmarks", "tests/cargo_build_std.py", "tests/sensor_package.py", "tests/project.py"),
)


def commands(path: str) -> list[str]:
    """Give the commands of the ``sh`` blocks, without comments."""
    lines = (line.partition(" #")[0].strip() for block in blocks(path, "sh") for line in block.splitlines())
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the project, for all commands of this module."""
    for program in ("clippy-driver", "rustdoc", "rustfmt"):
        need_component(program)
    need_tool("cargo", "arm-none-eabi-gcc", "aarch64-linux-gnu-gcc", "riscv64-unknown-elf-gcc")
    need_tool(*(f"qemu-system-{name}" for name in ("arm", "aarch64", "i386", "riscv32", "riscv64", "x86_64")))
    folder = tmp_path_factory.mktemp("readme") / "steelmill"
    for name in COPIED:
        source, target = CHECKOUT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    return folder


@pytest.mark.parametrize("path", READMES)
def test_every_command_is_known(path: str) -> None:
    unknown = [line for line in commands(path) if line not in REPLACEMENTS and not RUN_AS_IT_IS.match(line)]
    assert not unknown, "say in this file how these are tested"


def test_every_replacement_stands_in_a_readme() -> None:
    shown = {line for path in READMES for line in commands(path)}
    assert shown >= REPLACEMENTS.keys()


@pytest.mark.parametrize("path", READMES)
def test_commands_work(path: str, copy: Path) -> None:
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"}
    for command in commands(path):
        done = subprocess.run(
            ["bash", "-c", REPLACEMENTS.get(command, command)],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr


def test_the_example_of_another_project_builds(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    (example,) = (block for block in blocks("README.md", "toml") if "crate" in block)
    parse_firmware_toml(example, "firmware.toml")
    project = _sources(tmp_path).write("firmware.toml", example).write("SConstruct", sconstruct_of_another_project())
    project.build()
    assert project.read_bytes("build/thumbv7em-none-eabihf/release/blinky/blinky.hex").startswith(b":")
    assert project.up_to_date()


@pytest.mark.parametrize("path", ["README.md", "docs/reference.md"])
def test_the_example_of_a_sconscript_builds(path: str, tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    (example,) = (block for block in blocks(path, "python") if "FirmwareElf" in block)
    name = "blinky" if "blinky" in example else "app"
    # a SConscript has no [memory]: the script brings its own MEMORY
    memory = "MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 64K  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }\n"
    project = _sources(tmp_path).write("link.ld", LINK_LD.replace("INCLUDE memory.x\n", memory))
    project.sconstruct(example.replace('tools=["rust_firmware"]', 'tools=["rust_firmware"], toolpath=[TOOLPATH]'))
    project.build()
    assert project.read_bytes(f"build/thumbv7em-none-eabihf/release/{name}/{name}.bin")
    assert project.up_to_date()


def _sources(folder: Path) -> Project:
    return (
        Project(folder / "project")
        .write("src/lib.rs", LIB_RS)
        .write("c/main.c", MAIN_C)
        .write("c/include/main.h", MAIN_H)
        .write("link.ld", LINK_LD)
    )
