"""AArch64 for C: "AArch64 Options" of the GCC manual."""

from __future__ import annotations

import re
from collections.abc import Iterable

from steelmill.cc.arch.model import Arch, Check, Macros, Request, Row, Trait, alignment_switch

_CODE_MODELS = {
    "tiny": ("-mcmodel=tiny",),
    "small": ("-mcmodel=small",),
    "large": ("-mcmodel=large",),
}

_EXTENSIONS = ("crc", "lse", "aes", "sha2", "sha3", "dotprod", "sve", "sve2", "bf16", "i8mm", "rcpc", "memtag", "ssbs")
"""LLVM features that gcc's -march takes under the same name."""

_LEAF = {"always": ("-mno-omit-leaf-frame-pointer",), "non-leaf": ("-momit-leaf-frame-pointer",)}


def _has_fpu(request: Request) -> bool:
    return request.feature("neon") is not False and request.feature("fp-armv8") is not False


_MORE_THAN_LLVM = {"8r": (("dotprod", "dotprod"), ("rdma", "rdm"), ("fp16", "fp16"))}
"""Architecture -> extensions that C compilers count in and LLVM does not: their name, rustc's ``target_feature``."""


def _march(request: Request) -> Iterable[str]:
    version = next((word[2:] for word in request.spec.features if re.fullmatch(r"\+v[89](\.\d+)?[ar]", word)), "8a")
    extensions = "".join(f"+{name}" for name in _EXTENSIONS if request.feature(name))
    if request.spec.cpu and request.spec.cpu != "generic":
        return (f"-mcpu={request.spec.cpu}{extensions}",)
    known = request.cfg_values("target_feature")
    without = "".join(f"+no{name}" for name, feature in _MORE_THAN_LLVM.get(version, ()) if feature not in known)
    return (f"-march=armv{version[:-1]}-{version[-1]}{extensions}{without}",)


def _fixed_registers(request: Request) -> Iterable[str]:
    names = (word[len("+reserve-") :] for word in request.spec.features if re.fullmatch(r"\+reserve-x\d+", word))
    return tuple(f"-ffixed-{name}" for name in names)


def _code_model(request: Request) -> Iterable[str]:
    model = request.spec.get("code-model")
    return () if model is None else request.choose("code-model", model, _CODE_MODELS)


def _code_model_found(macros: Macros) -> str:
    return next((f"code model {name}" for name in _CODE_MODELS if f"__AARCH64_CMODEL_{name.upper()}__" in macros), "")


def _outline(request: Request) -> Iterable[str]:
    # gcc's default calls __aarch64_cas4_acq and its like, which need a runtime that asks Linux for the processor.
    return ("-moutline-atomics" if request.feature("outline-atomics") else "-mno-outline-atomics",)


AARCH64 = Arch(
    prefixes=(
        "aarch64-none-elf-",
        "aarch64-elf-",
        "aarch64-linux-gnu-",
    ),
    macro="__aarch64__",
    rows=(
        Row("features", _march),
        Row("target-endian", lambda request: ("-mbig-endian",) * (request.spec.get("target-endian") == "big")),
        Row("features", lambda request: () if _has_fpu(request) else ("-mgeneral-regs-only",)),
        Row("features", lambda request: ("-mstrict-align",) if request.feature("strict-align") else ()),
        Row("features", _outline),
        Row("features", _fixed_registers),
        Row("code-model", _code_model),
        Row("frame-pointer", lambda request: _LEAF.get(str(request.spec.get("frame-pointer")), ())),
        Row("always", lambda _request: ("-mbranch-protection=none",)),
    ),
    checks=(
        Check(
            "features",
            lambda request: None if _has_fpu(request) else "no FPU registers",
            lambda macros: "FPU registers" if "__ARM_FP" in macros else "no FPU registers",
        ),
        # Not strict-align: gcc 12 defines __ARM_FEATURE_UNALIGNED under -mstrict-align too.
    ),
    emulations={("aarch64", "little"): "aarch64elf", ("aarch64", "big"): "aarch64elfb"},
    plain_char_unsigned=True,
    features={
        "__ARM_FEATURE_CRC32": "crc",
        "__ARM_FEATURE_ATOMICS": "lse",
        "__ARM_FEATURE_AES": "aes",
        "__ARM_FEATURE_SHA2": "sha2",
        "__ARM_FEATURE_SHA3": "sha3",
        "__ARM_FEATURE_DOTPROD": "dotprod",
        "__ARM_FEATURE_QRDMX": "rdm",
        "__ARM_FEATURE_FP16_SCALAR_ARITHMETIC": "fp16",
        "__ARM_FEATURE_SVE": "sve",
        "__ARM_FEATURE_SVE2": "sve2",
        "__ARM_FEATURE_BF16": "bf16",
        "__ARM_FEATURE_MATMUL_INT8": "i8mm",
    },
    traits=(Trait("code-model", _code_model_found, harmless=("code model large",)),),
    switches=(alignment_switch(lambda request: True if request.feature("strict-align") else None),),
)
