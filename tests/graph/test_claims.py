"""Builds that need the same entry of the shared cache at the same moment: one makes it, the others take it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from project import Project
from rust_firmware.claims import Claims

SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])
from rust_firmware.nodes import Graph
from rust_firmware.session import get_session
from steelmill.step import OUT, Step
graph = Graph(get_session())
"""
SLOW = """\
graph.add(Step(
    label=("MAKE", "slow"),
    argv=("/bin/sh", "-c", 'echo "$PPID" >> {log}; sleep {seconds}; echo made > "$0"', OUT + "/slow"),
    out_dir="build",
    outputs=("slow",),
    env=(("PATH", "/usr/bin:/bin"),),
    shared=True,
))
"""
# each announces its first output, and goes on until the other one has begun too
PAIR = """\
def add(name, other, after):
    graph.add(Step(
        label=("MAKE", name),
        argv=("/bin/sh", "-c", '''
            echo {{}} >> {log}
            echo early > "$0/{{}}.early"
            echo "{{{{\\\\"artifact\\\\": \\\\"{{}}.early\\\\"}}}}"
            until grep -q {{}} {log}; do sleep 0.05; done
            echo late > "$0/{{}}"'''.format(name, name, name, other, name), OUT),
        out_dir="build",
        outputs=(name, name + ".early"),
        early=(name + ".early",),
        env=(("PATH", "/usr/bin:/bin"),),
        order_only=tuple("build/" + one + ".early" for one in after),
        shared=True,
    ))
add("{first}", "{second}", [])
add("{second}", "{first}", ["{first}"])
"""


def wait_for(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def finish(process: subprocess.Popen[str]) -> str:
    try:
        stdout, stderr = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert "Traceback" not in stderr
    return stdout + stderr


def slow_project(folder: Path, log: Path, seconds: float) -> Project:
    return Project(folder).sconstruct(SCONSTRUCT + SLOW.format(log=log, seconds=seconds))


def claims(cache: Path) -> list[Path]:
    return list(cache.glob("outputs/*/*.claim"))


def test_one_builds_and_the_others_take_what_it_made(tmp_path: Path) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    projects = [slow_project(tmp_path / name, log, 1.8) for name in ("first", "second", "third")]
    first, second, third = (project.start(f"cache={cache}") for project in projects)
    said = {process: finish(process) for process in (first, second, third)}
    assert [process.returncode for process in said] == [0, 0, 0], said
    assert [project.read_bytes("build/slow") for project in projects] == [b"made\n"] * 3
    (maker,) = log.read_text(encoding="utf-8").split()
    line = f"MAKE slow: waiting for another build (process {maker}), which makes the same"
    assert sorted(text.count(line) for text in said.values()) == [0, 1, 1]
    assert claims(cache) == []


def test_one_that_dies_holds_up_nobody(tmp_path: Path) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    killed = slow_project(tmp_path / "killed", log, 1).start(f"cache={cache}")
    wait_for(log)
    project = slow_project(tmp_path / "next", log, 1)
    waiting = project.start(f"cache={cache}")
    time.sleep(0.6)
    os.killpg(killed.pid, signal.SIGKILL)
    finish(killed)
    finish(waiting)
    assert waiting.returncode == 0
    assert project.read_bytes("build/slow") == b"made\n"
    assert len(log.read_text(encoding="utf-8").split()) == 2
    assert claims(cache) == []


def test_one_that_waits_can_be_interrupted(tmp_path: Path) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    maker = slow_project(tmp_path / "maker", log, 2.2).start(f"cache={cache}")
    wait_for(log)
    project = slow_project(tmp_path / "waiting", log, 2.2)
    waiting = project.start(f"cache={cache}")
    assert waiting.stdout
    while "waiting for another build" not in waiting.stdout.readline():
        assert waiting.poll() is None
    waiting.send_signal(signal.SIGINT)
    finish(waiting)
    assert waiting.returncode != 0
    assert maker.poll() is None
    finish(maker)
    assert maker.returncode == 0
    assert claims(cache) == []


def test_two_that_hold_what_the_other_wants_both_go_on(tmp_path: Path) -> None:
    log, orders = tmp_path / "log", (("iron", "carbon"), ("carbon", "iron"))
    projects = [
        Project(tmp_path / first).sconstruct(SCONSTRUCT + PAIR.format(log=log, first=first, second=second))
        for first, second in orders
    ]
    processes = [
        # one job, which comes to the rest of the first only when it has the second
        project.start("-j1", f"cache={tmp_path / 'cache'}", f"build/{second}", f"build/{first}")
        for project, (first, second) in zip(projects, orders, strict=True)
    ]
    said = [finish(process) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    for project in projects:
        assert [project.read_bytes(f"build/{name}") for name in ("iron", "carbon")] == [b"late\n"] * 2
    assert claims(tmp_path / "cache") == []


def test_a_cache_that_cannot_be_written_makes_nobody_wait(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be", encoding="utf-8")
    assert not Claims().take(str(tmp_path / "cache" / "entry.claim"), print, lambda: False)


def test_a_claim_is_there_again_once_it_was_released(tmp_path: Path) -> None:
    claims, path = Claims(), str(tmp_path / "entry.claim")
    for _ in range(2):
        assert claims.take(path, print, lambda: False)
        assert not Claims().take(path, print, Stop(after=3))
        claims.release(path)
        assert os.listdir(tmp_path) == []


class Stop:
    """A signal that comes after so many questions."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0
