"""What rustc says of a target specification."""

from __future__ import annotations

from rust_firmware.failure_facts import spec_facts
from rust_firmware.nodes import Graph
from rust_firmware.probes import Probes, ask_process
from rust_firmware.session import BUILD_DIR
from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.rustc.probe import probe_steps
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import write_step
from steelmill.target_spec.canonical import canonical_text, complete_text, target_tuple
from steelmill.target_spec.model import TargetSpec


def make_target(probes: Probes, graph: Graph, toolchain: RustToolchain, spec: TargetSpec) -> Target:
    """Add the canonical file and the codegen probe of a target; raise InputError where rustc refuses the target."""
    folder = f"{BUILD_DIR}/{spec.name}/target"
    text = canonical_text(spec)
    path = f"{folder}/{target_tuple(spec)}.json"
    cfg = parse_cfg(ask_cfg(probes, toolchain, spec))
    graph.add(write_step(text, path, ("TARGET", spec.name)))
    steps = probe_steps(toolchain, path, folder, spec.name)
    for step in steps:
        graph.add(step, facts=lambda _part: spec_facts(spec))
    return Target(spec=spec, spec_path=path, cfg=cfg, probe_path=steps[-1].target_paths[0])


def ask_host_cfg(probes: Probes, toolchain: RustToolchain) -> Cfg:
    """Give ``rustc --print cfg`` of the machine that builds."""
    text: str = probes.remember(
        "print-cfg of the host",
        [toolchain.rustc_identity],
        lambda: ask_process([toolchain.rustc, "--print", "cfg"], dict(toolchain.env)).stdout,
    )
    return parse_cfg(text)


def ask_cfg(probes: Probes, toolchain: RustToolchain, spec: TargetSpec, rustflags: tuple[str, ...] = ()) -> str:
    """Give ``rustc --print cfg`` of a target under some flags; raise InputError where rustc refuses it."""
    text = complete_text(spec)

    def ask() -> str:
        answer = ask_process(
            [toolchain.rustc, "-Zunstable-options", "--print", "cfg", "--target", "target.json", *rustflags],
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

    flags = [rustflags] if rustflags else []
    return str(probes.remember("print-cfg", [toolchain.rustc_identity, text, *flags], ask))
