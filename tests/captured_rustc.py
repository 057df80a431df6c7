"""What rustc 1.96 says of targets, captured: the rules meet real schemas, processors and features without a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from project import CHECKOUT
from steelmill.errors import InputError
from steelmill.target_spec.adapt import Adapted, adapt
from steelmill.target_spec.check import check_spec, find_faults
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import BuiltIn, Knowledge, LlvmTarget, Schema, Trial, llvm_question
from steelmill.target_spec.parse import parse_target_spec
from steelmill.target_spec.rules.machine import RUSTC_NAMES

RELEASE = (1, 96)


@cache
def captured() -> Mapping[str, Any]:
    content: dict[str, Any] = json.loads((CHECKOUT / "tests/data/rustc_knowledge/1.96.json").read_text())
    return content


def llvm_layout(llvm_target: str) -> str:
    return str(captured()["llvm"][llvm_target]["layout"])


def knowledge_of(
    keys: Mapping[str, Any], release: tuple[int, int] = RELEASE, schema: Schema | None = None
) -> Knowledge:
    return Knowledge(
        release=release,
        schema=schema or captured()["schema"],
        built_in={name: BuiltIn(*target) for name, target in captured()["built_in"].items()},
        llvm=_llvm(keys) if isinstance(keys.get("llvm-target"), str) else LlvmTarget(exists=True),
    )


def check(
    text: str,
    name: str = "board",
    place: str = "board.json",
    release: tuple[int, int] = RELEASE,
    schema: Schema | None = None,
    trial: Trial | None = None,
) -> Adapted:
    """Check a JSON as the plugin does, with what was captured, and with ``trial`` where that is what it is about."""
    spec = parse_target_spec(text, name=name, place=place)
    knowledge = knowledge_of(spec.keys, release, schema)
    return check_spec(spec, text, knowledge, lambda tried: trial or _trial(json.loads(tried), knowledge))


def faults_of(text: str) -> list[Fault]:
    """Find the faults of a JSON, with their rules; none where it is no JSON object at all."""
    try:
        spec = parse_target_spec(text, name="board", place="board.json")
    except InputError:
        return []
    knowledge = knowledge_of(spec.keys)
    spec = spec._replace(keys=adapt(spec.keys, knowledge).keys)
    return list(find_faults(spec, knowledge, lambda tried: _trial(json.loads(tried), knowledge)))


def _llvm(keys: Mapping[str, Any]) -> LlvmTarget:
    question = json.loads(llvm_question(keys, RELEASE))
    targets = captured()["llvm"]
    target = targets.get(f"{keys['llvm-target']} {keys.get('llvm-abiname')}") or targets.get(keys["llvm-target"])
    if target is None:
        return LlvmTarget(exists=False)
    lists = captured()["names"][target["names"]]
    cpus, features = lists["cpus"].split(), lists["features"].split()
    asked = [word[1:] for word in question["features"].split(",") if word]
    return LlvmTarget(
        exists=True,
        layout=target["layout"],
        knows_cpu=question.get("cpu", "generic") in [*cpus, "generic"],
        unknown_features=tuple(dict.fromkeys(word for word in asked if word not in features)),
        cpus=tuple(cpus),
        features=tuple(features),
    )


def _trial(keys: Mapping[str, Any], knowledge: Knowledge) -> Trial:
    layout = knowledge.llvm.layout
    return Trial(
        layout=layout if keys["data-layout"] != layout else None,
        unknown_features=tuple(word for word in knowledge.llvm.unknown_features if word not in RUSTC_NAMES),
    )
