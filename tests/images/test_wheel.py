"""The wheel in an empty environment builds another project's image."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from project import CHECKOUT, Project
from tiny import image_bytes, write_tiny

SCONSTRUCT = """\
import steelmill
env = Environment(tools=["rust_firmware"], toolpath=[steelmill.TOOLPATH])
env.Firmware("firmware.toml")
"""


def run(*argv: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in argv], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needed(dist: Distribution, seen: set[str]) -> Iterator[Distribution]:
    """Give what a distribution requires, and what that requires."""
    for line in dist.requires or ():
        requirement = Requirement(line)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name.lower() not in seen:
            seen.add(requirement.name.lower())
            found = distribution(requirement.name)
            assert requirement.specifier.contains(found.version, prereleases=True), line
            yield found
            yield from needed(found, seen)


def copy_distribution(dist: Distribution, folder: Path) -> None:
    for file in dist.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(dist.locate_file(file)), target)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with the wheel and what its metadata require, and nothing else; give its interpreter.

    What it requires is copied from this environment, so that no network is needed.
    """
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", CHECKOUT, cwd=folder)
    (wheel,) = (folder / "dist").glob("steelmill-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
    # all that installing this wheel means: it has no scripts and no data of its own
    shutil.unpack_archive(wheel, packages, "zip")
    (info,) = packages.glob("steelmill-*.dist-info")
    for dist in needed(Distribution.at(info), set()):
        copy_distribution(dist, packages)
    return folder / "venv/bin/python"


@pytest.fixture
def other(tmp_path: Path) -> Project:
    """Give another project, outside the checkout."""
    return write_tiny(tmp_path / "another project").write("SConstruct", SCONSTRUCT)


def test_a_three_line_sconstruct_builds_an_image(python: Path, other: Project, built_tiny: Project) -> None:
    assert not other.folder.is_relative_to(CHECKOUT)
    run(python, "-m", "SCons", cwd=other.folder)
    assert image_bytes(other) == image_bytes(built_tiny)
    assert "is up to date." in run(python, "-m", "SCons", cwd=other.folder)
    assert "target=" in run(python, "-m", "SCons", "-h", cwd=other.folder)


def test_nothing_comes_from_the_checkout(python: Path, tmp_path: Path) -> None:
    code = "import steelmill, SCons, sys; print(steelmill.__file__, steelmill.TOOLPATH, SCons.__file__, *sys.path)"
    words = run(python, "-c", code, cwd=tmp_path)
    assert str(CHECKOUT) not in words
    assert f"{python.parent.parent}/lib" in words.split()[1]


def test_a_missing_package_is_one_message(python: Path, other: Project, tmp_path: Path) -> None:
    shutil.copytree(python.parent.parent, tmp_path / "venv", symlinks=True)
    (elftools,) = (tmp_path / "venv").glob("lib/*/site-packages/elftools")
    shutil.rmtree(elftools)
    done = subprocess.run(
        [str(tmp_path / "venv/bin/python"), "-m", "SCons", "-Q"],
        cwd=other.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Python packages are missing: elftools" in done.stderr
    assert "remedy" in done.stderr
    assert "Traceback" not in done.stderr
