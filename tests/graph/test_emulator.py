"""Running an emulator: small programs stand in for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rust_firmware.emulator import run_emulator
from steelmill.errors import ToolchainError


def sh(script: str) -> list[str]:
    return ["sh", "-c", script]


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_output_and_status_come_back() -> None:
    status, output, seconds = run_emulator(sh("echo out; echo err >&2; exit 7"), 10)
    assert (status, output) == (7, b"out\nerr\n")
    assert seconds < 5


def test_a_signal_is_a_negative_status() -> None:
    assert run_emulator(sh("kill -TERM $$"), 10).status == -signal.SIGTERM


def test_standard_input_is_closed() -> None:
    assert run_emulator(sh("read line || echo closed"), 10).output == b"closed\n"


def test_output_is_echoed_while_it_comes() -> None:
    pieces: list[tuple[float, bytes]] = []
    start = time.monotonic()
    run = run_emulator(sh("echo one; sleep 0.5; echo two"), 10, lambda data: pieces.append((time.monotonic(), data)))
    assert b"".join(data for _, data in pieces) == run.output == b"one\ntwo\n"
    assert pieces[-1][0] - pieces[0][0] > 0.3
    assert pieces[0][0] - start < 5


def test_much_output_arrives_whole() -> None:
    run = run_emulator([sys.executable, "-c", "print('x' * 3_000_000)"], 30)
    assert len(run.output) == 3_000_001


def test_a_hang_ends_with_what_was_printed_and_takes_its_children_along() -> None:
    run = run_emulator(sh("sleep 60 & echo $!; sleep 60"), 0.5)
    assert run.status is None
    assert 0.5 <= run.seconds < 5
    assert wait_until_gone(int(run.output))


def test_a_hang_after_closing_the_output_ends_too() -> None:
    run = run_emulator(sh("echo $$; exec >&- 2>&-; exec sleep 60"), 0.5)
    assert run.status is None
    assert wait_until_gone(int(run.output))


def test_an_end_after_closing_the_output_keeps_its_status() -> None:
    assert run_emulator(sh("exec >&- 2>&-; sleep 0.3; exit 3"), 10).status == 3


def test_a_child_that_keeps_the_pipe_does_not_keep_us() -> None:
    run = run_emulator(sh("sleep 60 & echo $!"), 30)
    assert run.status == 0
    assert run.seconds < 5
    assert wait_until_gone(int(run.output))


def test_stop_is_asked_while_it_runs() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_emulator(["sleep", "60"], 30, stop=lambda: time.monotonic() > started + 0.3)
    assert time.monotonic() - started < 5


def test_ctrl_c_kills_it(tmp_path: Path) -> None:
    tools = os.pathsep.join(sys.path)
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from rust_firmware.emulator import run_emulator\n"
        "run_emulator(['sh', '-c', 'echo $$; exec sleep 60'], 60,"
        " lambda data: (sys.stdout.buffer.write(data), sys.stdout.flush()))\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": tools},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGINT)
        parent.wait(10)
    assert wait_until_gone(child)


@pytest.mark.parametrize(
    ("program", "remedy"),
    [
        ("/nowhere/qemu-system-arm", "install it: dnf install qemu-system-arm qemu-system-aarch64"),
        ("no-such-emulator", "install no-such-emulator by this system's own means"),
    ],
)
def test_a_missing_program_says_what_to_install(
    program: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dnf").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError) as caught:
        run_emulator([program], 1)
    assert caught.value.remedy == f"{remedy}, or correct [run] emulator"
    assert caught.value.place == program
