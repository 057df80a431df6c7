from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rust_firmware.locks import lock_tools, lock_tree
from steelmill.errors import InputError

SITE = Path(__file__).resolve().parent.parent.parent / "site_scons"

HOLD = """
import sys
sys.path[:0] = [{site!r}, {tools!r}]
from rust_firmware.locks import lock_tree
descriptor = lock_tree({folder!r})
print("locked", flush=True)
sys.stdin.read()
"""

LEAVE_A_TOOL = """
import subprocess, sys
sys.path[:0] = [{site!r}, {tools!r}]
from rust_firmware.locks import lock_tools
lock = lock_tools({folder!r})
inherited = (lock,) if {inherits} else ()
tool = subprocess.Popen(["sleep", "30"], pass_fds=inherited, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(tool.pid, flush=True)
"""


def code(template: str, folder: Path, **values: object) -> list[str]:
    text = template.format(site=str(SITE), tools=str(SITE / "site_tools"), folder=str(folder), **values)
    return [sys.executable, "-c", text]


@pytest.fixture
def other_build(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the tree's lock until its standard input is closed."""
    process = subprocess.Popen(
        code(HOLD, tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        yield process
    finally:
        process.communicate()


def test_a_second_build_in_the_tree_is_told_of_the_first(tmp_path: Path, other_build: subprocess.Popen[str]) -> None:
    with pytest.raises(InputError) as caught:
        lock_tree(str(tmp_path))
    assert str(caught.value) == (
        f"{tmp_path}: another scons is building in this tree (process {other_build.pid})\n"
        "  remedy   wait until it has ended, or end it"
    )


def test_a_build_in_another_tree_is_not_disturbed(tmp_path: Path, other_build: subprocess.Popen[str]) -> None:
    assert other_build.poll() is None
    (tmp_path / "other").mkdir()
    os.close(lock_tree(str(tmp_path / "other")))


def test_a_killed_build_leaves_no_lock(tmp_path: Path, other_build: subprocess.Popen[str]) -> None:
    other_build.kill()
    other_build.wait()
    os.close(lock_tree(str(tmp_path)))


def test_locking_writes_nothing(tmp_path: Path) -> None:
    os.close(lock_tree(str(tmp_path)))
    os.close(lock_tools(str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_the_trees_lock_is_not_inherited_by_tools(tmp_path: Path) -> None:
    descriptor = lock_tree(str(tmp_path))
    assert not os.get_inheritable(descriptor)
    os.close(descriptor)


def leave_a_tool(folder: Path, inherits: bool) -> int:
    """Run a build that ends while its tool goes on; give the tool's process."""
    done = subprocess.run(
        code(LEAVE_A_TOOL, folder, inherits=inherits), capture_output=True, text=True, check=True, timeout=20
    )
    return int(done.stdout)


def test_the_next_build_waits_for_a_tool_that_was_left_running(tmp_path: Path) -> None:
    tool = leave_a_tool(tmp_path, inherits=True)
    waiter = subprocess.Popen(
        code(LEAVE_A_TOOL.replace('["sleep", "30"]', '["true"]'), tmp_path, inherits=False),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        time.sleep(0.5)
        assert waiter.poll() is None
    finally:
        os.kill(tool, 9)
    _, stderr = waiter.communicate(timeout=20)
    assert waiter.returncode == 0
    assert stderr.startswith("waiting for a tool that an interrupted build left running")


def test_a_tool_without_the_lock_holds_up_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tool = leave_a_tool(tmp_path, inherits=False)
    try:
        os.close(lock_tools(str(tmp_path)))
        assert capfd.readouterr().err == ""
    finally:
        os.kill(tool, 9)
