"""32-bit ARM for C: "ARM Options" of the GCC manual; macros by ACLE (Arm C Language Extensions)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from steelmill.cc.arch.arm_architecture import ARM_ARCHITECTURES, ArmArchitecture
from steelmill.cc.arch.arm_fpu import MVE_CPUS, Fpu, find_fpu, gcc_name
from steelmill.cc.arch.model import Arch, Check, Macros, Request, Row, Trait
from steelmill.errors import InputError
from steelmill.target_spec.arches import arm_sub_architecture

_FEATURES = {
    "reserve-r9": "-ffixed-r9",
    "long-calls": "-mlong-calls",
    "execute-only": "-mpure-code",
}

_FLOAT_CALLS = ("soft-float calls", "hard-float calls")

_ARM_FP_BITS = 0x0C
"""ACLE's __ARM_FP: bit 2 single, bit 3 double precision; bit 1, half precision, changes no call."""


def _is_thumb(request: Request) -> bool:
    return request.spec.llvm_target.startswith("thumb") or request.feature("thumb-mode") is True


def sub_architecture(request: Request) -> str:
    """Give LLVM's name of the architecture; empty for plain ``arm``."""
    name = arm_sub_architecture(request.spec.llvm_target)
    return "v6k" if name == "v6" and request.feature("v6k") else name


def _architecture(request: Request) -> ArmArchitecture | None:
    name = sub_architecture(request)
    return request.choose("llvm-target architecture", name, ARM_ARCHITECTURES) if name else None


def _cpu(request: Request) -> str | None:
    return None if request.spec.cpu in (None, "generic") else request.spec.cpu


def _arch(request: Request) -> Iterable[str]:
    architecture = _architecture(request)
    if _cpu(request) or architecture is None:
        return ()
    return (f"-march={architecture.march}",)


def _fpu(request: Request) -> Fpu | None:
    architecture = _architecture(request)
    if request.feature("soft-float"):
        return None
    return find_fpu(request.spec.features, _cpu(request), architecture.march if architecture else None)


def is_hard_float(request: Request) -> bool:
    """Say whether floats are passed in FPU registers; raise InputError where ``llvm-floatabi`` is a word of its own."""
    wanted = request.spec.get("llvm-floatabi")
    if wanted is None:
        wanted = "hard" if str(request.spec.get("abi", "")).endswith("hf") else "soft"
    return request.choose("llvm-floatabi", wanted, {"hard": True, "soft": False})


def _float_abi(request: Request) -> Iterable[str]:
    if is_hard_float(request):
        return ("-mfloat-abi=hard",)
    # softfp: the calls of soft, while the code between them may use the unit, as Rust's does.
    return ("-mfloat-abi=softfp" if _fpu_arguments(request) else "-mfloat-abi=soft",)


def _fpu_arguments(request: Request) -> Iterable[str]:
    if _cpu(request) in MVE_CPUS and not request.feature("soft-float"):
        return () if request.family == "clang" else ("-mfpu=auto",)
    fpu = _fpu(request)
    name = gcc_name(fpu) if fpu else None
    if name:
        return (f"-mfpu={name}",)
    if is_hard_float(request):
        raise InputError(
            f"llvm-floatabi is 'hard', but {'gcc has no name for the FPU that' if fpu else 'no FPU is named by'} "
            "cpu and features",
            place=request.spec.place,
            remedy="add the FPU to 'features' (+vfp4d16sp on a Cortex-M4F), or set llvm-floatabi to 'soft'",
        )
    return ()


def _features(request: Request) -> Iterable[str]:
    return tuple(flag for name, flag in _FEATURES.items() if request.feature(name))


def _strict_align(request: Request) -> Iterable[str]:
    return ("-mno-unaligned-access",) if request.feature("strict-align") else ()


def _precision(request: Request) -> str | None:
    if _cpu(request) in MVE_CPUS:
        return None
    fpu = _fpu(request)
    return (
        "no FPU"
        if fpu is None or gcc_name(fpu) is None
        else "double-precision FPU"
        if fpu.double
        else "single-precision FPU"
    )


def _precision_found(macros: Macros) -> str:
    bits = int(macros.get("__ARM_FP", "0"), 0) & _ARM_FP_BITS
    return {0: "no FPU", 0x04: "single-precision FPU"}.get(bits, "double-precision FPU")


def _architecture_wanted(request: Request) -> str | None:
    architecture = _architecture(request)
    return f"architecture {architecture.macro}" if architecture and not _cpu(request) else None


def _architecture_found(macros: Macros) -> str:
    named = (name for name in macros if re.fullmatch(r"__ARM_ARCH_\d+[A-Z_]*__", name) and "ISA" not in name)
    return f"architecture {next(named, 'unknown')}"


def _state_wanted(request: Request) -> str | None:
    """Ask for Thumb code of the M profile alone: the others switch between both states at every call."""
    architecture = _architecture(request)
    return "Thumb code" if architecture and architecture.is_microcontroller else None


def _alignment_found(macros: Macros) -> str:
    return "unaligned accesses" if "__ARM_FEATURE_UNALIGNED" in macros else "aligned accesses only"


def _enum_bits_wanted(request: Request) -> str:
    return f"enums of at least {request.spec.get('c-enum-min-bits', 32)} bits"


def _enum_bits_found(macros: Macros) -> str:
    return f"enums of at least {8 * int(macros.get('__ARM_SIZEOF_MINIMAL_ENUM', '4'))} bits"


ARM = Arch(
    prefixes=("arm-none-eabi-",),
    macro="__arm__",
    rows=(
        Row("llvm-target", lambda request: ("-mthumb" if _is_thumb(request) else "-marm",)),
        Row("llvm-target", _arch),
        Row("cpu", lambda request: (f"-mcpu={_cpu(request)}",) if _cpu(request) else ()),
        Row("target-endian", lambda request: ("-mbig-endian",) * (request.spec.get("target-endian") == "big")),
        Row("llvm-floatabi", _float_abi),
        Row("features", _fpu_arguments),
        Row("features", _strict_align),
        Row("features", _features),
    ),
    checks=(
        Check(
            "llvm-floatabi",
            lambda request: _FLOAT_CALLS[is_hard_float(request)],
            lambda macros: _FLOAT_CALLS["__ARM_PCS_VFP" in macros],
        ),
        Check("features", _precision, _precision_found),
        Check(
            "llvm-target",
            _state_wanted,
            lambda macros: "Thumb code" if "__thumb__" in macros else "ARM code",
        ),
        Check("llvm-target", _architecture_wanted, _architecture_found),
        Check(
            "features",
            lambda request: "aligned accesses only" if request.feature("strict-align") else None,
            _alignment_found,
        ),
        Check("c-enum-min-bits", _enum_bits_wanted, _enum_bits_found),
    ),
    emulations={("arm", "little"): "armelf", ("arm", "big"): "armelfb"},
    plain_char_unsigned=True,
    features={
        # not __ARM_FEATURE_DSP, which Armv5TE has too
        "__ARM_FEATURE_SIMD32": "dsp",
        "__ARM_NEON": "neon",
        "__ARM_FEATURE_CRC32": "crc",
        "__ARM_FEATURE_DOTPROD": "dotprod",
    },
    traits=(
        Trait("cpu", _architecture_found),
        Trait("features", lambda macros: f"{'' if '__ARM_FEATURE_MVE' in macros else 'no '}vector extension MVE"),
    ),
)
