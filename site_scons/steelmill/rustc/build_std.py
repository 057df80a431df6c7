"""Which of Rust's own libraries firmware can have, and why it cannot have the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from steelmill.choice import choose
from steelmill.errors import InputError

LIBRARIES = ("core", "alloc", "compiler_builtins")
FEATURES = ("optimize_for_size", "debug_refcell")
"""Features of core, and of alloc where it has them, that anybody may turn on."""


class Absent(NamedTuple):
    """A library that is in rust-src and cannot be in firmware."""

    why: str
    remedy: str


_WITHOUT_STD = (
    'write ["core", "alloc"] and begin the crates with #![no_std]: core has what needs no memory, alloc has Box, Vec, '
    "String and Arc"
)

ABSENT: Mapping[str, Absent] = {
    "std": Absent("std needs an operating system for files, threads and time, and firmware has none", _WITHOUT_STD),
    "test": Absent("test, the harness of #[test], needs std", "leave it out, and test in the emulator: scons check"),
    "proc_macro": Absent("proc_macro serves crates that run inside the compiler", "leave it out"),
    "panic_abort": Absent("what a panic does is decided elsewhere", 'leave it out: panic = "abort" holds already'),
    "panic_unwind": Absent("unwinding needs std, and here a panic aborts", "leave it out"),
}
"""Library -> why it is refused."""


_OF_STD = "is a feature of std, which firmware has not"
_LEAVE_OUT = "leave it out"

FEATURES_ELSEWHERE: Mapping[str, Absent] = {
    "compiler-builtins-mem": Absent(
        "whether compiler_builtins supplies memcpy and its like is a key of its own", 'say mem = "on"'
    ),
    "compiler-builtins-c": Absent("it takes the C sources of compiler-rt, which no rust-src holds", _LEAVE_OUT),
    "compiler-builtins-no-asm": Absent("it is for targets without inline assembly, and these have it", _LEAVE_OUT),
    "compiler-builtins-no-f16-f128": Absent(
        "intrinsics of f16 and f128 cost nothing where no code uses them", _LEAVE_OUT
    ),
    "panic_immediate_abort": Absent(
        "what a panic does is a key of its own",
        'say panic = "immediate-abort": in [rust], or for a package in the profile of its Cargo.toml',
    ),
    **{
        name: Absent(f"{name} {_OF_STD}", _LEAVE_OUT)
        for name in (
            *("backtrace", "backtrace-trace-only", "default", "llvm-libunwind", "panic-unwind", "profiler"),
            *("std_detect_dlsym_getauxval", "std_detect_env_override", "std_detect_file_io", "system-llvm-libunwind"),
        )
    },
}
"""Feature of cargo's ``build-std-features`` -> why it is none of ``FEATURES``, and what stands in its place."""


def check_features(names: Sequence[str], place: str) -> None:
    """Raise InputError at ``place`` for a name that is none of ``FEATURES``."""
    for name in names:
        if name in FEATURES_ELSEWHERE:
            absent = FEATURES_ELSEWHERE[name]
            raise InputError(f"{name!r}: {absent.why}", place=place, remedy=absent.remedy)
        choose(name, FEATURES, place)


def check_build_std(names: Sequence[str], place: str) -> None:
    """Raise InputError at ``place`` for a name that is none of ``LIBRARIES``."""
    for name in names:
        if name in ABSENT:
            raise InputError(f"{name!r}: {ABSENT[name].why}", place=place, remedy=ABSENT[name].remedy)
        choose(name, LIBRARIES, place)
