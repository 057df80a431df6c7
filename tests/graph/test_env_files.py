from __future__ import annotations

from pathlib import Path

from project import Project

SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])
from rust_firmware.nodes import Graph
from rust_firmware.session import get_session
from steelmill.step import OUT, Step
Graph(get_session()).add(Step(
    label=("SAY", "said"),
    argv=("/bin/sh", "-c", 'printf "%s %s" "$FIRST" "$SECOND" > "$0"', OUT + "/said"),
    out_dir="build",
    outputs=("said",),
    inputs=("decided.json",),
    env=(("FIRST", "1"), ("SECOND", "2")),
    env_files=("decided.json",),
))
"""


def test_a_command_sees_the_variables_that_another_one_decided(tmp_path: Path) -> None:
    project = Project(tmp_path / "project").sconstruct(SCONSTRUCT).write("decided.json", '{"SECOND": "two"}')
    project.build()
    assert project.read_bytes("build/said") == b"1 two"
    assert project.up_to_date()
    project.write("decided.json", '{"FIRST": "one"}').build()
    assert project.read_bytes("build/said") == b"one 2"
