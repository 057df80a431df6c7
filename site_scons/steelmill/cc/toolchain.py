"""CcToolchain: one C compiler with the programs behind it.

Follows "Overall Options" and "Developer Options" of the GCC manual for what the driver tells about itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from steelmill.cc.arch import ARCHES
from steelmill.cc.arch.model import Family
from steelmill.cc.flags import Flag
from steelmill.errors import ToolchainError
from steelmill.step import Tool

PREFIXES: Mapping[str, tuple[str, ...]] = {name: arch.prefixes for name, arch in ARCHES.items()}
"""``target_arch`` -> toolchains to look for, the best first; the empty prefix is the compiler of the host."""

ROLES = ("cc1", "cc1plus", "collect2", "as", "ld", "ar", "objcopy", "objdump", "nm")
"""Programs the driver is asked for. It answers with a bare name where PATH decides."""

_INSIDE_CLANG = ("cc1", "cc1plus", "collect2")
"""Roles that clang fills itself."""

_BARE_METAL = ("elf", "eabi", "eabihf", "none", "code16")


class Multilib(NamedTuple):
    """One set of the toolchain's own libraries."""

    directory: str
    """As ``-print-multi-directory`` gives it; ``.`` is the default set."""
    flags: tuple[str, ...]
    """Those that select it; empty where they are unknown."""


class Probe(NamedTuple):
    """What a compiler tells about itself, before its programs are looked up."""

    family: Family
    version: str
    machine: str
    """``-dumpmachine``: ``arm-none-eabi``."""
    programs: Mapping[str, str]
    """Role -> path, or a bare name that PATH decides."""
    libgcc: str
    own_include: str
    """Folder of the compiler's own headers: stdint.h, stddef.h."""
    libraries: tuple[str, ...]
    """Shared libraries that hold the compiler itself: clang's driver is a few kilobytes."""
    multilibs: tuple[Multilib, ...]

    @property
    def unresolved(self) -> Mapping[str, str]:
        """The roles whose answer is a bare name, for the edge to find on PATH."""
        return {role: name for role, name in self.programs.items() if "/" not in name}


@dataclass(frozen=True)
class CcToolchain:
    """A C compiler, identified down to the binaries that do the work."""

    prefix: str
    family: Family
    version: str
    """``12.2.1``."""
    machine: str
    programs: Mapping[str, str]
    """Absolute path by role: cc, cxx (where it is installed) and those of ``ROLES``."""
    libgcc: str
    own_include: str
    multilibs: tuple[Multilib, ...]
    identity: str
    """Digest of all the binaries."""

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor version."""
        return _numbers(self.version)

    @property
    def bare_metal(self) -> bool:
        """True where the compiler was built for no operating system."""
        return is_bare_metal(self.machine)

    def made_for(self, llvm_target: str) -> CcToolchain:
        """Give the toolchain as it is for one target: clang is made for whatever ``--target`` names."""
        return replace(self, machine=llvm_target) if self.family == "clang" else self

    @property
    def tool(self) -> Tool:
        """The compiler as a tool of a Step."""
        return Tool(f"{self.prefix}{self.family} {self.version}", self.identity)


def is_bare_metal(machine: str) -> bool:
    """Say whether ``-dumpmachine``, or LLVM's name of a target, names no operating system."""
    return "-" not in machine or machine.rsplit("-", 1)[-1] in _BARE_METAL


def parse_prefix(cc: str) -> str:
    """Take the prefix out of a compiler's path: ``/opt/bin/arm-none-eabi-gcc-12`` -> ``arm-none-eabi-``."""
    match = re.fullmatch(r"(.*?)(?:gcc|g\+\+|clang|clang\+\+|cc)(?:-[\d.]+)?", posixpath.basename(cc))
    return match[1] if match else ""


def cxx_name(cc: str) -> str:
    """Give the C++ driver that stands beside a C driver: the same name with g++ for gcc, clang++ for clang."""
    folder, name = posixpath.split(cc)
    name = re.sub(r"gcc(?=$|-[\d.]+$)", "g++", re.sub(r"clang(?=$|-[\d.]+$)", "clang++", name))
    return posixpath.join(folder, re.sub(r"(^|-)cc$", r"\1c++", name))


def probe_requests(cc: str, flags: Iterable[str] = ()) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the commands that make a compiler tell about itself: (role, argv). ``flags`` select the multilib.

    ``multilibs`` and ``defaults`` may fail (clang has neither), and so may ``libraries``; their output then counts as
    empty.
    """
    return (
        ("version", (cc, "--version")),
        ("machine", (cc, "-dumpmachine")),
        *((role, (cc, f"-print-prog-name={role}")) for role in ROLES),
        ("libgcc", (cc, *flags, "-print-libgcc-file-name")),
        ("include", (cc, "-print-file-name=include")),
        ("multilibs", (cc, "-print-multi-lib")),
        ("defaults", (cc, "-Q", "--help=target")),
        ("libraries", ("ldd", cc)),
    )


def parse_probe(cc: str, outputs: Mapping[str, str]) -> Probe:
    """Read the answers to ``probe_requests``; raise ToolchainError where ``cc`` is no gcc or clang."""
    banner = outputs.get("version", "")
    family: Family | None = "clang" if "clang" in banner else "gcc" if _is_gcc(banner) else None
    # The version stands last in gcc's first line; what the packager wrote stands in parentheses before it.
    first = re.sub(r"\([^()]*\)", "", next(iter(banner.splitlines()), ""))
    version = re.search(r"\b(\d+(?:\.\d+)+)", first)
    # every GNU program's banner looks like gcc's; only a compiler names a machine
    if family is None or version is None or not outputs.get("machine", "").strip():
        said = next(iter(banner.splitlines()), "nothing")
        raise ToolchainError(
            f"{cc} --version printed {said!r}; expected gcc or clang",
            remedy="point cc= at the C compiler of a cross toolchain: cc=/opt/gcc/bin/arm-none-eabi-gcc",
        )
    roles = [role for role in ROLES if not (family == "clang" and role in _INSIDE_CLANG)]
    return Probe(
        family=family,
        version=version[1],
        machine=outputs["machine"].strip(),
        programs={role: _path(outputs[role]) for role in roles},
        libgcc=_path(outputs["libgcc"]),
        own_include=_path(outputs["include"]),
        libraries=parse_loaded_libraries(outputs.get("libraries", "")),
        # clang's are the host's, whatever the target
        multilibs=parse_multilibs(outputs.get("multilibs", ""), outputs.get("defaults", "")) * (family == "gcc"),
    )


def parse_loaded_libraries(listing: str) -> tuple[str, ...]:
    """Read the paths of LLVM's libraries out of what ldd prints."""
    return tuple(re.findall(r"=> (\S*/lib(?:clang|LLVM)\S*)", listing))


def parse_multilibs(listing: str, defaults: str) -> tuple[Multilib, ...]:
    """Read ``-print-multi-lib`` (``dir;@flag@flag``). The default set's flags come from ``-Q --help=target``."""
    own = re.findall(r"^\s*(-march=|-mabi=)\s+(\S+)\s*$", defaults, re.MULTILINE)
    found = []
    for line in listing.split():
        directory, _, flags = line.partition(";")
        words = tuple(f"-{word}" for word in flags.split("@") if word)
        found.append(Multilib(directory, words or tuple(f"{key}{value}" for key, value in own)))
    return tuple(found)


def assemble_toolchain(cc: str, probe: Probe, resolved: Mapping[str, str], identity: str) -> CcToolchain:
    """Complete a probe with what the edge found: ``resolved`` has the programs that PATH decides, and cxx."""
    return CcToolchain(
        prefix=parse_prefix(cc),
        family=probe.family,
        version=probe.version,
        machine=probe.machine,
        programs={"cc": cc, **probe.programs, **resolved},
        libgcc=probe.libgcc,
        own_include=probe.own_include,
        multilibs=probe.multilibs,
        identity=identity,
    )


def missing_toolchain(arch: str, install: str) -> ToolchainError:
    """Say that no C compiler was found, which names were looked for on PATH, and how to ``install`` one."""
    names = ", ".join(f"{prefix}gcc" for prefix in PREFIXES.get(arch, ()))
    return ToolchainError(
        f"no C compiler for {arch}; expected {names or 'cc=PATH'}", remedy=f"{install}; or give cc=/path/to/gcc"
    )


# A compiler for Linux assumes Linux around it. Each macro stands for an assumption, with the flag that removes it.
_ASSUMPTIONS = (
    ("-ffreestanding", "__STDC_HOSTED__", "1"),
    ("-fno-pic", "__PIC__", None),
    ("-fno-pie", "__PIE__", None),
    ("-mgeneral-regs-only", "__SSE__", None),
    ("-mgeneral-regs-only", "__MMX__", None),
    ("-fcf-protection=none", "__CET__", None),
    ("-fno-stack-protector", "__SSP__", None),
    ("-fno-stack-protector", "__SSP_STRONG__", None),
    ("-fno-stack-protector", "__SSP_ALL__", None),
    ("-U_FORTIFY_SOURCE", "_FORTIFY_SOURCE", None),
    ("-U__linux__", "__linux__", None),
    ("-U__unix__", "__unix__", None),
    ("-Ulinux", "linux", None),
    ("-Uunix", "unix", None),
)

_HOST_MACROS = ("linux", "__linux", "__linux__", "__gnu_linux__", "unix", "__unix", "__unix__", "_FORTIFY_SOURCE")


def standalone_flags(machine: str, own_include: str) -> tuple[Flag, ...]:
    """Give the flags that take an operating system's assumptions from its compiler; none for a bare-metal one.

    Its C library's headers go too: they describe code that is not in the image. ``own_include`` is the compiler's own.
    """
    if is_bare_metal(machine):
        return ()
    key = f"compiler of {machine}"
    return (
        Flag("-nostdinc", key),
        Flag("-isystem", key),
        Flag(own_include, key),
        *(Flag(f"-U{name}", key) for name in _HOST_MACROS),
        Flag("-fno-stack-clash-protection", key),
        # Only Linux has the mark; without it in hand-written assembly, its linker warns of an executable stack.
        Flag("-Wa,--noexecstack", key),
    )


def check_host_gcc(arch: str, machine: str, macros: Mapping[str, str], flags: Iterable[str]) -> None:
    """Accept an operating system's compiler for a firmware; raise ToolchainError where it cannot forget its host.

    ``macros`` are the predefined ones under ``flags``, which are the target's and the standalone ones.
    """
    known = set(flags)
    own = ARCHES[arch].macro
    if own not in macros or "__ELF__" not in macros:
        lacks = own if own not in macros else "__ELF__"
        raise ToolchainError(
            f"the compiler of {machine} makes no {arch} ELF ({lacks} is not defined)", remedy=_cross_remedy(arch)
        )
    left = [
        (macro, flag)
        for flag, macro, value in _ASSUMPTIONS
        if flag in known and macro in macros and value in (None, macros[macro])
    ]
    if left:
        raise ToolchainError(
            f"the compiler of {machine} does not compile for a machine without operating system: "
            f"{left[0][1]} leaves {left[0][0]} defined",
            details=[(flag, f"leaves {macro} defined") for macro, flag in left[1:]],
            remedy=_cross_remedy(arch),
        )


def _cross_remedy(arch: str) -> str:
    names = ", ".join(f"{prefix}gcc" for prefix in PREFIXES[arch] if prefix)
    return f"give another compiler with cc=PATH ({names})"


def _is_gcc(banner: str) -> bool:
    return "Free Software Foundation" in banner or "gcc" in banner.lower()


def _path(answer: str) -> str:
    text = answer.strip()
    return posixpath.normpath(text) if "/" in text else text


def _numbers(version: str) -> tuple[int, int]:
    major, minor = [*version.split("."), "0"][:2]
    return int(major), int(minor)
