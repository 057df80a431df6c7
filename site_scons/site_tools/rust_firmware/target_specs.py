"""Where target specifications are found, and what rustc says of them."""

from __future__ import annotations

import os

from rust_firmware.nodes import Graph
from rust_firmware.probes import Probes, ask_process
from rust_firmware.session import BUILD_DIR
from rust_firmware.tree import Tree
from steelmill.errors import InputError
from steelmill.rustc.cfg import parse_cfg
from steelmill.rustc.probe import explain_probe, probe_steps
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import write_step
from steelmill.suggest import did_you_mean
from steelmill.target_spec.canonical import canonical_text, complete_text, target_tuple
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.parse import parse_target_spec

TARGETS_DIR = "targets"


def find_target_spec(tree: Tree, probes: Probes, toolchain: RustToolchain, name: str) -> TargetSpec:
    """Read the specification called ``name``: a path, a name under targets/, in RUST_TARGET_PATH, or built in."""
    if name.endswith(".json"):
        if not os.path.isfile(tree.absolute(name)):
            near = _near_file(tree.absolute(name))
            raise InputError(f"no such file{near}", place=name, remedy="give the path of a target JSON")
        return _read_spec(tree, name)
    for folder in (TARGETS_DIR, *filter(None, os.environ.get("RUST_TARGET_PATH", "").split(os.pathsep))):
        path = os.path.join(folder, f"{name}.json")
        if os.path.isfile(tree.absolute(path)):
            return _read_spec(tree, path)
    built_in = _built_in_names(probes, toolchain)
    if name not in built_in:
        shipped = shipped_names(tree)
        raise InputError(
            f"unknown target {name!r}{did_you_mean(name, [*shipped, *built_in])}",
            place="target=",
            details=[("looked at", f"{TARGETS_DIR}/, RUST_TARGET_PATH, the targets built into rustc")],
            remedy=f"name one of {', '.join(shipped) or 'rustc --print target-list'}, or a path to a JSON",
        )
    text = probes.remember(
        "target-spec-json",
        [toolchain.rustc_identity, name],
        lambda: (
            ask_process(
                [toolchain.rustc, "-Zunstable-options", "--print", "target-spec-json", "--target", name],
                dict(toolchain.env),
            ).stdout
        ),
    )
    return parse_target_spec(text, name=name, place=f"rustc {name}")


def shipped_names(tree: Tree) -> list[str]:
    """Give the names of the specifications under targets/, sorted."""
    folder = tree.absolute(TARGETS_DIR)
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def make_target(probes: Probes, graph: Graph, toolchain: RustToolchain, spec: TargetSpec) -> Target:
    """Add the canonical file and the codegen probe of a target; raise InputError where rustc refuses the target."""
    folder = f"{BUILD_DIR}/{spec.name}/target"
    text = canonical_text(spec)
    path = f"{folder}/{target_tuple(spec)}.json"
    cfg = parse_cfg(_print_cfg(probes, toolchain, spec, complete_text(spec)))
    graph.add(write_step(text, path, ("TARGET", spec.name)))
    steps = probe_steps(toolchain, path, folder, spec.name)
    for step in steps:
        graph.add(step, explain=lambda output, _part: explain_probe(output, spec.place))
    return Target(spec=spec, spec_path=path, cfg=cfg, probe_path=steps[-1].target_paths[0])


def _print_cfg(probes: Probes, toolchain: RustToolchain, spec: TargetSpec, text: str) -> str:
    def ask() -> str:
        answer = ask_process(
            [toolchain.rustc, "-Zunstable-options", "--print", "cfg", "--target", "target.json"],
            dict(toolchain.env),
            files={"target.json": text},
        )
        if answer.status:
            words = next(
                (line for line in answer.stderr.splitlines() if line.startswith("error")), answer.stderr.strip()
            )
            raise InputError(
                f"rustc {toolchain.version.release} refuses this target: {words}",
                place=spec.place,
                remedy="compare it with `rustc -Zunstable-options --print target-spec-json` of a target like it",
            )
        return answer.stdout

    return str(probes.remember("print-cfg", [toolchain.rustc_identity, text], ask))


def _built_in_names(probes: Probes, toolchain: RustToolchain) -> list[str]:
    text: str = probes.remember(
        "target-list",
        [toolchain.rustc_identity],
        lambda: ask_process([toolchain.rustc, "--print", "target-list"], dict(toolchain.env)).stdout,
    )
    return text.split()


def _read_spec(tree: Tree, path: str) -> TargetSpec:
    name = os.path.basename(path).removesuffix(".json")
    try:
        with open(tree.absolute(path), encoding="utf-8-sig") as file:
            return parse_target_spec(file.read(), name=name, place=path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", place=path, remedy="give a JSON file in UTF-8") from None


def _near_file(path: str) -> str:
    folder = os.path.dirname(path) or "."
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return did_you_mean(os.path.basename(path), names)
