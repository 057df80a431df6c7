"""How arguments travel: ``llvm-floatabi``, ``llvm-abiname``, ``rustc-abi``, ``abi`` and the features they rest on.

What is wrong here links without a word on some architectures and passes floats in the wrong registers.
"""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.target_spec.arches import ARCHES, arm_architecture, has_feature, riscv_is_generic
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.releases import CHECKS_ABI, HAS_RUSTC_ABI, SOFT_FLOAT_ABIS
from steelmill.wording import either

ABI_KEYS = ("llvm-abiname", "llvm-floatabi", "rustc-abi")
_WITHOUT_FPU = ("v6m", "v8m.base", "v7m")
_WITH_OPTIONAL_FPU = ("v7em", "v8m.main", "v8.1m.main")
_FPU = ("vfp", "fp-armv8", "fpregs", "neon", "mve.fp")
_CPUS_WITHOUT_FPU = ("cortex-m0", "cortex-m0plus", "cortex-m1", "cortex-m3", "cortex-m23", "sc000", "sc300")
_FLOAT_OF_ABI = {"ilp32f": "f", "lp64f": "f", "ilp32d": "d", "lp64d": "d"}
_EMBEDDED = ("ilp32e", "lp64e")


def abi_keys_have_a_meaning(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Refuse a key that another architecture has: it would be believed and do nothing."""
    arch = ARCHES.get(spec.arch)
    for key in ABI_KEYS if arch else ():
        if arch and spec.get(key) and key not in arch.abi_keys:
            right = f"; its key is {arch.abi_keys[0]}" if arch.abi_keys else ""
            yield Fault((key,), f"it has no meaning for arch {spec.arch!r}{right}", "remove it")


def arm_float_abi_fits(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Compare ``llvm-floatabi`` with the ABI that ``llvm-target`` ends in."""
    said = spec.get("llvm-floatabi")
    last = spec.llvm_target.rpartition("-")[2]
    meant = {"eabi": "soft", "eabihf": "hard"}.get(last)
    if spec.arch != "arm":
        return
    if said and meant and said != meant:
        yield Fault(
            ("llvm-floatabi",),
            f"{said!r} contradicts llvm-target {spec.llvm_target!r}; expected {meant!r}",
            "correct the one that is wrong: hard passes floats in FPU registers, soft in those for integers",
        )
    if said == "hard" and has_feature(spec, "soft-float"):
        yield Fault(
            ("features",),
            "+soft-float takes away the registers that llvm-floatabi 'hard' passes floats in; expected no such word",
            "remove +soft-float, or choose the soft ABI: llvm-floatabi, abi and llvm-target",
        )


def arm_hard_float_has_registers(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Ask for an FPU where floats travel in its registers; an M-profile core has one if a feature or cpu says so."""
    if spec.get("llvm-floatabi") != "hard" or spec.arch != "arm":
        return
    core = arm_architecture(spec)
    named = any(word.startswith("+") and word[1:].startswith(_FPU) for word in spec.features)
    if core in _WITHOUT_FPU or spec.cpu in _CPUS_WITHOUT_FPU:
        who = spec.cpu if spec.cpu in _CPUS_WITHOUT_FPU else f"ARM{core}"
        yield Fault(("llvm-floatabi",), f"'hard', but {who} has no FPU; expected 'soft'", _USE_EABI)
    elif core in _WITH_OPTIONAL_FPU and not named and (spec.cpu or "generic") == "generic":
        yield Fault(
            ("llvm-floatabi",),
            "'hard', but neither features nor cpu names an FPU; expected such as '+vfp4d16sp' in features",
            f"name the FPU, or {_USE_EABI}",
        )


_USE_EABI = "take the soft ABI: llvm-floatabi 'soft', abi 'eabi' and an llvm-target that ends in eabi"


def riscv_abi_fits_features(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Compare the registers that ``llvm-abiname`` passes arguments in with those that there are."""
    abi = spec.get("llvm-abiname", "")
    if spec.arch not in ("riscv32", "riscv64"):
        return
    names = ARCHES[spec.arch].abi_names
    if abi not in names:
        what = repr(abi) if abi else "it is missing"
        yield Fault(("llvm-abiname",), f"{what}; expected {_either(names)}", "name the ABI of your C code")
        return
    need = _FLOAT_OF_ABI.get(abi)
    enough = ("f", "d", "q") if need == "f" else ("d", "q")
    generic = riscv_is_generic(spec)
    if need and generic and not has_feature(spec, *enough):
        soft = abi[:-1]
        yield Fault(
            ("llvm-abiname",),
            f"{abi!r} passes floats in registers of the {need} extension; expected '+{need}' in features, or {soft!r}",
            f"switch +{need} on, or take {soft}",
        )
    if abi in _EMBEDDED and generic and not has_feature(spec, "e"):
        yield Fault(
            ("llvm-abiname",), f"{abi!r} is of cores with 16 registers; expected '+e' in features", "switch +e on"
        )
    if abi not in _EMBEDDED and has_feature(spec, "e"):
        right = f"{abi.rstrip('fd')}e"
        yield Fault(
            ("llvm-abiname",), f"{abi!r} needs 32 registers, and +e leaves 16; expected {right!r}", f"take {right}"
        )


def abi_name_is_known(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Look ``llvm-abiname`` up among those of the architecture."""
    abi, arch = spec.get("llvm-abiname"), ARCHES.get(spec.arch)
    if abi and arch and arch.abi_names and abi not in arch.abi_names and not spec.arch.startswith("riscv"):
        yield Fault(("llvm-abiname",), f"{abi!r}; expected {_either(arch.abi_names)}", "name the ABI of your C code")


def softfloat_fits_features(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Compare ``rustc-abi`` with the registers that ``features`` leave, on x86 and AArch64."""
    abi = spec.get("rustc-abi")
    if spec.arch in ("x86", "x86_64") and knowledge.release >= HAS_RUSTC_ABI:
        yield from _x86_softfloat(spec, soft=abi in SOFT_FLOAT_ABIS, sse=spec.arch == "x86_64" or abi == "x86-sse2")
    elif spec.arch == "aarch64" and knowledge.release >= CHECKS_ABI:
        if abi in SOFT_FLOAT_ABIS and not _off(spec, "neon") and not _off(spec, "fp-armv8"):
            yield Fault(
                ("features",), "rustc-abi 'softfloat' wants no FPU registers; expected '-neon'", "switch neon off"
            )
        if abi not in SOFT_FLOAT_ABIS and (_off(spec, "neon") or _off(spec, "fp-armv8")):
            yield Fault(
                ("features",),
                '-neon takes away the registers that floats travel in; expected "softfloat" as rustc-abi and abi',
                "write these two keys, or leave neon on",
            )


def _x86_softfloat(spec: TargetSpec, *, soft: bool, sse: bool) -> Iterator[Fault]:
    if soft and not has_feature(spec, "soft-float"):
        yield Fault(
            ("features",),
            f"rustc-abi {spec.get('rustc-abi')!r} wants soft floats; expected '+soft-float'",
            "switch it on",
        )
    if soft and sse and not _off(spec, "sse"):
        # x86-64 has it unless it is switched off; LLVM then copies memory through it, or ends with a fatal error
        yield Fault(
            ("features",),
            f"rustc-abi {spec.get('rustc-abi')!r} wants no SSE registers; expected '-sse'",
            "switch sse off",
        )
    if not soft and has_feature(spec, "soft-float"):
        yield Fault(
            ("features",),
            '+soft-float takes away the registers that floats travel in; expected "rustc-abi": "softfloat"',
            "write rustc-abi, or remove +soft-float",
        )
        return
    for feature in ("sse", "sse2") if sse and not soft else ():
        if _off(spec, feature):
            yield Fault(
                ("features",),
                f"-{feature} takes away the registers that floats travel in; "
                'expected "rustc-abi": "softfloat" and "+soft-float"',
                f"write both, or leave {feature} on",
            )
            break


def target_abi_fits(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Compare ``abi``, which is ``cfg(target_abi)``, with the ABI that is."""
    said, meant = spec.get("abi", ""), _target_abis(spec)
    if knowledge.release >= CHECKS_ABI and meant and said not in meant:
        what = f"{said!r} does not fit the other keys" if said else "it is missing"
        yield Fault(("abi",), f"{what}; expected {_either(meant)}", "correct abi, or the keys that it sums up")


def _target_abis(spec: TargetSpec) -> tuple[str, ...]:
    """Give the values of ``abi`` that the other keys allow on bare metal; none where they say nothing."""
    if spec.get("os", "none") != "none":
        return ()
    if spec.arch == "arm" and spec.get("llvm-floatabi"):
        return ("eabihf",) if spec.keys["llvm-floatabi"] == "hard" else ("eabi",)
    if spec.arch in ("riscv32", "riscv64"):
        abi = spec.get("llvm-abiname", "")
        return (abi,) if abi in _EMBEDDED else ("",)
    if spec.arch == "aarch64":
        return ("softfloat",) if spec.get("rustc-abi") else ("",)
    if spec.arch == "x86_64":
        return ("softfloat", "") if spec.get("rustc-abi") in SOFT_FLOAT_ABIS else ("", "x32")
    return ()


def _off(spec: TargetSpec, feature: str) -> bool:
    return f"-{feature}" in spec.features


def _either(words: tuple[str, ...]) -> str:
    return either(repr(word) if word else "no such key" for word in words)
