"""The toolchain's own libraries, libgcc, libc and their like, for the multilib that the target's flags select.

Follows "Developer Options" of the GCC manual: -print-file-name, -print-libgcc-file-name, -print-multi-lib.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from steelmill.cc.arch import riscv_isa
from steelmill.cc.toolchain import CcToolchain, Multilib
from steelmill.errors import ToolchainError
from steelmill.suggest import did_you_mean

PACKAGES = {
    ("arm-none-eabi", "stdc++"): "libstdc++-arm-none-eabi-newlib",
    ("arm-none-eabi", "supc++"): "libstdc++-arm-none-eabi-newlib",
    ("arm-none-eabi", None): "libnewlib-arm-none-eabi",
    ("riscv64-unknown-elf", None): "picolibc-riscv64-unknown-elf",
}
"""(machine, library or None for any) -> the Debian package that brings it."""

_USUAL = ("c", "c_nano", "g", "g_nano", "gcc", "m", "nosys", "rdimon", "semihost", "stdc++", "stdc++_nano", "supc++")
"""Libraries that come with a toolchain or its package; any other name may be misspelt."""

_ABI_FLAGS = ("-march=", "-mabi=")


class LibraryRequest(NamedTuple):
    """A question to the compiler driver."""

    name: str
    """Of the library, as after ``-l``: ``gcc``, ``c_nano``."""
    argv: tuple[str, ...]


def multilib_flags(cc: CcToolchain, flags: Iterable[str]) -> tuple[str, ...]:
    """Give the flags to ask with, which select the multilib that fits ``flags``.

    gcc does it itself, except on RISC-V: gcc 12 answers ``rv32imac_zicsr`` with the default set, which is 64-bit code,
    and the linker says no more than "incompatible". There the largest set is taken that has the same ABI and uses no
    extension the target lacks. Raise ToolchainError where none fits.
    """
    words = tuple(flags)
    chosen = {key: word[len(key) :] for word in words for key in _ABI_FLAGS if word.startswith(key)}
    if not cc.machine.startswith("riscv") or not cc.multilibs or len(chosen) != len(_ABI_FLAGS):
        return words
    xlen, extensions = riscv_isa.parse_arch(chosen["-march="])
    fitting = [
        (len(needed), multilib)
        for multilib in cc.multilibs
        for needed in [_needed(multilib, xlen, chosen["-mabi="])]
        if needed is not None and needed <= riscv_isa.closure(extensions)
    ]
    if not fitting:
        raise ToolchainError(
            f"{cc.programs['cc']} has no libraries for {chosen['-march=']} with ABI {chosen['-mabi=']}",
            remedy="give a toolchain that has them with cc=PATH, or ask for no toolchain libraries",
        )
    best = max(fitting, key=lambda pair: (pair[0], pair[1].directory))[1]
    return (*(word for word in words if not word.startswith(_ABI_FLAGS)), *best.flags)


def library_requests(cc: CcToolchain, flags: Iterable[str], names: Sequence[str]) -> tuple[LibraryRequest, ...]:
    """List one question per library, in the order of ``names``, which is the order on the link line.

    Raise ToolchainError for a C library of an operating system's compiler: it makes system calls.
    """
    words = multilib_flags(cc, flags)
    for name in names:
        if name != "gcc" and not cc.bare_metal:
            raise ToolchainError(
                f"lib{name}.a of {cc.machine} is made for its operating system, not for firmware",
                remedy="take it off the libraries, or give a bare-metal toolchain with cc=PATH",
            )
    return tuple(LibraryRequest(name, (cc.programs["cc"], *words, *_question(cc, name))) for name in names)


def multi_directory_request(cc: CcToolchain, flags: Iterable[str]) -> tuple[str, ...]:
    """Give the command that names the multilib's folder, for ``picolibc_path``."""
    return (cc.programs["cc"], *multilib_flags(cc, flags), "-print-multi-directory")


def picolibc_path(cc: CcToolchain, multi_directory: str, name: str) -> str:
    """Give the place where Debian's picolibc puts a library; gcc knows it only through ``--specs=picolibc.specs``."""
    return posixpath.normpath(f"/usr/lib/picolibc/{cc.machine}/lib/{multi_directory.strip()}/lib{name}.a")


def parse_library_answer(cc: CcToolchain, name: str, answer: str) -> str:
    """Give the library's path; raise ToolchainError where gcc only echoes the bare name, since it has none."""
    text = answer.strip()
    if "/" in text:
        return posixpath.normpath(text)
    if cc.family == "clang":
        raise ToolchainError(
            f"{cc.programs['cc']} brings no lib{name}.a for {cc.machine}",
            remedy='take it off the libraries, give one as a file ([c] objects = ["vendor/libc.a"]), '
            "or build with a GNU toolchain: cc=PATH"
            if name != "gcc"
            else "take it off the libraries: compiler_builtins has the functions that compiled C calls",
        )
    if name not in _USUAL:
        raise ToolchainError(
            f"{cc.programs['cc']} has no lib{name}.a{did_you_mean(name, _USUAL)}",
            remedy="correct the name; a library of your own is given by its path: [c] objects",
        )
    package = PACKAGES.get((cc.machine, name)) or PACKAGES.get((cc.machine, None))
    raise ToolchainError(
        f"{cc.programs['cc']} has no lib{name}.a",
        remedy=f"install {package} (Debian)" if package else "install the toolchain's C library, or give cc=PATH",
    )


def _question(cc: CcToolchain, name: str) -> tuple[str, ...]:
    if name != "gcc":
        return (f"-print-file-name=lib{name}.a",)
    # clang guesses where a gcc of the host may have its own; compiler-rt has the same functions
    return (*(("--rtlib=compiler-rt",) if cc.family == "clang" else ()), "-print-libgcc-file-name")


def _needed(multilib: Multilib, xlen: int, abi: str) -> frozenset[str] | None:
    """Give the extensions that a set of libraries uses, or None where its ABI or width is another."""
    found = {key: flag[len(key) :] for flag in multilib.flags for key in _ABI_FLAGS if flag.startswith(key)}
    own_xlen, extensions = riscv_isa.parse_arch(found.get("-march=", ""))
    return extensions if own_xlen == xlen and found.get("-mabi=") == abi else None
