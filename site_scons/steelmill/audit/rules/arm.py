"""Rules for 32-bit ARM, by build attributes: "Addenda to, and Errata in, the ABI for the Arm Architecture"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from steelmill.audit.facts import MemberFacts
from steelmill.audit.rules.remark import Remark, flags
from steelmill.audit.target import AuditTarget
from steelmill.cc.arch.arm_fpu import Fpu

_ARCHITECTURES = {
    0: "pre-v4", 1: "v4", 2: "v4T", 3: "v5T", 4: "v5TE", 5: "v5TEJ", 6: "v6", 7: "v6KZ", 8: "v6T2", 9: "v6K", 10: "v7",
    11: "v6-M", 12: "v6S-M", 13: "v7E-M", 14: "v8-A", 15: "v8-R", 16: "v8-M.base", 17: "v8-M.main", 18: "v8.1-A",
    19: "v8.2-A", 20: "v8.3-A", 21: "v8.1-M.main", 22: "v9-A",
}  # fmt: skip
"""Tag_CPU_arch"""

_PROFILES = {ord("A"): "v7-A", ord("R"): "v7-R", ord("M"): "v7-M"}
"""Tag_CPU_arch_profile of v7, which alone has one architecture for three profiles."""

_CLASSIC = ("pre-v4", "v4", "v4T", "v5T", "v5TE", "v5TEJ", "v6", "v6K", "v6KZ", "v6T2", "v7")
"""Each runs the code of those before it; v7 is what its three profiles share."""

_RUNS: Mapping[str, tuple[str, ...]] = {
    "v4T": _CLASSIC[:3],
    "v5TE": _CLASSIC[:5],
    "v6": _CLASSIC[:7],
    "v6K": _CLASSIC[:8],
    "v6T2": (*_CLASSIC[:7], "v6T2"),
    "v7-A": (*_CLASSIC, "v7-A"),
    "v7-R": (*_CLASSIC, "v7-R"),
    "v8-A": (*_CLASSIC, "v7-A", "v8-A"),
    "v8-R": (*_CLASSIC, "v7-R", "v8-R"),
    "v6S-M": ("v6-M", "v6S-M"),
    "v7-M": ("v6-M", "v6S-M", "v7", "v7-M"),
    "v7E-M": ("v6-M", "v6S-M", "v7", "v7-M", "v7E-M"),
    "v8-M.base": ("v6-M", "v6S-M", "v8-M.base"),
    # v7E-M is v7-M with DSP, which the rule for extensions asks for.
    "v8-M.main": ("v6-M", "v6S-M", "v7", "v7-M", "v7E-M", "v8-M.base", "v8-M.main"),
    "v8.1-M.main": ("v6-M", "v6S-M", "v7", "v7-M", "v7E-M", "v8-M.base", "v8-M.main", "v8.1-M.main"),
}
"""Architecture -> those whose code it runs."""

_THUMB_1 = 1
"""Tag_THUMB_ISA_use: 16-bit Thumb, which every later processor runs."""

_SINGLE = 1
"""Tag_ABI_HardFP_use: single precision alone; absent it means all that Tag_FP_arch has."""

_SHORT_ENUMS, _INT_ENUMS = 1, 2
"""Tag_ABI_enum_size; 3, 32 bits for enums that others see, is at home everywhere."""


class _Unit(NamedTuple):
    generation: int
    d32: bool
    name: str


_UNITS = {
    1: _Unit(1, False, "VFPv1"),
    2: _Unit(2, False, "VFPv2"),
    3: _Unit(3, True, "VFPv3"),
    4: _Unit(3, False, "VFPv3-D16"),
    5: _Unit(4, True, "VFPv4"),
    6: _Unit(4, False, "VFPv4-D16"),
    7: _Unit(5, True, "FP for Armv8"),
    8: _Unit(5, False, "FPv5-D16"),
}
"""Tag_FP_arch"""


def check(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    """Hold an object against the target. One without attributes, as a plain assembler's, says nothing."""
    if member.attributes:
        yield from _float_abi(target, member)
        yield from _fpu(target, member)
        yield from _architecture(target, member)
        yield from _extensions(target, member)
        yield from _types(target, member)


def _number(member: MemberFacts, name: str) -> int:
    return int(member.attributes.get(name, 0))


def _float_abi(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    arguments = _number(member, "ABI_VFP_args")
    remedy = f"compile it with {flags(target, '-mfloat-abi=')}"
    in_fpu, in_integers = "floats passed in FPU registers", "floats passed in integer registers"
    if target.float_abi == "soft" and arguments == 1:
        yield Remark("float-abi", "Tag_ABI_VFP_args", in_fpu, f"{in_integers} (llvm-floatabi)", remedy)
    # gcc writes nothing for soft, and nothing for assembly: another tag tells that a compiler was at work.
    if target.float_abi == "hard" and not arguments and "ABI_FP_number_model" in member.attributes:
        helper = next((name for name in member.undefined if name.startswith(("__aeabi_f", "__aeabi_d"))), "")
        silent = not helper and not _number(member, "FP_arch")
        seen = f" (it calls {helper})" if helper else ", though none is in sight" if silent else ""
        yield Remark(
            "float-abi",
            "Tag_ABI_VFP_args",
            in_integers + seen,
            f"{in_fpu} (llvm-floatabi)",
            remedy,
            "warning" if silent else "error",
        )


def _fpu(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    unit = _UNITS.get(_number(member, "FP_arch"))
    if not target.fpu_known or unit is None:
        return
    double = _number(member, "ABI_HardFP_use") != _SINGLE
    neon = bool(_number(member, "Advanced_SIMD_arch"))
    has = target.fpu
    fits = (
        has is not None
        and unit.generation <= has.generation
        and (has.double or not double)
        and (has.d32 or not unit.d32)
        and (has.neon or not neon)
    )
    if not fits:
        precision = "double precision" if double else "single precision"
        yield Remark(
            "fpu",
            "Tag_FP_arch",
            f"code for {unit.name}, {precision}{', with NEON' * neon}",
            f"{_describe(has)} (features, cpu)",
            f"compile it with {flags(target, '-mfpu=', '-mfloat-abi=', '-mcpu=')}",
        )


def _describe(fpu: Fpu | None) -> str:
    if fpu is None:
        return "no floating-point unit"
    name = f"FPv{fpu.generation}" if fpu.generation > 3 else f"VFPv{fpu.generation}"
    registers = "32 registers" if fpu.d32 else "16 registers"
    return f"{name}, {'double' if fpu.double else 'single'} precision, {registers}{', with NEON' * fpu.neon}"


def _architecture(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    if target.architecture not in _RUNS:
        return
    name = _ARCHITECTURES.get(_number(member, "CPU_arch"), "")
    if name == "v7":
        name = _PROFILES.get(_number(member, "CPU_arch_profile"), name)
    arm_state = "arm" in member.states if member.states else bool(_number(member, "ARM_ISA_use"))
    thumb = _number(member, "THUMB_ISA_use")
    wanted = f"Arm{target.architecture} code (llvm-target)"
    remedy = f"compile it with {flags(target, '-mthumb', '-marm', '-march=', '-mcpu=')}"
    if not name or name in _RUNS[target.architecture]:
        return
    if target.thumb_only and name in _CLASSIC:
        if arm_state:
            yield Remark("instruction-set", "Tag_ARM_ISA_use", f"Arm{name} code in ARM state", wanted, remedy)
        elif thumb > _THUMB_1 and target.architecture in ("v6S-M", "v8-M.base"):
            yield Remark("cpu", "Tag_CPU_arch", f"Arm{name} code", wanted, remedy)
    elif name.endswith(("-A", "-R", "M.base", "M.main", "-M")) and _profile(name) != _profile(target.architecture):
        yield Remark("instruction-set", "Tag_CPU_arch_profile", f"Arm{name} code", wanted, remedy)
    else:
        yield Remark("cpu", "Tag_CPU_arch", f"Arm{name} code", wanted, remedy)


def _profile(architecture: str) -> str:
    """Give A, R or M; architectures before the profiles count as A."""
    return architecture.partition("-")[2][:1] or "A"


def _extensions(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    if not target.extensions_known:
        return
    dsp = _number(member, "DSP_extension") or (
        target.architecture == "v8-M.main" and _ARCHITECTURES.get(_number(member, "CPU_arch")) == "v7E-M"
    )
    used = (("dsp", "DSP", bool(dsp)), ("mve", "MVE", bool(_number(member, "MVE_arch"))))
    for name, title, on in used:
        if on and name not in target.extensions:
            yield Remark(
                "isa-extensions",
                f"Tag_{title}_{'extension' if name == 'dsp' else 'arch'}",
                f"code for the {title} extension",
                f"no {title} extension (features, cpu)",
                f"compile it with {flags(target, '-march=', '-mcpu=')}",
            )


def _types(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    enums = _number(member, "ABI_enum_size")
    if enums == (_INT_ENUMS if target.enum_bits == 8 else _SHORT_ENUMS):
        words = ("enums of at least 32 bits", "enums as small as their values")
        yield Remark(
            "enum-size",
            "Tag_ABI_enum_size",
            words[enums == _SHORT_ENUMS],
            f"{words[target.enum_bits == 8]} (c-enum-min-bits)",
            f"compile it with {flags(target, '-fshort-enums', '-fno-short-enums')}",
        )
    if _number(member, "ABI_PCS_wchar_t") not in (0, 4):
        yield Remark(
            "wchar",
            "Tag_ABI_PCS_wchar_t",
            f"wchar_t of {_number(member, 'ABI_PCS_wchar_t')} bytes",
            "wchar_t of 4 bytes",
            "compile it with -fno-short-wchar",
            "warning",
        )
