"""AuditTarget: what a target asks of every object linked for it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from steelmill.cc.arch import riscv_isa
from steelmill.cc.arch.arm_fpu import Fpu, find_fpu
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

_ARM_ARCHITECTURES = {
    "v4t": "v4T",
    "v5te": "v5TE",
    "v6": "v6",
    "v6k": "v6K",
    "v6t2": "v6T2",
    "v6m": "v6S-M",
    "v7": "v7-A",
    "v7a": "v7-A",
    "v7r": "v7-R",
    "v7m": "v7-M",
    "v7em": "v7E-M",
    "v8m.base": "v8-M.base",
    "v8m.main": "v8-M.main",
    "v8.1m.main": "v8.1-M.main",
    "v8a": "v8-A",
    "v8r": "v8-R",
}
"""LLVM's sub-architecture -> ARM's name. v6S-M: v6-M with SVC, which LLVM always allows."""

_ARM_DEFAULT_FPUS = {"v7-A": "armv7-a", "v8-A": "armv8-a", "v8-R": "armv8-r"}
"""Architectures that have a unit unless said otherwise, as arm_fpu.py names them."""

_ARM_MVE_CPUS = ("cortex-m52", "cortex-m55", "cortex-m85")

_X86_UNITS = {"x87": "x87", "mmx": "mmx", "sse": "sse", "avx": "avx", "avx512f": "avx512"}
"""LLVM's feature -> the unit as FunctionFacts names it."""

_RISCV_FLOAT_ABIS: dict[str, FloatAbi] = {"f": "single", "d": "double", "q": "quad"}


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
    if spec.arch == "arm":
        return _arm(common, request)
    if spec.arch in ("riscv32", "riscv64"):
        return _riscv(common, request)
    if spec.arch in ("x86", "x86_64"):
        return _x86(common, request)
    return common


def _arm(common: AuditTarget, request: Request) -> AuditTarget:
    spec = request.spec
    match = re.match(r"(?:thumb|arm)(?:eb)?([^-]*)", spec.llvm_target)
    architecture = _ARM_ARCHITECTURES.get(match[1] if match else "", "")
    cpu = None if spec.cpu == "generic" else spec.cpu
    floats = spec.get("llvm-floatabi") or ("hard" if str(spec.get("abi", "")).endswith("hf") else "soft")
    features = set(request.cfg_values("target_feature"))
    return common._replace(
        float_abi="hard" if floats == "hard" else "soft",
        architecture=architecture,
        thumb_only="-M" in architecture,
        fpu=None
        if request.feature("soft-float")
        else find_fpu(spec.features, cpu, _ARM_DEFAULT_FPUS.get(architecture)),
        fpu_known=cpu not in _ARM_MVE_CPUS,
        extensions=tuple(name for name in ("dsp", "mve") if name in features or request.feature(name)),
        extensions_known=request.cfg is not None and cpu not in _ARM_MVE_CPUS,
    )


def _riscv(common: AuditTarget, request: Request) -> AuditTarget:
    spec = request.spec
    signs = {word[1:]: word[0] == "+" for word in spec.features}
    named = {name for name, on in signs.items() if on} | set(request.cfg_values("target_feature"))
    named -= {name for name, on in signs.items() if not on}
    extensions = riscv_isa.closure(named | set(riscv_isa.ALWAYS))
    abi = str(spec.get("llvm-abiname") or riscv_isa.default_abi(common.bits, named))
    return common._replace(
        float_abi=_RISCV_FLOAT_ABIS.get(abi[-1], "soft"),
        extensions=tuple(sorted(extensions)),
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


def dump_target(target: AuditTarget) -> str:
    """Write JSON, the same text for the same target."""
    return json.dumps(target._asdict(), separators=(",", ":")) + "\n"


def load_target(text: str) -> AuditTarget:
    """Read what ``dump_target`` wrote."""
    loaded: dict[str, Any] = json.loads(text)
    fpu = loaded.pop("fpu")
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()}
    return AuditTarget(fpu=Fpu(*fpu) if fpu else None, **plain)
