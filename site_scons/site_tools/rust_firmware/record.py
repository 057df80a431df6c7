"""The record of a Step's last run, kept beside its outputs, and what has changed since: the answer to ``why=1``."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rust_firmware.whole_file import write_whole
from steelmill.step import Step


def record_path(step: Step) -> str:
    """Give the path of the record of ``step``."""
    return f"{step.out_dir}/.steps/{step.outputs[0]}.json"


def write_record(step: Step, inputs: Mapping[str, str], scanned: Iterable[str] = ()) -> None:
    """Keep what the Step was run with.

    ``inputs`` maps every file it depends on to its content signature; ``scanned`` are the files that its sources name.
    """
    write_whole(record_path(step), json.dumps(_content(step, inputs, scanned)))


def explain(step: Step, inputs: Mapping[str, str], scanned: Iterable[str] = (), *, interrupted: bool) -> list[str]:
    """Say, a sentence a line, why the Step runs."""
    if interrupted:
        return ["the last build ended while it was under way"]
    try:
        with open(record_path(step), encoding="utf-8", errors="surrogateescape") as file:
            before = json.load(file)
    except (OSError, ValueError):
        return ["it was not built before"]
    now = _content(step, inputs, scanned)
    if not isinstance(before, dict) or before.keys() != now.keys():
        return ["another version of Steelmill built it"]
    # a file that comes or goes among both is told once
    files = dict.fromkeys(
        [*_changes("", before["inputs"], now["inputs"]), *_changes("", before["scanned"], now["scanned"])]
    )
    return (
        [
            *_argv_changes(before["argv"], now["argv"]),
            *_changes("environment", before["env"], now["env"]),
            *_changes("tool", before["tools"], now["tools"]),
            *files,
        ]
        or [f"{name} is missing" for name in step.target_paths if not os.path.exists(name)]
        or ["an output is missing"]
    )


def _content(step: Step, inputs: Mapping[str, str], scanned: Iterable[str]) -> dict[str, Any]:
    return {
        "argv": list(step.argv),
        "env": dict(step.env),
        "tools": {tool.name: tool.identity for tool in step.tools},
        "inputs": dict(inputs),
        "scanned": dict.fromkeys(scanned, ""),
    }


def _argv_changes(before: list[str], now: list[str]) -> list[str]:
    gone = list((Counter(before) - Counter(now)).elements())
    new = list((Counter(now) - Counter(before)).elements())
    if not gone and not new:
        return ["the order of the command's arguments changed"] if before != now else []
    return [*(f"the command no longer has {word}" for word in gone), *(f"the command now has {word}" for word in new)]


def _changes(kind: str, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    head = f"{kind} " if kind else ""
    changed = [f"{head}{name} changed" for name in now if name in before and before[name] != now[name]]
    new = [f"{head}{name} is new" for name in now if name not in before]
    gone = [f"{head}{name} is gone" for name in before if name not in now]
    return [*changed, *new, *gone]
