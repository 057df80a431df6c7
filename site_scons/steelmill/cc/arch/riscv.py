"""RISC-V for C: "RISC-V Options" of the GCC manual; macros by the RISC-V C API specification."""

from __future__ import annotations

from collections.abc import Iterable

from steelmill.cc.arch import riscv_isa
from steelmill.cc.arch.model import Arch, Check, Macros, Request, Row, Trait, alignment_switch

_CODE_MODELS = {
    "small": ("-mcmodel=medlow",),
    "medium": ("-mcmodel=medany",),
    "large": ("-mcmodel=large",),  # gcc 15
}

_FEATURES = {
    "-relax": "-mno-relax",
    "+save-restore": "-msave-restore",
}

_ABIS = {name: name for name in ("ilp32", "ilp32f", "ilp32d", "ilp32e", "lp64", "lp64f", "lp64d", "lp64q", "lp64e")}

_NEWEST = max(riscv_isa.SINCE.values())

_FLOAT_CALLS = "{}-float calls"


def _xlen(request: Request) -> int:
    return 64 if request.spec.arch == "riscv64" else 32


def extensions(request: Request) -> frozenset[str]:
    """Collect what the specification names and what rustc makes of it; the processor's own are in its cfg alone."""
    named = {word[1:] for word in request.spec.features if word[0] == "+"}
    off = {word[1:] for word in request.spec.features if word[0] == "-"}
    return frozenset((named | set(request.cfg_values("target_feature"))) - off)


def _march(request: Request) -> Iterable[str]:
    since = riscv_isa.CLANG_SINCE if request.family == "clang" else {}
    unknown = {name for name, release in since.items() if release > request.version[0]}
    known = (extensions(request) | set(riscv_isa.ALWAYS)) - unknown
    # an extension that is known may bring along one that is not: f and zicsr
    named = set(riscv_isa.gcc_extensions(known, _major(request))) - unknown
    return (f"-march={riscv_isa.format_arch(_xlen(request), named)}",)


def _major(request: Request) -> int:
    return request.version[0] if request.family == "gcc" else max(_NEWEST, request.version[0])


def abi_name(request: Request) -> str:
    """Give ``llvm-abiname``, or what LLVM takes where there is none; raise InputError for one that C has not."""
    wanted = request.spec.get("llvm-abiname") or riscv_isa.default_abi(_xlen(request), extensions(request))
    return request.choose("llvm-abiname", wanted, _ABIS)


def _float_wanted(request: Request) -> str:
    return _FLOAT_CALLS.format(riscv_isa.float_abi(abi_name(request)))


def _float_found(macros: Macros) -> str:
    named = (name for name in ("single", "double", "quad") if f"__riscv_float_abi_{name}" in macros)
    return _FLOAT_CALLS.format(next(named, "soft"))


def _base_found(macros: Macros) -> str:
    return (
        "16 registers"
        if any(name in macros for name in ("__riscv_e", "__riscv_32e", "__riscv_abi_rve"))
        else "32 registers"
    )


def _code_model(request: Request) -> Iterable[str]:
    return request.choose("code-model", request.spec.get("code-model", "small"), _CODE_MODELS)


def _code_model_found(macros: Macros) -> str:
    # in 32 bits every model reaches every address
    names = ("medlow", "medany", "large") if macros.get("__riscv_xlen") == "64" else ()
    return next((f"code model {name}" for name in names if f"__riscv_cmodel_{name}" in macros), "")


def _alignment(request: Request) -> Iterable[str]:
    return () if request.feature("unaligned-scalar-mem") else ("-mstrict-align",)


def _extensions_check(name: str) -> Check:
    """Hold one extension against its macro: C must not use what the processor lacks."""
    macro = f"__riscv_{name}"

    def wanted(request: Request) -> str | None:
        return None if name in riscv_isa.closure(extensions(request)) else f"no {name}"

    def found(macros: Macros) -> str:
        older = _OLDER_MACROS.get(name, macro)
        return f"extension {name}" if macro in macros or older in macros else f"no {name}"

    return Check("features", wanted, found)


_OLDER_MACROS = {"m": "__riscv_muldiv", "a": "__riscv_atomic", "c": "__riscv_compressed", "f": "__riscv_flen"}
"""Macros of gcc before 11."""

_CHECKED = tuple(name for name in riscv_isa.SINCE if name not in ("i", "e", *riscv_isa.ALWAYS))


RISCV = Arch(
    prefixes=(
        "riscv64-unknown-elf-",
        "riscv32-unknown-elf-",
    ),
    macro="__riscv",
    rows=(
        Row("features", _march),
        Row("llvm-abiname", lambda request: (f"-mabi={abi_name(request)}",)),
        Row("code-model", _code_model),
        Row("features", _alignment),
        Row("features", lambda request: tuple(_FEATURES[word] for word in request.spec.features if word in _FEATURES)),
    ),
    checks=(
        Check("arch", lambda request: f"XLEN {_xlen(request)}", lambda macros: f"XLEN {macros.get('__riscv_xlen')}"),
        Check("llvm-abiname", _float_wanted, _float_found),
        Check(
            "features",
            lambda request: "16 registers" if "e" in extensions(request) else "32 registers",
            _base_found,
        ),
        *(_extensions_check(name) for name in _CHECKED),
    ),
    emulations={
        ("riscv32", "little"): "elf32lriscv",
        ("riscv32", "big"): "elf32briscv",
        ("riscv64", "little"): "elf64lriscv",
        ("riscv64", "big"): "elf64briscv",
    },
    plain_char_unsigned=True,
    traits=(Trait("code-model", _code_model_found, harmless=("code model large",)),),
    switches=(alignment_switch(lambda request: None if request.feature("unaligned-scalar-mem") else True),),
)
