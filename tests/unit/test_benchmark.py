from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.cargo_trees import LOCK_FILES, write_package
from benchmarks.measure import CommandFailed, Sample, measure
from benchmarks.report import Aim, format_table
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.trees import TARGET, Tree
from steelmill.cargo.lock import parse_lock

MIB = 1 << 20


def make_tree(folder: Path) -> Tree:
    for path in ("firmware/telemetry/src/lib.rs", "firmware/telemetry/c/crc16.c"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("// first\n")
    (folder / "targets").mkdir()
    (folder / f"targets/{TARGET}.json").write_text('{"arch": "arm", "cpu": "cortex-m4"}')
    return Tree(folder, ("true",), {}, ("build",))


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_table_shows_medians_and_ratios() -> None:
    reference = [Sample(4.0, 2.0, 200 * MIB), Sample(1.0, 0.5, 100 * MIB), Sample(2.0, 1.0, 300 * MIB)]
    table = format_table({"second build": (reference, [Sample(1.0, 0.8, 50 * MIB)])}, "make")
    head, row = (line.split("  ") for line in table.splitlines()[:2])
    assert [cell.strip() for cell in head if cell][2:6] == [
        "clock: make",
        "clock: steelmill",
        "clock: ratio",
        "processor: make",
    ]
    assert [cell.strip() for cell in row if cell] == [
        *("second build", "1", "2.00 s", "1.00 s", "0.50", "1.00 s", "0.80 s", "0.80", "200 MiB", "50 MiB", "0.25")
    ]


def test_an_aim_is_a_ratio_or_a_time_that_is_short_enough() -> None:
    reference, own = [Sample(0.1, 0.1, MIB)], [Sample(0.2, 0.2, MIB)]
    assert Aim(1.5).miss(reference, own) == "0.20 s, ratio 2.00; the aim is 1.5"
    assert Aim(2.0).miss(reference, own) is None
    assert Aim(1.5, seconds=0.25).miss(reference, own) is None
    assert Aim(1.5, seconds=0.19).miss(reference, own) == "0.20 s, ratio 2.00; the aim is 1.5 or 0.19 s"


def test_a_command_is_measured(tmp_path: Path) -> None:
    sample = measure([sys.executable, "-c", "import time; time.sleep(0.1)"], tmp_path, {})
    assert sample.cpu > 0
    assert sample.seconds >= 0.1
    assert sample.peak > MIB


def test_a_failed_command_shows_its_output(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="gone wrong"):
        measure(["/bin/sh", "-c", "echo gone wrong; exit 3"], tmp_path, {"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize("scenario", [scenario for scenario in SCENARIOS if "edit" in scenario.name])
def test_an_edit_changes_one_line_from_run_to_run(scenario: Scenario, tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    before = contents(tmp_path)
    scenario.prepare(tree, 1)
    first = contents(tmp_path)
    scenario.prepare(tree, 2)
    second = contents(tmp_path)
    assert sum(before[path] != first[path] for path in before) == 1
    assert {path: len(text.splitlines()) for path, text in first.items()} == {
        path: len(text.splitlines()) for path, text in second.items()
    }
    assert first != second


def test_re_indenting_keeps_the_meaning(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    path = tmp_path / f"targets/{TARGET}.json"
    before = path.read_text()
    next(scenario for scenario in SCENARIOS if "re-indented" in scenario.name).prepare(tree, 1)
    assert path.read_text() != before
    assert json.loads(path.read_text()) == json.loads(before)


def test_the_lock_files_differ_in_one_package(tmp_path: Path) -> None:
    write_package(tmp_path / "package")
    texts = [(tmp_path / "package" / name).read_text() for name in LOCK_FILES]
    assert texts[0] == (tmp_path / "package/Cargo.lock").read_text()
    for text in texts[1:]:
        changed = [new for old, new in zip(texts[0].splitlines(), text.splitlines(), strict=True) if old != new]
        assert [line.split()[0] for line in changed] == ["version", "checksum"]
        assert parse_lock(text, "Cargo.lock")
