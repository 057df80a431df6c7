"""What a toolchain says that a specification is judged by: processes and their answers, each asked once."""

from __future__ import annotations

import json

from rust_firmware.probes import Answer, Probes, ask_process
from steelmill.rustc.probe import PROBE_SOURCE
from steelmill.rustc.toolchain import RustToolchain
from steelmill.target_spec.knowledge import (
    BuiltIn,
    Knowledge,
    LlvmTarget,
    Schema,
    Trial,
    llvm_question,
    parse_built_in,
    parse_cpus,
    parse_features,
    parse_llvm_target,
    parse_trial,
)
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.schema import simplify_schema
from steelmill.target_spec.schema_table import bundled_schema

_SPEC = "target.json"


def find_knowledge(probes: Probes, toolchain: RustToolchain, spec: TargetSpec) -> Knowledge:
    """Ask the toolchain all that the rules want to know about ``spec``."""
    return Knowledge(
        release=toolchain.version.numbers,
        schema=_schema(probes, toolchain),
        built_in=_built_in(probes, toolchain),
        llvm=_llvm(probes, toolchain, spec),
    )


def try_rustc(toolchain: RustToolchain, text: str) -> Trial:
    """Generate code for the specification in ``text``."""
    return parse_trial(_compile(toolchain, text))


def list_llvm(toolchain: RustToolchain, question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the processors and the features that LLVM lists for ``llvm_question``."""
    cpus, features = (
        _ask(toolchain, "--print", listing, "--target", _SPEC, text=question).stdout
        for listing in ("target-cpus", "target-features")
    )
    return parse_cpus(cpus), parse_features(features)


def _schema(probes: Probes, toolchain: RustToolchain) -> Schema:
    def ask() -> str | None:
        answer = _ask(toolchain, "--print", "target-spec-json-schema")
        return answer.stdout if answer.status == 0 else None

    text = probes.remember("target-spec-json-schema", [toolchain.rustc_identity], ask)
    return simplify_schema(json.loads(text)) if text else bundled_schema(toolchain.version.numbers)


def _built_in(probes: Probes, toolchain: RustToolchain) -> dict[str, BuiltIn]:
    targets = probes.remember(
        "built-in-targets",
        [toolchain.rustc_identity],
        lambda: parse_built_in(_ask(toolchain, "--print", "all-target-specs-json").stdout),
    )
    return {name: BuiltIn(*target) for name, target in targets.items()}


def _llvm(probes: Probes, toolchain: RustToolchain, spec: TargetSpec) -> LlvmTarget:
    if not isinstance(spec.get("llvm-target"), str):
        return LlvmTarget(exists=True)
    question = llvm_question(spec.keys, toolchain.version.numbers)

    def ask() -> LlvmTarget:
        found = parse_llvm_target(_compile(toolchain, question))
        if found.knows_cpu and not found.unknown_features:
            return found
        cpus, features = list_llvm(toolchain, question)
        return found._replace(cpus=cpus, features=features)

    return LlvmTarget(*probes.remember("llvm-target", [toolchain.rustc_identity, question], ask))


def _compile(toolchain: RustToolchain, text: str) -> str:
    """Generate the code of an empty crate for the specification ``text``; give what rustc and LLVM said."""
    return _ask(toolchain, "--crate-type=rlib", "--emit=obj=probe.o", "probe.rs", "--target", _SPEC, text=text).stderr


def _ask(toolchain: RustToolchain, *arguments: str, text: str | None = None) -> Answer:
    files = {} if text is None else {_SPEC: text, "probe.rs": PROBE_SOURCE}
    return ask_process([toolchain.rustc, "-Zunstable-options", *arguments], dict(toolchain.env), files=files)
