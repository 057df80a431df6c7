"""What a tool says when it is called directly, or by another build, is explained too."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import need_tool
from errors_by_tool import CALLS, Call
from steelmill.hints.explain import explain_output
from steelmill.hints.facts import Facts
from steelmill.step import Step


def run(command: str, folder: Path, env: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command.split(),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LC_ALL": "C", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("call", CALLS, ids=[f"{call.anchor}:{call.words[:40]}" for call in CALLS])
def test_what_a_tool_says_is_explained(call: Call, tmp_path: Path) -> None:
    for name, text in call.files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    *before, last = call.commands
    need_tool(*(command.split()[0] for command in call.commands if isinstance(command, str)))
    for command in before:
        if isinstance(command, str):
            status, output = run(command, tmp_path, call.env)
            assert status == 0, output
        else:
            command(tmp_path)
    assert isinstance(last, str)
    status, output = run(last, tmp_path, call.env)
    assert status or "is not a recognized" in output, output
    assert call.words in output
    step = Step(("TOOL", call.anchor), tuple(last.split()), out_dir="build", outputs=("x",))
    facts = Facts(place="targets/board.json", read_head=lambda path: (tmp_path / path).read_bytes()[:256])
    message = str(explain_output(step, last, status, output, facts))
    tool, _, below = message.partition("\n  cause ")
    assert call.words in tool
    assert f"docs/errors.md#{call.anchor}\n" in f"{below}\n", message
    for part in call.says:
        assert part in below, message
