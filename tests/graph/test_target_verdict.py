"""The verdict on a target is kept, and counts as long as the rules are those that it was made by."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from project import CHECKOUT, SCONSTRUCT, Project
from tiny import TARGET


def test_a_changed_rule_looks_at_every_target_again(tmp_path: Path) -> None:
    plugin = tmp_path / "site_scons"
    shutil.copytree(CHECKOUT / "site_scons", plugin, ignore=shutil.ignore_patterns("__pycache__"))
    keys = json.loads((CHECKOUT / f"targets/{TARGET}.json").read_text(encoding="utf-8"))
    project = Project(tmp_path / "project").sconstruct(SCONSTRUCT).write("targets/board.json", json.dumps(keys))
    project.edit("SConstruct", str(CHECKOUT / "site_scons"), str(plugin)).edit("SConstruct", "env.Firmware", "# ")
    project.build("target-spec", "target=board")
    rules = Project(plugin / "steelmill/target_spec/rules")
    rules.edit("abi.py", 'said = spec.get("llvm-floatabi")', 'said = "soft"')
    run = project.fail("target-spec", "target=board")
    assert "targets/board.json:1: llvm-floatabi: 'soft' contradicts llvm-target" in run.stderr
