"""The dev profile compiles local crates incrementally, and nothing but time depends on what rustc kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cargo_firmware import ELF, TARGET, write_cargo_firmware
from project import Project
from tiny import copy_project

DEV_ELF = ELF.replace("release", "dev")
KEPT = f"build/{TARGET}/dev/incremental"

# the code generation of release, so that core is the one of the other tests
PROFILE = """
[profile.dev]
opt-level = "s"
debug = false
debug-assertions = false
overflow-checks = false
"""


def keeps(project: Project) -> set[str]:
    """Name the crates of which rustc keeps what it made."""
    return {path.name.rpartition("-")[0] for path in (project.folder / KEPT).glob("*-*")}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = write_cargo_firmware(tmp_path_factory.mktemp("incremental") / "built")
    project.write("Cargo.toml", (project.folder / "Cargo.toml").read_text(encoding="utf-8") + PROFILE)
    project.build("profile=dev")
    return project


def test_what_is_kept_changes_nothing_but_time(built: Project, tmp_path: Path) -> None:
    assert keeps(built) == {"app", "part", "board"}
    project = copy_project(built, tmp_path / "edited")
    project.edit("part/src/lib.rs", "{ 1 }", "{ 5 }")
    assert "RUSTC part 0.1.0" in project.build("profile=dev").steps
    assert project.up_to_date("profile=dev")
    edited = project.read_bytes(DEV_ELF)
    shutil.rmtree(project.folder / KEPT)
    assert project.up_to_date("profile=dev")
    # the same source again, and this time nothing is there to be taken
    project.edit("part/src/lib.rs", "{ 5 }", "{ 1 }")
    project.build("profile=dev")
    assert project.read_bytes(DEV_ELF) == built.read_bytes(DEV_ELF) != edited


@pytest.mark.parametrize(("text", "environment"), [("incremental = false\n", {}), ("", {"CARGO_INCREMENTAL": "0"})])
def test_it_can_be_switched_off(built: Project, tmp_path: Path, text: str, environment: dict[str, str]) -> None:
    project = copy_project(built, tmp_path / "off")
    shutil.rmtree(project.folder / KEPT)
    project.write("Cargo.toml", (project.folder / "Cargo.toml").read_text(encoding="utf-8") + text)
    assert "RUSTC app 0.1.0" in project.build("profile=dev", env=environment).steps
    assert keeps(project) == set()
