"""x86 and x86-64 for C: "x86 Options" of the GCC manual."""

from __future__ import annotations

from collections.abc import Iterable

from steelmill.cc.arch.model import Arch, Check, Macros, Request, Row, Switch, Trait
from steelmill.target_spec.releases import SOFT_FLOAT_ABIS

_CODE_MODELS = {
    "small": ("-mcmodel=small",),
    "kernel": ("-mcmodel=kernel",),
    "medium": ("-mcmodel=medium",),
    "large": ("-mcmodel=large",),
}

_32_BIT_CPUS = {"i386": "i386", "i486": "i486", "i586": "i586", "i686": "i686"}

_FEATURES = {
    "mmx": "mmx", "sse": "sse", "sse2": "sse2", "sse3": "sse3", "ssse3": "ssse3", "sse4.1": "sse4.1",
    "sse4.2": "sse4.2", "avx": "avx", "avx2": "avx2", "avx512f": "avx512f", "fma": "fma", "f16c": "f16c",
    "aes": "aes", "pclmul": "pclmul", "sha": "sha", "popcnt": "popcnt", "lzcnt": "lzcnt", "bmi": "bmi",
    "bmi2": "bmi2", "adx": "adx", "movbe": "movbe", "rdrnd": "rdrnd", "rdseed": "rdseed", "cx16": "cx16",
    "sahf": "sahf", "fxsr": "fxsr", "xsave": "xsave", "x87": "80387",
}  # fmt: skip
"""LLVM's name of a feature -> what stands behind gcc's -m and -mno-."""

_FEATURE_MACROS = {
    "__SSE__": "sse", "__SSE2__": "sse2", "__SSE3__": "sse3", "__SSSE3__": "ssse3", "__SSE4_1__": "sse4.1",
    "__SSE4_2__": "sse4.2", "__AVX__": "avx", "__AVX2__": "avx2", "__AVX512F__": "avx512f", "__FMA__": "fma",
    "__F16C__": "f16c", "__AES__": "aes", "__PCLMUL__": "pclmulqdq", "__SHA__": "sha", "__POPCNT__": "popcnt",
    "__LZCNT__": "lzcnt", "__BMI__": "bmi1", "__BMI2__": "bmi2", "__ADX__": "adx", "__MOVBE__": "movbe",
    "__RDRND__": "rdrand", "__RDSEED__": "rdseed", "__FXSR__": "fxsr", "__XSAVE__": "xsave",
    "__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16": "cmpxchg16b",
}  # fmt: skip

_MODES = ("-m32", "-m16")

_LEAF = {"always": ("-mno-omit-leaf-frame-pointer",), "non-leaf": ("-momit-leaf-frame-pointer",)}

_VECTOR_MACROS = ("__SSE__", "__SSE2__", "__MMX__", "__AVX__")


def is_soft_float(request: Request) -> bool:
    """Say whether Rust passes floats in integer registers, so that C must touch no other."""
    return request.spec.get("rustc-abi") in SOFT_FLOAT_ABIS or request.feature("soft-float") is True


def _cpu(request: Request) -> Iterable[str]:
    if request.spec.cpu and request.spec.cpu != "generic":
        return (f"-march={request.spec.cpu}",)
    head = request.spec.llvm_target.split("-")[0]
    return (f"-march={_32_BIT_CPUS[head]}",) if head in _32_BIT_CPUS else ()


def _features(request: Request) -> Iterable[str]:
    if is_soft_float(request):
        # Switches off the x87, MMX and vector registers at once, and makes gcc refuse a float passed by value.
        return ("-mgeneral-regs-only",)
    signs = {word[1:]: word[0] for word in request.spec.features}
    known = request.cfg_values("target_feature")
    if "sse4.2" in known and "popcnt" not in known:
        # counted in by C compilers, not by LLVM
        signs["popcnt"] = "-"
    return tuple(
        f"-m{'' if sign == '+' else 'no-'}{_FEATURES[name]}" for name, sign in signs.items() if name in _FEATURES
    )


def _code_model(request: Request) -> Iterable[str]:
    model = request.spec.get("code-model")
    if model is None or request.spec.arch != "x86_64":
        return ()
    flags = request.choose("code-model", model, _CODE_MODELS)
    # gcc: "code model kernel does not support PIC mode". Its small PIE code addresses relative to the instruction
    # pointer, so it links into the top 2 GiB just as well.
    if model == "kernel" and request.family == "gcc" and request.relocation_model != "static":
        return ()
    return flags


def _vector_wanted(request: Request) -> str | None:
    return "no vector registers" if is_soft_float(request) else None


def _vector_found(macros: Macros) -> str:
    return next((f"vector registers ({name})" for name in _VECTOR_MACROS if name in macros), "no vector registers")


def _code_model_found(macros: Macros) -> str:
    return next((f"code model {name}" for name in _CODE_MODELS if f"__code_model_{name}__" in macros), "")


def _is_16_bit(request: Request) -> bool:
    return request.spec.llvm_target.endswith("-code16")


def _false_on_x86(request: Request) -> bool | None:
    return False if request.spec.arch == "x86" else None


def _red_zone(request: Request) -> Iterable[str]:
    wanted = request.spec.arch == "x86_64" and request.spec.get("disable-redzone")
    return ("-mno-red-zone",) if wanted else ()


_ROWS = (
    Row("arch", lambda request: ("-m64",) * (request.spec.arch == "x86_64")),
    Row("llvm-target", lambda request: (_MODES[_is_16_bit(request)],) * (request.spec.arch == "x86")),
    Row("cpu", _cpu),
    Row("features", _features),
    Row("disable-redzone", _red_zone),
    Row("code-model", _code_model),
    Row(
        "abi-return-struct-as-int",
        lambda request: ("-freg-struct-return",) * bool(request.spec.get("abi-return-struct-as-int")),
    ),
    Row("frame-pointer", lambda request: _LEAF.get(str(request.spec.get("frame-pointer")), ())),
    Row("always", lambda _request: ("-fcf-protection=none",)),
)

_CHECKS = (Check("features", _vector_wanted, _vector_found),)

_TRAITS = (Trait("code-model", _code_model_found, harmless=("code model large",)),)

_SWITCHES = (
    Switch(
        "disable-redzone",
        on="-mred-zone",
        off="-mno-red-zone",
        wanted=lambda request: False if request.spec.arch == "x86_64" and request.spec.get("disable-redzone") else None,
        words=("no data below the stack pointer", "a red zone below the stack pointer"),
    ),
    Switch(
        "llvm-target",
        on="-mabi=ms",
        off="-mabi=sysv",
        wanted=lambda _request: False,
        words=("calls by the System V ABI", "calls by Microsoft's ABI"),
    ),
    Switch(
        "llvm-target",
        on="-m16",
        off="-m32|-m64",
        wanted=lambda request: _is_16_bit(request) if request.spec.arch == "x86" else None,
        words=("code for 32-bit mode", "code for 16-bit mode"),
    ),
    Switch(
        "llvm-target",
        on="-mregparm=[1-3]",
        off="-mregparm=0",
        wanted=_false_on_x86,
        words=("arguments on the stack", "arguments in registers"),
    ),
    Switch(
        "llvm-target",
        on="-mrtd",
        off="-mno-rtd",
        wanted=_false_on_x86,
        words=("arguments removed by the caller", "arguments removed by the called function"),
    ),
    Switch(
        "abi-return-struct-as-int",
        on="-freg-struct-return",
        off="-fpcc-struct-return",
        wanted=lambda request: (
            bool(request.spec.get("abi-return-struct-as-int")) if request.spec.arch == "x86" else None
        ),
        words=("small structs returned in memory", "small structs returned in registers"),
    ),
    Switch(
        "data-layout",
        on="-malign-double",
        off="-mno-align-double",
        wanted=_false_on_x86,
        words=("64-bit values aligned to 4 bytes in structs", "64-bit values aligned to 8 bytes in structs"),
    ),
    Switch(
        "data-layout",
        on="-mpreferred-stack-boundary=[23]|-mstack-alignment=[48]",
        off=r"-mpreferred-stack-boundary=([4-9]|1\d)|-mstack-alignment=(16|32|64)",
        wanted=lambda request: False if "S128" in str(request.spec.get("data-layout", "")).split("-") else None,
        words=("a stack aligned to 16 bytes", "a stack aligned to less than 16 bytes"),
    ),
    Switch(
        "has-thread-local",
        on="-fstack-protector(-all|-strong|-explicit)?",
        off="-fno-stack-protector",
        wanted=lambda request: None if request.spec.get("has-thread-local") else False,
        words=("no thread-local storage", "stack protectors that read it at %fs or %gs"),
        unless="-mstack-protector-guard(=global|-(reg|offset|symbol)=.*)",
    ),
)

X86_64 = Arch(
    prefixes=(
        "x86_64-elf-",
        "x86_64-unknown-none-",
        "x86_64-linux-gnu-",
        "",
    ),
    macro="__x86_64__",
    rows=_ROWS,
    checks=_CHECKS,
    emulations={("x86_64", "little"): "elf_x86_64"},
    plain_char_unsigned=False,
    features=_FEATURE_MACROS,
    traits=_TRAITS,
    switches=_SWITCHES,
)

X86 = Arch(
    prefixes=(
        "i686-elf-",
        "i386-elf-",
        "x86_64-elf-",
        "i686-linux-gnu-",
        "x86_64-linux-gnu-",
        "",
    ),
    macro="__i386__",
    rows=_ROWS,
    checks=_CHECKS,
    emulations={("x86", "little"): "elf_i386"},
    plain_char_unsigned=False,
    features=_FEATURE_MACROS,
    traits=_TRAITS,
    switches=_SWITCHES,
)
