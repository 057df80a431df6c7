"""Knowledge: what a toolchain says that a specification is judged by, and the questions that make it say so.

rustc refuses a specification at its first fault, so it is asked about LLVM's side with one that has few keys: an
architecture that it does not know, for which it demands nothing, and a data-layout that is wrong for certain, for then
it names LLVM's. What it makes of the whole specification is asked in a trial: code is generated, since rustc reads much
without a word that it cannot compile for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from steelmill.target_spec.releases import INTEGER_WIDTH

Schema = Mapping[str, Any]

_LAYOUT = re.compile(r"differs from LLVM target's `[^`]*` default layout, `([^`]*)`")
_FEATURE = re.compile(r"^'[+-]([^']*)' is not a recognized feature", re.MULTILINE)
_CPU = re.compile(r"^'[^']*' is not a recognized processor", re.MULTILINE)
_ABI = re.compile(r"target feature `([^`]*)` must be (enabled|disabled) to ensure that the ABI")
_REFUSAL = re.compile(
    r"^(?:error: (?:error loading target specification: |target specification was invalid: )?(?!aborting|internal)"
    r"|rustc-LLVM ERROR: )(.*?)(?:\. Run `rustc --print target-list`.*)?$",
    re.MULTILINE | re.IGNORECASE,
)
_NO_TARGET = "could not create LLVM TargetMachine"


class LlvmTarget(NamedTuple):
    """What LLVM knows of an ``llvm-target``."""

    exists: bool
    layout: str | None = None
    """Its data-layout, or None where that could not be learned."""
    knows_cpu: bool = True
    unknown_features: tuple[str, ...] = ()
    """Those of the specification that LLVM has not, without their sign; among them are names of rustc's own."""
    cpus: tuple[str, ...] = ()
    """Those that LLVM lists, where one is not known."""
    features: tuple[str, ...] = ()
    """Those that LLVM lists, where one is not known."""


class Trial(NamedTuple):
    """What rustc says when it generates code for the whole specification."""

    refusal: str | None = None
    """Its first error, or LLVM's."""
    layout: str | None = None
    """The data-layout that it wants instead of the one written."""
    unknown_features: tuple[str, ...] | None = None
    """Names that neither rustc nor LLVM has; None where it did not come that far."""
    abi_features: tuple[tuple[str, str], ...] = ()
    """Features that must be ``enabled`` or ``disabled`` for the ABI and are not."""


class BuiltIn(NamedTuple):
    """A built-in target, as far as others are compared with it."""

    arch: str
    llvm_target: str


class Knowledge(NamedTuple):
    """All that the rules ask of a toolchain."""

    release: tuple[int, int]
    """Of rustc: ``(1, 96)``."""
    schema: Schema
    """JSON Schema of a specification: the toolchain's own, or the bundled one."""
    built_in: Mapping[str, BuiltIn]
    """Tuple -> target."""
    llvm: LlvmTarget
    trial: Trial = Trial()


def llvm_question(keys: Mapping[str, Any], release: tuple[int, int]) -> str:
    """Give the specification that makes rustc speak of LLVM's side of ``keys``."""
    asked = {
        "arch": "any",
        "llvm-target": keys["llvm-target"],
        "target-pointer-width": 32 if release >= INTEGER_WIDTH else "32",
        "data-layout": "e-p:32:32",
        # the embedded ABI of RISC-V has a layout of its own
        **{key: keys[key] for key in ("llvm-abiname", "cpu") if isinstance(keys.get(key), str)},
        "features": ",".join(_well_formed(keys.get("features"))),
    }
    return json.dumps(asked, sort_keys=True)


def _well_formed(features: Any) -> Iterator[str]:
    """Give the words that rustc does not refuse: with a sign, and not both on and off."""
    signs: dict[str, str] = {}
    for word in features.split(",") if isinstance(features, str) else ():
        if re.fullmatch(r"[+-]\S+", word) and signs.setdefault(word[1:], word[0]) == word[0]:
            yield word


def parse_llvm_target(output: str) -> LlvmTarget:
    """Read what rustc said when it was to compile for ``llvm_question``."""
    if _NO_TARGET in output:
        return LlvmTarget(exists=False)
    layout = _LAYOUT.search(output)
    return LlvmTarget(
        exists=True,
        layout=layout[1] if layout else None,
        knows_cpu=not _CPU.search(output),
        unknown_features=tuple(dict.fromkeys(_FEATURE.findall(output))),
    )


def parse_trial(output: str) -> Trial:
    """Read what rustc said when it was to compile for the specification itself."""
    layout, refusal = _LAYOUT.search(output), _REFUSAL.search(output)
    return Trial(
        refusal=refusal[1] if refusal else None,
        layout=layout[1] if layout else None,
        unknown_features=tuple(dict.fromkeys(_FEATURE.findall(output))) if layout or not refusal else None,
        abi_features=tuple(dict.fromkeys(_ABI.findall(output))),
    )


def parse_cpus(output: str) -> tuple[str, ...]:
    """Read ``--print target-cpus``."""
    words = (line.split()[0] for line in output.splitlines()[1:] if line.strip())
    return tuple(word for word in words if word != "native")


def parse_features(output: str) -> tuple[str, ...]:
    """Read ``--print target-features`` for a target of no architecture: all of LLVM's, none of rustc's but one."""
    _, _, listing = output.partition("supported by LLVM")
    rows = (line.split() for line in listing.splitlines() if line.startswith("    "))
    return tuple(row[0] for row in rows if row)


def parse_built_in(text: str) -> dict[str, BuiltIn]:
    """Read ``--print all-target-specs-json``."""
    return {name: BuiltIn(keys["arch"], keys["llvm-target"]) for name, keys in json.loads(text).items()}


def layout_of_abi(layout: str) -> tuple[str, int]:
    """Read the endianness (``big``, ``little``) and the bits of a pointer out of a data-layout."""
    parts = layout.split("-")
    widths = [found[1] for part in parts if (found := re.match(r"p0?:([0-9]+)", part))]
    return "big" if "E" in parts else "little", int(widths[0]) if widths else 64
