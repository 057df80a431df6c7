"""The rules that go across keys: each a function from the specification and the toolchain's knowledge to faults.

They see only keys that the schema accepts, so a value has the type that it should have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.rules import abi, atomics, codegen, linking, machine, name, trial

Rule = Callable[[TargetSpec, Knowledge], Iterable[Fault]]

RULES_OF_KEYS: Mapping[str, Rule] = {
    "llvm-target": machine.llvm_target_is_known,
    "arch": machine.arch_fits_llvm_target,
    "pointer-width": machine.pointer_width_fits,
    "endian": machine.endian_fits,
    "data-layout": machine.data_layout_is_llvms,
    "cpu": machine.cpu_is_known,
    "features-form": machine.features_have_a_sign,
    "features-known": machine.features_are_known,
    "text": machine.texts_have_no_spaces,
    "relocation-model": codegen.relocation_model_is_supported,
    "code-model": codegen.code_model_is_supported,
    "explicit-cpu": codegen.cpu_is_named,
    "c-integers": codegen.c_integers_are_possible,
    "link-args": linking.link_args_fit_the_flavor,
    "link-env": linking.link_env_is_assignments,
    "file-name": name.file_name_fits_arch,
}
"""Id -> rule, of what a key says by itself or of the machine. The ids stay as they are."""

RULES_BETWEEN_KEYS: Mapping[str, Rule] = {
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
}
"""Likewise, of what keys say together: nothing certain follows from a machine or a feature that is written wrongly."""

RULES_OF_RUSTC: Mapping[str, Rule] = {
    "abi-features": trial.abi_has_its_features,
    "rustc": trial.rustc_accepts_it,
}
"""Likewise, for where the others find nothing: a refusal has mostly a cause that they name better."""

_MACHINE = ("arch", "llvm-target", "target-pointer-width", "cpu", "features")


def check_rules(spec: TargetSpec, knowledge: Knowledge) -> list[Fault]:
    """Give what the rules find in a specification that the schema accepts."""
    faults = check_rules_of_keys(spec, knowledge)
    if not any(fault.path[:1] == (key,) for fault in faults for key in _MACHINE):
        faults += _run(RULES_BETWEEN_KEYS, spec, knowledge)
    return faults or _run(RULES_OF_RUSTC, spec, knowledge)


def check_rules_of_keys(spec: TargetSpec, knowledge: Knowledge) -> list[Fault]:
    """Give what is wrong with keys by themselves."""
    return _run(RULES_OF_KEYS, spec, knowledge)


def _run(rules: Mapping[str, Rule], spec: TargetSpec, knowledge: Knowledge) -> list[Fault]:
    return [fault._replace(rule=rule) for rule, check in rules.items() for fault in check(spec, knowledge)]
