"""The same sources give the same bytes: in another folder, with another -j or threads, from a cold or a warm cache."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from board import OUT, write_board
from conftest import need_tool
from project import Project, Run

IMAGES = ("app.elf", "app.bin", "app.hex")


def images(project: Project, profile: str) -> dict[str, bytes]:
    return {name: project.read_bytes(OUT.replace("release", profile) + f"/{name}") for name in IMAGES}


def build_apart(folder: Path, profile: str, *arguments: str) -> dict[str, bytes]:
    project = write_board(folder)
    project.build(f"profile={profile}", *arguments)
    return images(project, profile)


@pytest.mark.parametrize("profile", ["release", "dev"])
def test_another_folder_and_another_number_of_jobs_give_the_same_bytes(tmp_path: Path, profile: str) -> None:
    need_tool("arm-none-eabi-gcc")
    one = build_apart(tmp_path / "a", profile, "-j1")
    other = build_apart(tmp_path / "a much longer name, and ä blank", profile, "-j8")
    assert one == other
    assert not any(str(tmp_path).encode() in content for content in one.values())


@pytest.mark.parametrize("profile", ["release", "dev"])
def test_lld_gives_the_same_bytes_too(tmp_path: Path, profile: str) -> None:
    need_tool("arm-none-eabi-gcc", "ld.lld-22")
    one = build_apart(tmp_path / "a", profile, "linker=lld")
    assert build_apart(tmp_path / "b ö", profile, "linker=lld") == one


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Run]:
    """Build a project with an empty cache in ``../cache``."""
    need_tool("arm-none-eabi-gcc")
    project = write_board(tmp_path_factory.mktemp("cold") / "project")
    return project, project.build("cache=../cache", "-j1", "verbose=1")


def test_a_cold_cache_gives_the_same_bytes_as_a_warm_one(
    board: Project, cold: tuple[Project, Run], tmp_path: Path
) -> None:
    project, run = cold
    assert "--crate-name=core " in run.stdout
    warm = images(board, "release")
    assert images(project, "release") == warm
    # and from the cache that this filled
    assert build_apart(tmp_path / "filled", "release", f"cache={project.folder.parent / 'cache'}") == warm


def test_core_is_the_same_bytes_from_two_threads_and_from_one(cold: tuple[Project, Run]) -> None:
    """As ``steelmill.rustc.sysroot._THREADS_PROVEN`` says."""
    project, run = cold
    (command,) = (shlex.split(line) for line in run.stdout.splitlines() if "--crate-name=core " in line)
    serial = [word for word in command if not word.startswith("-Zthreads=")]
    if serial == command:
        pytest.skip("core is compiled by one thread here")
    (out,) = (word.partition("=")[2] for word in command if word.startswith("--out-dir="))
    (project.folder / "serial").mkdir()
    subprocess.run(
        ["env", "-i", *(word.replace(out, "serial") for word in serial)], cwd=project.folder, check=True,
        capture_output=True,
    )  # fmt: skip
    for name in ("libcore.rlib", "libcore.rmeta"):
        assert project.read_bytes(f"serial/{name}") == project.read_bytes(f"{out}/{name}"), name


def test_a_copied_tree_is_up_to_date_and_reads_nothing_of_the_first(board: Project) -> None:
    assert board.up_to_date()
    listed = [file.read_text() for file in (board.folder / "build").rglob("*.d")]
    assert listed
    assert not any("/built" in text or str(board.folder) in text for text in listed)
