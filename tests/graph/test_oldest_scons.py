"""The oldest SCons that the package accepts runs everything that compat.py reaches into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import Project
from tiny import copy_project, write_tiny

OLDEST = "4.5.2"


@pytest.fixture(scope="module")
def oldest_scons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment in which ``python -m SCons`` is the oldest one."""
    folder = tmp_path_factory.mktemp("scons")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), f"scons=={OLDEST}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"scons {OLDEST} cannot be installed: {done.stderr[-300:]}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return {"PYTHONPATH": str(folder)}


def test_the_oldest_scons_builds_rebuilds_and_explains(oldest_scons: dict[str, str], tmp_path: Path) -> None:
    project = write_tiny(tmp_path / "tiny")
    version = project.build("--version", env=oldest_scons)
    assert f"v{OLDEST}" in version.stdout
    assert "LINK tiny.elf" in project.build("-Q", env=oldest_scons).steps
    assert project.build("-Q", env=oldest_scons).steps == []
    run = project.edit("link.ld", "ENTRY(reset)", "ENTRY(reset) /* where it starts */").build(
        "-Q", "why=1", env=oldest_scons
    )
    assert "because link.ld changed" in run.stdout
    assert "LINK tiny.elf" in run.steps


def test_the_oldest_scons_believes_no_unfinished_output(oldest_scons: dict[str, str], tmp_path: Path) -> None:
    project = copy_project(write_tiny(tmp_path / "tiny"), tmp_path / "copy", build=False)
    project.build("-Q", env=oldest_scons)
    unfinished = project.folder / "build/.unfinished"
    unfinished.write_text("build/thumbv7em-none-eabihf/release/tiny/tiny.elf\n", encoding="utf-8")
    run = project.build("-Q", "why=1", env=oldest_scons)
    assert run.steps[:1] == ["LINK tiny.elf"]
    assert not unfinished.exists()


def test_an_older_scons_is_refused_with_one_message(tmp_path: Path) -> None:
    project: Project = write_tiny(tmp_path / "tiny")
    project.edit("SConstruct", "import sys;", 'import SCons; SCons.__version__ = "4.4.0"; import sys;')
    run = project.fail("-Q")
    assert "SCons 4.4.0 is too old; expected 4.5 or later" in run.output
    assert "./bootstrap" in run.output
