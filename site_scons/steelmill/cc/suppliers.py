"""Who supplies memcpy and its like, and the compiler's intrinsics: decided once per image.

compiler_builtins has both, as weak symbols: the first behind its feature ``mem``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

MEM_FUNCTIONS = ("memcpy", "memmove", "memset", "memcmp")
"""What rustc and gcc call without being asked ("Language Standards Supported by GCC": freestanding environments)."""

C_LIBRARIES = ("c", "c_nano", "g", "g_nano")
"""Toolchain libraries that define all of ``MEM_FUNCTIONS``."""


class MemDecision(NamedTuple):
    """Whether compiler_builtins is built with ``mem``."""

    mem: bool
    supplier: str
    """Who defines the functions: ``compiler_builtins``, ``libc_nano``, a path; empty where nobody is known to."""
    said: str
    """One line for people."""


def decide_mem(
    mem: Literal["auto", "on", "off"],
    libraries: Sequence[str] = (),
    prebuilt_symbols: Mapping[str, Collection[str]] | None = None,
) -> MemDecision:
    """Decide by what else is linked.

    libraries         the toolchain's libraries asked for, as after ``-l``
    prebuilt_symbols  path of each prebuilt object or archive -> the global symbols it defines

    auto is on unless others define all of ``MEM_FUNCTIONS``. One that defines a part leaves it on: the symbols are
    weak, so that the part wins and the rest is there.
    """
    others = {f"lib{name}": frozenset(MEM_FUNCTIONS) for name in libraries if name in C_LIBRARIES}
    others |= {
        path: frozenset(symbols) & frozenset(MEM_FUNCTIONS)
        for path, symbols in (prebuilt_symbols or {}).items()
        if not frozenset(symbols).isdisjoint(MEM_FUNCTIONS)
    }
    named = ", ".join(others)
    missing = [name for name in MEM_FUNCTIONS if not any(name in defined for defined in others.values())]
    if mem == "off":
        lacks = f"; {', '.join(missing)} must come from the sources" if missing else ""
        return MemDecision(False, named, f"mem off: compiler_builtins leaves memcpy and its like out{lacks}")
    if mem == "on":
        wins = f"; {named} defines {'them' if not missing else 'some'} too and wins, since these are weak"
        return MemDecision(
            True, "compiler_builtins", f"mem on: memcpy and its like from compiler_builtins{wins if others else ''}"
        )
    if not missing:
        return MemDecision(False, named, f"mem auto: off, memcpy and its like from {named}")
    if others:
        return MemDecision(
            True,
            "compiler_builtins",
            f"mem auto: on, {named} defines only a part; {', '.join(missing)} from compiler_builtins",
        )
    return MemDecision(True, "compiler_builtins", "mem auto: on, memcpy and its like from compiler_builtins")


def describe_intrinsics(libraries: Sequence[str] = ()) -> str:
    """Say in one line who supplies ``__aeabi_*``, ``__udivdi3`` and the rest of the compilers' own calls."""
    if "gcc" in libraries:
        return "intrinsics: compiler_builtins first, libgcc for what it lacks"
    return "intrinsics: compiler_builtins"
