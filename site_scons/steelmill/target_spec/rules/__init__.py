"""The rules that go across keys: each a function from the specification and the toolchain's knowledge to faults.

They run only on keys that the schema accepts, so a value has the type that it should have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.rules import abi, atomics, codegen, linking, machine, name, trial

Rule = Callable[[TargetSpec, Knowledge], Iterable[Fault]]

RULES: Mapping[str, Rule] = {
    "llvm-target": machine.llvm_target_is_known,
    "arch": machine.arch_fits_llvm_target,
    "pointer-width": machine.pointer_width_fits,
    "endian": machine.endian_fits,
    "data-layout": machine.data_layout_is_llvms,
    "cpu": machine.cpu_is_known,
    "features-form": machine.features_have_a_sign,
    "features-known": machine.features_are_known,
    "text": machine.texts_have_no_spaces,
    "abi-key": abi.abi_keys_have_a_meaning,
    "arm-float-abi": abi.arm_float_abi_fits,
    "arm-fpu": abi.arm_hard_float_has_registers,
    "riscv-abi": abi.riscv_abi_fits_features,
    "abi-name": abi.abi_name_is_known,
    "softfloat": abi.softfloat_fits_features,
    "target-abi": abi.target_abi_fits,
    "atomic-width": atomics.widths_are_possible,
    "atomic-cas": atomics.compare_and_swap_exists,
    "atomic-load": atomics.load_and_store_exist,
    "relocation-model": codegen.relocation_model_is_supported,
    "code-model": codegen.code_model_is_supported,
    "explicit-cpu": codegen.cpu_is_named,
    "c-integers": codegen.c_integers_are_possible,
    "link-args": linking.link_args_fit_the_flavor,
    "link-env": linking.link_env_is_assignments,
    "file-name": name.file_name_fits_arch,
}
"""Id -> rule. The ids stay as they are."""

LAST_RULES: Mapping[str, Rule] = {
    "abi-features": trial.abi_has_its_features,
    "rustc": trial.rustc_accepts_it,
}
"""Likewise, for where the others find nothing: a refusal has mostly a cause that they name better."""


def check_rules(spec: TargetSpec, knowledge: Knowledge) -> list[Fault]:
    """Give what the rules find."""
    return _run(RULES, spec, knowledge) or _run(LAST_RULES, spec, knowledge)


def _run(rules: Mapping[str, Rule], spec: TargetSpec, knowledge: Knowledge) -> list[Fault]:
    return [fault._replace(rule=rule) for rule, check in rules.items() for fault in check(spec, knowledge)]
