"""What tests of every folder share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from board import write_board
from project import Project
from rust_examples import SYSTEM_RUSTC
from rust_firmware.install import how_to_install
from tiny import copy_project, write_tiny

# that an example took long says something of a busy machine, and nothing of the code
settings.register_profile("without-deadline", deadline=None)
settings.load_profile("without-deadline")


SLOW_FIRST = (
    "images/test_boot.py",
    "graph/test_safety.py",
    "images/test_cargo_same_code.py",
    "images/test_old_rust.py",
    "images/test_cargo_agrees.py",
    "images/test_cargo_firmware.py",
    "images/test_readme_commands.py",
    "images/test_sysroot.py",
    "images/test_reproducible.py",
    "images/test_public_shapes.py",
    "images/test_link.py",
    "graph/test_rebuild_table.py",
    "images/test_audit_corpus.py",
    "graph/test_stock_builders.py",
    "images/test_target_verbs.py",
    "graph/test_cargo_rebuilds.py",
    "images/test_targets.py",
    "images/test_c.py",
    "images/test_errors_explained.py",
    "images/test_wheel.py",
    "graph/test_oldest_scons.py",
)
"""Modules of half a minute and more with a cold cache. The first two compile core for targets of their own, and the
others find it. A worker takes one module after the other: begun last, one of these would let the others wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put slow modules first, and what takes no time last."""
    tests = Path(__file__).parent
    assert all((tests / name).is_file() for name in SLOW_FIRST), SLOW_FIRST
    rank = {tests / name: index for index, name in enumerate(SLOW_FIRST)}
    items.sort(key=lambda item: (item.path.is_relative_to(tests / "unit"), rank.get(item.path, len(rank))))


def need_tool(*programs: str) -> None:
    """Skip the test where a program is not on PATH, and say how to install it; in CI that is a failure."""
    for program in programs:
        if shutil.which(program) is None:
            message = f"{program} is missing; {how_to_install([program])}"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)


def need_component(program: str) -> None:
    """Skip the test where the tests' toolchain lacks a program, as ``need_tool`` does; PATH may have another's."""
    beside = os.path.join(os.path.dirname(SYSTEM_RUSTC), program)
    need_tool(program if os.access(beside, os.X_OK) else beside)


def need_clang() -> str:
    """Give clang's name, which may carry its version; skip the test where there is none, as ``need_tool`` does."""
    names = ("clang", *(f"clang-{version}" for version in range(40, 17, -1)))
    found = next(filter(shutil.which, names), "clang")
    need_tool(found)
    return found


@pytest.fixture(scope="session")
def built_tiny(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build a tiny project; for looking at and copying only."""
    need_tool("arm-none-eabi-gcc")
    project = write_tiny(tmp_path_factory.mktemp("built") / "tiny")
    project.build()
    return project


@pytest.fixture
def tiny(built_tiny: Project, tmp_path: Path) -> Project:
    """Give a built tiny project of the test's own."""
    return copy_project(built_tiny, tmp_path / "tiny")


@pytest.fixture(scope="session")
def built_board(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build the firmware that boots on a Cortex-M4; for looking at and copying only."""
    need_tool("arm-none-eabi-gcc")
    project = write_board(tmp_path_factory.mktemp("built") / "board")
    project.build()
    return project


@pytest.fixture
def board(built_board: Project, tmp_path: Path) -> Project:
    """Give a built firmware of the test's own, which boots on a Cortex-M4."""
    return copy_project(built_board, tmp_path / "board")
