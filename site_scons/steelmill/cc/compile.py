"""Compile: one source of C, C++ or assembly to one object, and linker scripts through the preprocessor.

Follows "Invoking GCC" of the GCC manual; reproducible bytes by "Reproducible builds", -ffile-prefix-map and
-frandom-seed there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from steelmill.cc.arch.model import Family
from steelmill.errors import InputError
from steelmill.step import OUT
from steelmill.suggest import did_you_mean

TOP = "/proc/self/cwd"
"""The working directory under a name that is the same wherever the project lies."""


class Language(NamedTuple):
    """What a source is written in."""

    name: str
    """As gcc's ``-x`` has it."""
    label: str
    """The tool in capitals, as shown while it runs."""
    cxx: bool = False
    """The C++ driver and its flags compile it."""
    preprocessed: bool = True
    """It passes through the preprocessor, which then lists what it read."""


_C = Language("c", "CC")
_CXX = Language("c++", "CXX", cxx=True)
_CPP_ASSEMBLY = Language("assembler-with-cpp", "AS")
_ASSEMBLY = Language("assembler", "AS", preprocessed=False)

LANGUAGES: Mapping[str, Language] = {
    ".c": _C,
    ".cpp": _CXX,
    ".cc": _CXX,
    ".cxx": _CXX,
    ".c++": _CXX,
    ".C": _CXX,
    ".S": _CPP_ASSEMBLY,
    ".sx": _CPP_ASSEMBLY,
    ".spp": _CPP_ASSEMBLY,
    ".s": _ASSEMBLY,
    ".asm": _ASSEMBLY,
}
"""By the source's suffix, as for gcc and SCons; upper and lower case differ."""

OPT_LEVELS: Mapping[str, str] = {
    "0": "-O0",
    "1": "-O1",
    "2": "-O2",
    "3": "-O3",
    "s": "-Os",
    "z": "-Os",  # gcc has -Oz since 12; for older ones -Os is the nearest.
    "g": "-Og",
}
"""cargo's opt-level -> gcc's flag."""

DEBUG_LEVELS: Mapping[str, tuple[str, ...]] = {
    "0": (),
    "none": (),
    "line-directives-only": ("-g1",),
    "line-tables-only": ("-g1",),
    "1": ("-g1",),
    "limited": ("-g1",),
    "2": ("-g",),
    "full": ("-g",),
}
"""cargo's debug -> gcc's flags."""


def find_language(source: str) -> Language:
    """Tell the language by the suffix; raise InputError for one that no compiler takes."""
    suffix = posixpath.splitext(source)[1]
    if suffix in LANGUAGES:
        return LANGUAGES[suffix]
    raise InputError(
        f"no C, C++ or assembly source: its suffix is {suffix or 'missing'}, "
        f"expected one of {' '.join(LANGUAGES)}{did_you_mean(suffix, LANGUAGES)}",
        place=source,
        remedy="rename the file, or take it out of the sources",
    )


class Compile(NamedTuple):
    """One run of the compiler. Paths are relative to the project's top folder, or absolute outside it."""

    program: str
    """The C or C++ driver, as the source's language wants it."""
    source: str
    object_name: str
    """File name in the Step's folder: ``main.o``."""
    target_flags: tuple[str, ...] = ()
    """From ``flags.target_flags``, ``CXX_FLAGS`` with C++, and ``toolchain.standalone_flags``."""
    user_flags: tuple[str, ...] = ()
    """CFLAGS, CCFLAGS, CXXFLAGS, ASFLAGS: after the target's, so that they win."""
    include_dirs: tuple[str, ...] = ()
    defines: tuple[tuple[str, str | None], ...] = ()
    """(name, value); without a value the macro is 1."""
    forced_includes: tuple[str, ...] = ()
    """Headers of ``-include``, in order."""
    opt_level: str = "2"
    """A key of ``OPT_LEVELS``."""
    debug: str = "0"
    """A key of ``DEBUG_LEVELS``."""
    family: Family = "gcc"

    @property
    def language(self) -> Language:
        """What the source is written in."""
        return find_language(self.source)

    @property
    def dep_info_name(self) -> str:
        """File name of the make rule that lists what was read: ``main.d`` beside ``main.o``."""
        return posixpath.splitext(self.object_name)[0] + ".d"

    @property
    def lists_reads(self) -> bool:
        """Say whether the compiler lists what it reads: of plain assembly, clang's own assembler does not."""
        return self.language.preprocessed or self.family == "gcc"

    @property
    def outputs(self) -> tuple[str, ...]:
        """File names in the Step's folder, the object first."""
        return (self.object_name, self.dep_info_name) if self.lists_reads else (self.object_name,)


def compile_argv(c: Compile) -> tuple[str, ...]:
    """Write the command. It writes object and dep-info; the rule in the latter names the object by its file name.

    Only of plain assembly does it name the whole path, temporary folder included: the assembler knows no other form.
    """
    language = c.language
    return (
        c.program,
        *_choose("opt-level", c.opt_level, {key: (flag,) for key, flag in OPT_LEVELS.items()}, c.source),
        *_choose("debug", c.debug, DEBUG_LEVELS, c.source),
        *c.target_flags,
        # With PWD=/proc/self/cwd no folder above the project is in the object; this makes the rest ".", as for Rust.
        f"-ffile-prefix-map={TOP}=.",
        *c.user_flags,
        *_random_seed(c),
        *_preprocessor_flags(c.defines, c.include_dirs, c.forced_includes),
        *_dep_info(c),
        "-x",
        language.name,
        "-c",
        _plain(c.source),
        "-o",
        f"{OUT}/{c.object_name}",
    )


def preprocess_script_argv(
    program: str,
    source: str,
    script_name: str,
    *,
    target_flags: Iterable[str] = (),
    user_flags: Iterable[str] = (),
    include_dirs: Iterable[str] = (),
    defines: Iterable[tuple[str, str | None]] = (),
    forced_includes: Iterable[str] = (),
) -> tuple[str, ...]:
    """Write the command that makes a linker script of an ``.ld.S``. Outputs: ``script_name`` and ``script_name.d``.

    ``__ASSEMBLER__`` is defined. Macros without underscores are not: ``OUTPUT_ARCH(i386:x86-64)`` must stay as it is.
    """
    return (
        program,
        *target_flags,
        *user_flags,
        *(f"-U{name}" for name in ("linux", "unix", "i386")),
        *_preprocessor_flags(defines, include_dirs, forced_includes),
        *_cpp_dep_info(f"{script_name}.d", script_name),
        "-E",
        "-P",
        "-x",
        "assembler-with-cpp",
        _plain(source),
        "-o",
        f"{OUT}/{script_name}",
    )


def compile_env(program: str, source_date_epoch: int) -> tuple[tuple[str, str], ...]:
    """Give the complete environment of a compiler run, sorted by name. ``source_date_epoch``: seconds since 1970."""
    folders = dict.fromkeys([posixpath.dirname(program) or "/usr/bin", "/usr/bin", "/bin"])
    return (
        ("LC_ALL", "C.UTF-8"),
        ("PATH", ":".join(folders)),
        ("PWD", TOP),
        ("SOURCE_DATE_EPOCH", str(source_date_epoch)),
        ("TMPDIR", OUT),
    )


def _preprocessor_flags(
    defines: Iterable[tuple[str, str | None]], include_dirs: Iterable[str], forced_includes: Iterable[str]
) -> tuple[str, ...]:
    return (
        *(f"-D{name}" if value is None else f"-D{name}={value}" for name, value in defines),
        *(f"-I{folder}" for folder in include_dirs),
        *(word for header in forced_includes for word in ("-include", header)),
    )


def _dep_info(c: Compile) -> tuple[str, ...]:
    if not c.lists_reads:
        return ()
    return _cpp_dep_info(c.dep_info_name, c.object_name) if c.language.preprocessed else _as_dep_info(c.dep_info_name)


def _cpp_dep_info(name: str, rule: str) -> tuple[str, ...]:
    return ("-MD", "-MF", f"{OUT}/{name}", "-MQ", rule)


def _as_dep_info(name: str) -> tuple[str, ...]:
    # No preprocessor, no -MD; the assembler itself lists .include and .incbin. -Xassembler, since -Wa splits at commas.
    return ("-Xassembler", "--MD", "-Xassembler", f"{OUT}/{name}")


def _random_seed(c: Compile) -> tuple[str, ...]:
    # Names of LTO sections, and of C++ functions in anonymous namespaces, are random without.
    lto = any(flag.startswith("-flto") for flag in (*c.target_flags, *c.user_flags))
    return (f"-frandom-seed={c.source}",) if lto or c.language.cxx else ()


def _choose(what: str, value: str, table: Mapping[str, tuple[str, ...]], place: str) -> tuple[str, ...]:
    if value in table:
        return table[value]
    raise InputError(
        f"{what} {value!r} is unknown; expected one of {' '.join(table)}", place=place, remedy=f"change {what}"
    )


def _plain(path: str) -> str:
    """Keep a file name that begins with a dash from being an option."""
    return f"./{path}" if path.startswith("-") else path
