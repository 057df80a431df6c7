"""AuditTarget: what a target asks of every object linked for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from steelmill.cc.arch import riscv, riscv_isa
from steelmill.cc.arch.arm import is_hard_float, sub_architecture
from steelmill.cc.arch.arm_architecture import ARM_ARCHITECTURES
from steelmill.cc.arch.arm_fpu import MVE_CPUS, Fpu, find_fpu
from steelmill.cc.arch.model import Request
from steelmill.cc.arch.x86 import is_soft_float
from steelmill.cc.flags import DEFAULT_VERSION, Flag
from steelmill.cc.view import CfgView, TargetView
from steelmill.elf import machine

FloatAbi = Literal["soft", "single", "double", "quad", "hard", ""]


class AuditTarget(NamedTuple):
    """The target's side of every rule; numbers and words alone, so that it goes into JSON as it is."""

    arch: str
    """rustc's ``target_arch``"""
    machine: int = 0
    """e_machine; 0 where it is not known, and then most rules are silent"""
    bits: int = 0
    """of an address"""
    big_endian: bool = False
    flags: tuple[str, ...] = ()
    """The C flags of the target, to name in remedies."""
    float_abi: FloatAbi = ""
    """Where floats are passed: soft is integer registers. RISC-V: the widest that has a register of its own."""
    architecture: str = ""
    """ARM: the architecture as ``rules/arm.py`` names it, ``v7E-M``; empty where llvm-target names none."""
    thumb_only: bool = False
    """ARM: the processor has no ARM state (M profile)."""
    fpu: Fpu | None = None
    """ARM: the floating-point unit."""
    fpu_known: bool = True
    """ARM: False for units of later processors (MVE), which no table describes."""
    extensions: tuple[str, ...] = ()
    """RISC-V: all extensions, with what they bring along. ARM: ``dsp``, ``mve``. x86: units as in FunctionFacts."""
    extensions_known: bool = True
    """False where only rustc's cfg could tell and was not asked."""
    enum_bits: int = 32
    """The least size of an enum (c-enum-min-bits)."""
    red_zone: bool = False
    """Code may store below the stack pointer."""
    code_model: str = ""
    """rustc's name; empty for its default."""
    stack_align: int = 0
    """Bytes, at every call; 0 where nothing is asked."""
    atomic_calls: tuple[str, ...] = ()
    """Functions that Rust code may call for its atomics, which the image must bring; empty where the core has them."""


_MACHINES = {
    "x86": machine.X86,
    "x86_64": machine.X86_64,
    "arm": machine.ARM,
    "aarch64": machine.AARCH64,
    "riscv32": machine.RISCV,
    "riscv64": machine.RISCV,
}

_STACK_ALIGN = {"x86_64": 16, "arm": 8, "aarch64": 16, "riscv32": 16, "riscv64": 16}
"""By each architecture's ABI. LLVM keeps 4 bytes on 32-bit x86 without a system."""

_X86_UNITS = {"x87": "x87", "mmx": "mmx", "sse": "sse", "avx": "avx", "avx512f": "avx512"}
"""LLVM's feature -> the unit as FunctionFacts names it."""


def audit_target(
    spec: TargetView, cfg: CfgView | None, c_flags: Sequence[Flag], atomic_calls: tuple[str, ...] = ()
) -> AuditTarget:
    """Tell from the specification, rustc's cfg and the C flags derived from both what objects must be like."""
    request = Request(spec, cfg, "gcc", DEFAULT_VERSION)
    common = AuditTarget(
        arch=spec.arch,
        machine=_MACHINES.get(spec.arch, 0),
        bits=int(spec.get("target-pointer-width", 0)),
        big_endian=spec.get("target-endian") == "big",
        flags=tuple(flag.argument for flag in c_flags),
        enum_bits=int(spec.get("c-enum-min-bits", 32)),
        code_model=str(spec.get("code-model") or ""),
        stack_align=_STACK_ALIGN.get(spec.arch, 0),
        atomic_calls=atomic_calls,
    )
    refine = _BY_ARCH.get(spec.arch)
    return refine(common, request) if refine else common


def _arm(common: AuditTarget, request: Request) -> AuditTarget:
    spec = request.spec
    architecture = ARM_ARCHITECTURES.get(sub_architecture(request))
    cpu = None if spec.cpu == "generic" else spec.cpu
    features = set(request.cfg_values("target_feature"))
    return common._replace(
        float_abi="hard" if is_hard_float(request) else "soft",
        architecture=architecture.name if architecture else "",
        thumb_only=architecture is not None and architecture.is_microcontroller,
        fpu=None
        if request.feature("soft-float")
        else find_fpu(spec.features, cpu, architecture.march if architecture else None),
        fpu_known=cpu not in MVE_CPUS,
        extensions=tuple(name for name in ("dsp", "mve") if name in features or request.feature(name)),
        extensions_known=request.cfg is not None and cpu not in MVE_CPUS,
    )


def _riscv(common: AuditTarget, request: Request) -> AuditTarget:
    spec = request.spec
    named = riscv.extensions(request)
    abi = riscv.abi_name(request)
    return common._replace(
        float_abi=riscv_isa.float_abi(abi),
        extensions=tuple(sorted(riscv_isa.closure(named | set(riscv_isa.ALWAYS)))),
        # Only rustc knows what a processor brings along.
        extensions_known=request.cfg is not None or spec.cpu is None or spec.cpu.startswith("generic"),
        stack_align=4 if abi == "ilp32e" else 8 if abi == "lp64e" else common.stack_align,
    )


def _x86(common: AuditTarget, request: Request) -> AuditTarget:
    soft = is_soft_float(request)
    always = ("x87", "mmx", "sse") if common.arch == "x86_64" else ("x87",)
    features = request.cfg_values("target_feature")
    units = {
        unit
        for feature, unit in _X86_UNITS.items()
        if request.feature(feature) is not False
        and (request.feature(feature) or feature in features or feature in always)
    }
    return common._replace(
        float_abi="soft" if soft else "hard",
        extensions=() if soft else tuple(sorted(units)),
        extensions_known=request.cfg is not None,
        red_zone=common.arch == "x86_64" and not request.spec.get("disable-redzone"),
    )


_BY_ARCH: Mapping[str, Callable[[AuditTarget, Request], AuditTarget]] = {
    "arm": _arm,
    "riscv32": _riscv,
    "riscv64": _riscv,
    "x86": _x86,
    "x86_64": _x86,
}
"""rustc's ``target_arch`` -> what it adds to what all have in common."""


def dump_target(target: AuditTarget) -> str:
    """Write JSON, the same text for the same target."""
    return json.dumps(target._asdict(), separators=(",", ":")) + "\n"


def load_target(text: str) -> AuditTarget:
    """Read what ``dump_target`` wrote."""
    loaded: dict[str, Any] = json.loads(text)
    fpu = loaded.pop("fpu")
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()}
    return AuditTarget(fpu=Fpu(*fpu) if fpu else None, **plain)
