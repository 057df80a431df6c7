"""Which machine: ``arch``, ``llvm-target``, ``data-layout``, pointers' width, endianness, ``cpu``, ``features``.

rustc notices the data-layout alone, and only when it generates code; of unknown processors and features LLVM warns,
and goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.suggest import did_you_mean
from steelmill.target_spec.arches import ARCHES, arch_of_head
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge, layout_of_abi
from steelmill.target_spec.model import TargetSpec

RUSTC_NAMES = {
    "bmi1": "bmi",
    "cmpxchg16b": "cx16",
    "dpb": "ccpp",
    "dpb2": "ccdp",
    "fcma": "complxnum",
    "fhm": "fp16fml",
    "flagm2": "altnzcv",
    "fp16": "fullfp16",
    "frintts": "fptoint",
    "lahfsahf": "sahf",
    "paca": "pauth",
    "pacg": "pauth",
    "pclmulqdq": "pclmul",
    "pmuv3": "perfmon",
    "rcpc2": "rcpc-immo",
    "rdrand": "rdrnd",
    "rng": "rand",
}
"""Features that rustc (``target_feature``, ``-Ctarget-feature``) calls otherwise than LLVM, and so a specification."""

_SPACELESS = ("llvm-target", "data-layout", "arch", "cpu", "features", "vendor", "os", "env", "abi")
_IN_TUPLE = ("arch", "llvm-target", "vendor", "os", "env")
"""Keys that become part of a file's name (``canonical.target_tuple``)."""


def llvm_target_is_known(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Ask whether LLVM has such a target at all."""
    if not knowledge.llvm.exists and spec.llvm_target == "".join(spec.llvm_target.split()):
        near = did_you_mean(spec.llvm_target, sorted({target.llvm_target for target in knowledge.built_in.values()}))
        yield Fault(("llvm-target",), f"LLVM has no target {spec.llvm_target!r}{near}", "name one that LLVM has")


def arch_fits_llvm_target(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Compare rustc's name of the architecture with LLVM's."""
    meant = arch_of_head(spec.llvm_target)
    if spec.arch in ARCHES:
        if meant and meant != spec.arch:
            yield Fault(
                ("arch",),
                f"{spec.arch!r} does not fit llvm-target {spec.llvm_target!r}; expected {meant!r}",
                "correct the one that is wrong",
            )
        return
    known = sorted({*ARCHES, *(target.arch for target in knowledge.built_in.values())})
    if spec.arch not in known:
        right = f"; expected {meant!r}, as llvm-target says" if meant else did_you_mean(spec.arch, known)
        yield Fault(("arch",), f"rustc knows no architecture {spec.arch!r}{right}", "write rustc's `target_arch`")


def pointer_width_fits(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Compare the pointer's width with the data-layout."""
    key = ("target-pointer-width",)
    if str(spec.keys["target-pointer-width"]) not in ("16", "32", "64"):
        yield Fault(key, f"{spec.keys['target-pointer-width']}; expected 16, 32 or 64", "correct it")
        return
    _, width = layout_of_abi(_layout(spec, knowledge))
    if spec.pointer_width != width:
        yield Fault(
            key,
            f"{spec.pointer_width}, but pointers have {width} bits in the data-layout; expected {width}",
            "correct it",
        )


def endian_fits(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Compare the endianness with the data-layout."""
    said = spec.get("target-endian", "little")
    by_default = "" if "target-endian" in spec.keys else " by default"
    endian, _ = layout_of_abi(_layout(spec, knowledge))
    if said != endian:
        yield Fault(
            ("target-endian",),
            f"{said!r}{by_default}, but the data-layout is {endian}-endian; expected {endian!r}",
            f'write "target-endian": "{endian}", or name the llvm-target of the other endianness',
        )


def data_layout_is_llvms(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Compare the data-layout with LLVM's own, which must be equal letter by letter."""
    said = spec.keys["data-layout"]
    # rustc mends the layouts of some architectures for older LLVMs: where it came that far its word counts
    layout = knowledge.llvm.layout if knowledge.trial.unknown_features is None else knowledge.trial.layout
    if layout and said != layout:
        yield Fault(
            ("data-layout",),
            f"{said!r}; expected {layout!r}, which is LLVM's",
            "write the expected value, or correct llvm-target",
        )


def cpu_is_known(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Ask whether LLVM has such a processor for this ``llvm-target``."""
    if spec.cpu and not knowledge.llvm.knows_cpu and spec.cpu == "".join(spec.cpu.split()):
        near = did_you_mean(spec.cpu.lower(), knowledge.llvm.cpus)
        yield Fault(
            ("cpu",),
            f"LLVM knows no processor {spec.cpu!r} for {spec.llvm_target}{near}",
            "name one that `rustc --print target-cpus --target TUPLE` lists",
        )


def features_have_a_sign(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Check the form of the list: words with + or -, by commas, none both on and off."""
    text = spec.get("features") or ""
    words = [word.strip() for word in text.split(",")] if text else []
    signs: dict[str, str] = {}
    for word in words:
        if word == "":
            yield Fault(
                ("features",), f"{text!r} has an empty word; expected words such as '+m,-a'", "remove the comma"
            )
        elif word[0] not in "+-":
            feature = word.lstrip("!~")
            yield Fault(
                ("features",),
                f"{word!r} has neither + nor -; expected '+{feature}' to switch it on, '-{feature}' off",
                "write the sign",
            )
        elif signs.setdefault(word[1:], word[0]) != word[0]:
            yield Fault(
                ("features",), f"{word[1:]!r} is both on and off; expected one of them", "remove one of the two"
            )


def features_are_known(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Ask whether LLVM has such features for this ``llvm-target``; newer rustc takes its own names for them too."""
    known, tried = knowledge.llvm.features, knowledge.trial.unknown_features
    written = {word[1:] for word in spec.features}
    for feature in (name for name in knowledge.llvm.unknown_features if name in written):
        llvms = RUSTC_NAMES.get(feature)
        if feature in tried if tried is not None else not llvms:
            near = f"; expected {llvms!r}, for this is rustc's name" if llvms in known else did_you_mean(feature, known)
            yield Fault(
                ("features",),
                f"LLVM knows no feature {feature!r} for {spec.llvm_target}{near}",
                "name those that `rustc --print target-features --target TUPLE` lists",
            )


def texts_have_no_spaces(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Refuse letters that no such value has, and that a file's name could not hold."""
    for key in _SPACELESS:
        text = spec.get(key, "")
        if any(letter.isspace() for letter in text):
            right = "".join(text.split())
            yield Fault((key,), f"{text!r} has white space; expected {right!r}", "remove the white space")
        elif key in _IN_TUPLE and not all(letter.isalnum() or letter in "._-" for letter in text):
            yield Fault((key,), f"{text!r}; expected letters, digits, '.', '_' and '-' alone", "correct it")


def _layout(spec: TargetSpec, knowledge: Knowledge) -> str:
    return knowledge.llvm.layout or str(spec.keys["data-layout"])
