"""Adapt a specification that was written for another rustc, where what it means is certain.

Each adaptation is a function from the keys to the keys that change, by the toolchain's schema and release; None stands
for a key that goes. What is not certain stays as it is, for the schema and the rules to report. The values may have any
type: the schema has not seen them yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.releases import CHECKS_ABI, HAS_RUSTC_ABI, SOFT_FLOAT_ABIS

Keys = Mapping[str, Any]
Adaptation = Callable[[Keys, Knowledge], Keys]


class Adapted(NamedTuple):
    """A specification as this rustc takes it."""

    keys: dict[str, Any]
    notes: tuple[str, ...]
    """What was changed, one sentence each."""


WITHOUT_EFFECT = (
    "abi-blacklist", "bitcode-llvm-cmdline", "check-environment", "custom-unwind-resume", "default-adjusted-cabi",
    "exe-allocation-crate", "has-asm", "is-builtin", "is-like-emscripten", "is-like-fuchsia", "morestack",
    "no-compiler-rt", "no-integrated-as", "target-os", "unsupported-abis",
)  # fmt: skip
"""Keys of older releases that changed no code of a firmware; gone where the schema does not have them."""

RENAMED = (("has-elf-tls", "has-thread-local"), ("is-like-osx", "is-like-darwin"), ("target-env", "env"))
"""The older name, the newer name."""

LAYOUT_DRIFT = (
    "p270:32:32", "p271:32:32", "p272:64:64", "i8:8:32", "i16:16:32", "i128:128", "n64", "n32:64", "Fn32", "Fi8",
)  # fmt: skip
"""What LLVM's layout of one target has gained or lost from one release to the next."""

GONE_FEATURES = ("3dnow", "3dnowa", "avx512er", "avx512pf", "mpx", "prefetchwt1")
"""Features that LLVM has dropped with the processors that had them: to switch them off is to say nothing."""


def adapt(keys: Keys, knowledge: Knowledge) -> Adapted:
    """Apply every adaptation in order."""
    result = dict(keys)
    notes: list[str] = []
    for adaptation in ADAPTATIONS:
        for key, value in adaptation(result, knowledge).items():
            notes.append(_note(key, result.get(key), value))
            if value is None:
                del result[key]
            else:
                result[key] = value
    return Adapted(result, tuple(notes))


def _drop_without_effect(keys: Keys, knowledge: Knowledge) -> Keys:
    return {key: None for key in WITHOUT_EFFECT if key in keys and not _knows(knowledge, key)}


def _drop_empty_vendor(keys: Keys, _knowledge: Knowledge) -> Keys:
    """Leave out a vendor that is empty, which was the default once; rustc refuses it since 1.82."""
    return {"vendor": None} if keys.get("vendor") == "" else {}


def _rename(keys: Keys, knowledge: Knowledge) -> Keys:
    changes: dict[str, Any] = {}
    for pair in RENAMED:
        for given, right in (pair, pair[::-1]):
            if given in keys and right not in keys and not _knows(knowledge, given) and _knows(knowledge, right):
                changes |= {right: keys[given], given: None}
    return changes


def _frame_pointer(keys: Keys, _knowledge: Knowledge) -> Keys:
    value = keys.get("eliminate-frame-pointer")
    if not isinstance(value, bool):
        return {}
    return {
        "eliminate-frame-pointer": None,
        "frame-pointer": keys.get("frame-pointer", "may-omit" if value else "always"),
    }


def _default_visibility(keys: Keys, _knowledge: Knowledge) -> Keys:
    value = keys.get("default-hidden-visibility")
    if not isinstance(value, bool):
        return {}
    return {"default-hidden-visibility": None, **({"default-visibility": "hidden"} if value else {})}


def _gone_features(keys: Keys, knowledge: Knowledge) -> Keys:
    gone = {f"-{name}" for name in GONE_FEATURES if name in knowledge.llvm.unknown_features}
    if not gone & _words(keys):
        return {}
    return {"features": ",".join(word for word in keys["features"].split(",") if word not in gone)}


def _widths(keys: Keys, knowledge: Knowledge) -> Keys:
    """Give numbers the type of the schema: pointers have a string up to 1.90, C's int up to 1.89, integers since."""
    changes: dict[str, Any] = {}
    for key in ("target-pointer-width", "target-c-int-width"):
        value, kind = keys.get(key), _schema_of(knowledge, key).get("type")
        if kind == "integer" and isinstance(value, str) and value.isascii() and value.isdigit():
            changes[key] = int(value)
        if kind == "string" and isinstance(value, int) and not isinstance(value, bool):
            changes[key] = str(value)
    return changes


def _softfloat_name(keys: Keys, knowledge: Knowledge) -> Keys:
    """Translate the value of ``rustc-abi``: ``x86-softfloat`` from 1.86 on, ``softfloat`` from 1.95 on."""
    value, known = keys.get("rustc-abi"), _schema_of(knowledge, "rustc-abi").get("enum", ())
    if value in SOFT_FLOAT_ABIS and known and value not in known:
        return {"rustc-abi": next((name for name in SOFT_FLOAT_ABIS if name in known), value)}
    return {}


def _softfloat_x86(keys: Keys, knowledge: Knowledge) -> Keys:
    """Say in ``rustc-abi`` what ``+soft-float`` alone said before 1.86."""
    if keys.get("arch") not in ("x86", "x86_64") or "+soft-float" not in _words(keys):
        return {}
    if knowledge.release < HAS_RUSTC_ABI:
        return {"rustc-abi": None} if keys.get("rustc-abi") in SOFT_FLOAT_ABIS else {}
    if "rustc-abi" in keys:
        return {}
    known = _schema_of(knowledge, "rustc-abi").get("enum", ())
    return {"rustc-abi": "softfloat" if "softfloat" in known else "x86-softfloat"}


def _softfloat_aarch64(keys: Keys, knowledge: Knowledge) -> Keys:
    """Say in ``rustc-abi`` what ``abi`` and ``-neon`` said alone before 1.96."""
    if keys.get("arch") != "aarch64" or keys.get("abi") != "softfloat" or "-neon" not in _words(keys):
        return {}
    if knowledge.release < CHECKS_ABI:
        return {"rustc-abi": None} if keys.get("rustc-abi") in SOFT_FLOAT_ABIS else {}
    return {} if "rustc-abi" in keys else {"rustc-abi": "softfloat"}


def _arm_float_abi(keys: Keys, _knowledge: Knowledge) -> Keys:
    """Take ``llvm-floatabi``, which must be there since 1.85, from the end of ``llvm-target``, as LLVM did before."""
    if keys.get("arch") != "arm" or "llvm-floatabi" in keys:
        return {}
    last = str(keys.get("llvm-target")).rpartition("-")[2]
    value = {"eabi": "soft", "eabihf": "hard"}.get(last)
    return {"llvm-floatabi": value} if value else {}


def _arm_abi(keys: Keys, knowledge: Knowledge) -> Keys:
    """Write ``abi``, which must be there since 1.96, and can have one value only."""
    if knowledge.release < CHECKS_ABI or keys.get("arch") != "arm" or "abi" in keys or keys.get("os", "none") != "none":
        return {}
    value = {"soft": "eabi", "hard": "eabihf"}.get(str(keys.get("llvm-floatabi")))
    return {"abi": value} if value else {}


def _riscv_abi(keys: Keys, _knowledge: Knowledge) -> Keys:
    """Write ``llvm-abiname`` where there are no registers for floats; with them LLVM's own choice has changed."""
    bare = {"riscv32": "ilp32", "riscv64": "lp64"}.get(str(keys.get("arch")))
    words = _words(keys)
    if bare is None or "llvm-abiname" in keys or not str(keys.get("cpu", "generic")).startswith("generic"):
        return {}
    return {} if words & {"+f", "+d", "+q", "+e"} else {"llvm-abiname": bare}


def _embedded_abi(keys: Keys, knowledge: Knowledge) -> Keys:
    """Let ``abi`` repeat the embedded ABI, as it must since 1.96."""
    value = keys.get("llvm-abiname")
    needed = knowledge.release >= CHECKS_ABI and value in ("ilp32e", "lp64e") and "abi" not in keys
    return {"abi": value} if needed and keys.get("os", "none") == "none" else {}


def _data_layout(keys: Keys, knowledge: Knowledge) -> Keys:
    """Bring an older layout up to that of this LLVM: they differ in known words only."""
    said, layout = keys.get("data-layout"), knowledge.llvm.layout
    if not isinstance(said, str) or not layout or said == layout:
        return {}
    differs = set(said.split("-")) ^ set(layout.split("-"))
    return {"data-layout": layout} if differs <= set(LAYOUT_DRIFT) else {}


ADAPTATIONS: tuple[Adaptation, ...] = (
    _drop_without_effect,
    _drop_empty_vendor,
    _rename,
    _frame_pointer,
    _default_visibility,
    _gone_features,
    _widths,
    _softfloat_name,
    _softfloat_x86,
    _softfloat_aarch64,
    _arm_float_abi,
    _arm_abi,
    _riscv_abi,
    _embedded_abi,
    _data_layout,
)


def _knows(knowledge: Knowledge, key: str) -> bool:
    return key in knowledge.schema["properties"]


def _schema_of(knowledge: Knowledge, key: str) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = knowledge.schema["properties"].get(key, {})
    return schema


def _words(keys: Keys) -> set[str]:
    features = keys.get("features")
    return set(features.split(",")) if isinstance(features, str) else set()


def _note(key: str, old: Any, new: Any) -> str:
    if new is None:
        return f"{key} is left out"
    return f"{key} is {new!r}" if old is None else f"{key} is {new!r}, not {old!r}"
