"""Whether a target specification is right: a verdict that is kept, so that a null build asks nothing."""

from __future__ import annotations

from rust_firmware.probes import Probes
from steelmill.rustc.toolchain import RustToolchain
from steelmill.target_spec.model import TargetSpec


def check_spec(probes: Probes, checks: str, toolchain: RustToolchain, spec: TargetSpec, text: str | None) -> TargetSpec:
    """Give the specification as this rustc takes it; raise InputError that names everything that is wrong with it.

    ``text`` is the JSON that it was read from, for the lines of its keys; None where ``spec.places`` has them.
    ``checks`` identifies the code of the rules: a verdict by other ones counts for nothing.
    """

    def ask() -> object:
        # costly to import, and needed only when the file changed
        from rust_firmware.spec_knowledge import find_knowledge, try_rustc
        from steelmill.target_spec.check import check_spec as check

        return check(spec, text, find_knowledge(probes, toolchain, spec), lambda keys: try_rustc(toolchain, keys))

    facts = [checks, toolchain.rustc_identity, spec.name, text if text is not None else spec.keys]
    keys, notes = probes.remember("spec-check", facts, ask)
    return spec._replace(keys=keys, notes=tuple(notes))
