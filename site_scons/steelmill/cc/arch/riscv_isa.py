"""RISC-V's arch string, ``rv32imac_zicsr_zba``: naming, order and what implies what.

Follows "ISA Extension Naming Conventions" of the RISC-V ISA manual, volume I, version 20191213 and later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

FloatAbi = Literal["soft", "single", "double", "quad"]

LETTERS = "iemafdqlcbkjtpvnh"
"""Single-letter extensions in canonical order. It also orders the Z extensions, by their second letter."""

IMPLIED: Mapping[str, tuple[str, ...]] = {
    "m": ("zmmul",),
    "a": ("zaamo", "zalrsc"),
    "f": ("zicsr",),
    "d": ("f",),
    "q": ("d",),
    "c": ("zca",),
    "b": ("zba", "zbb", "zbs"),
    "v": ("d", "zve64d", "zvl128b"),
    "zve64d": ("zve64f",),
    "zve64f": ("zve32f", "zve64x"),
    "zve64x": ("zve32x", "zvl64b"),
    "zve32f": ("zve32x",),
    "zve32x": ("zvl32b",),
    "zvl128b": ("zvl64b",),
    "zvl64b": ("zvl32b",),
    "zfh": ("zfhmin",),
    "zfhmin": ("f",),
    "zdinx": ("zfinx",),
    "zfinx": ("zicsr",),
    "zk": ("zkn", "zkr", "zkt"),
    "zkn": ("zbkb", "zbkc", "zbkx", "zkne", "zknd", "zknh"),
    "zks": ("zbkb", "zbkc", "zbkx", "zksed", "zksh"),
}
"""Extension -> what it brings along."""

_SUMS = ("b", "zkn", "zks")
"""Extensions that are no more than what they bring along."""

SINCE: Mapping[str, int] = {
    **dict.fromkeys(("i", "e", "m", "a", "f", "d", "q", "c"), 7),
    **dict.fromkeys(("zicsr", "zifencei"), 11),
    **dict.fromkeys(("zba", "zbb", "zbc", "zbs", "v"), 12),
    **dict.fromkeys(("zbkb", "zbkc", "zbkx", "zk", "zkn", "zks", "zknd", "zkne", "zknh", "zkr", "zksed", "zksh"), 12),
    **dict.fromkeys(("zkt", "zve32x", "zve32f", "zve64x", "zve64f", "zve64d"), 12),
    **dict.fromkeys(("zvl32b", "zvl64b", "zvl128b", "zvl256b"), 12),
    **dict.fromkeys(("zicbom", "zicbop", "zicboz"), 12),
    **dict.fromkeys(("zfh", "zfhmin", "zfinx", "zdinx", "zhinx", "zhinxmin", "zmmul", "zawrs"), 13),
    **dict.fromkeys(("zca", "zcb", "zfa", "zicond", "zihintpause", "zihintntl", "ztso", "zvbb", "zvbc", "zvkt"), 14),
    **dict.fromkeys(("zaamo", "zalrsc", "zabha", "zacas", "zimop", "zcmop", "h", "b"), 15),
}
"""Extension -> first gcc whose -march takes it. A newer one is left out: C that uses less than Rust is right too."""

CLANG_SINCE: Mapping[str, int] = {"zicsr": 17, "zifencei": 17, "zacas": 20, "q": 22}
"""Extension -> first clang that takes it as ratified; the others since 17 at the latest. Before, clang had zicsr and
zifencei as parts of i."""

_FLOAT_ABIS: Mapping[str, FloatAbi] = {"f": "single", "d": "double", "q": "quad"}
"""The last letter of an ABI's name -> the widest float in registers of its own."""

ALWAYS = ("zicsr", "zifencei")
"""Named to gcc in any case: rustc's assembler takes ``csrw`` and ``fence.i`` without, gcc's since 12 does not."""


def closure(extensions: Iterable[str]) -> frozenset[str]:
    """Add all that ``extensions`` bring along."""
    known: set[str] = set()
    pending = list(extensions)
    while pending:
        name = pending.pop()
        if name not in known:
            known.add(name)
            pending += IMPLIED.get(name, ())
    return frozenset(known | {name for name in _SUMS if known.issuperset(IMPLIED[name])})


def format_arch(xlen: int, extensions: Iterable[str]) -> str:
    """Write the arch string in canonical order; ``i`` is added unless ``e`` is the base."""
    names = set(extensions)
    names |= set() if "e" in names else {"i"}
    letters = "".join(letter for letter in LETTERS if letter in names)
    return "_".join([f"rv{xlen}{letters}", *sorted((name for name in names if len(name) > 1), key=_order)])


def parse_arch(text: str) -> tuple[int, frozenset[str]]:
    """Read an arch string: bits of an integer register, extensions without versions. ``g`` is spelt out."""
    match = re.fullmatch(r"rv(32|64|128)([a-z0-9]*)((?:_[a-z0-9]+)*)", text.lower())
    if match is None:
        return 0, frozenset()
    letters = re.sub(r"\d+p\d+", "", match[2]).replace("g", "imafd")
    words = {re.sub(r"\d+p\d+$", "", word) for word in match[3].split("_") if word}
    return int(match[1]), frozenset([*letters, *words])


def gcc_extensions(extensions: Iterable[str], major: int) -> frozenset[str]:
    """Keep what gcc of version ``major`` takes, with whole letters split or joined where that loses nothing."""
    names = set(extensions)
    if "b" in names:
        names |= set(IMPLIED["b"])
    # A letter stands for what it brings: `zaamo` beside `a` only asks for a newer assembler.
    names -= {part for letter in ("m", "a", "c") if letter in names for part in IMPLIED[letter]}
    if SINCE["b"] > major:
        names.discard("b")
    return frozenset(name for name in names if SINCE.get(name, 1 << 30) <= major)


def default_abi(xlen: int, extensions: Iterable[str]) -> str:
    """Give the ABI that LLVM takes where none is named (RISCVISAInfo::computeDefaultABI)."""
    names = closure(extensions)
    base = f"{'i' if xlen == 32 else ''}lp{xlen}"
    return base + next((letter for letter in "edf" if letter in names), "")


def float_abi(abi: str) -> FloatAbi:
    """Give the widest float that an ABI (``ilp32d``) passes in registers of its own."""
    return _FLOAT_ABIS.get(abi[-1], "soft")


def _order(name: str) -> tuple[int, int, str]:
    kind = "zsx".find(name[0])
    second = LETTERS.find(name[1]) if name[0] == "z" else 0
    return kind, second if second >= 0 else len(LETTERS), name
