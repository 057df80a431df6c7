"""What gcc, clang and the GNU assembler say of headers, options and instructions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.cc.search_flags import parse_search_flags
from steelmill.hints.facts import Failure
from steelmill.hints.hint import QUOTE, Hint, Study

_LIBC = (
    r"(?:assert|complex|ctype|errno|fenv|inttypes|locale|math|setjmp|signal|stdio|stdlib|string|strings|tgmath|time|wchar"
    r"|unistd|sys/\w+)\.h"
)
"""Headers of a C library; those of a compiler (stdint.h, stddef.h, limits.h ...) are there without."""
_CXX_HEADER = (
    r"(?:algorithm|array|atomic|cstd\w+|cstring|functional|limits|memory|new|optional|string|tuple|type_traits|utility"
    r"|vector)"
)
_NOT_FOUND = r"fatal error: {name}: No such file or directory"
_NOT_FOUND_CLANG = r"fatal error: '{name}' file not found"


def _header(name: str) -> tuple[str, ...]:
    return tuple(form.format(name=f"(?P<header>{name})") for form in (_NOT_FOUND, _NOT_FOUND_CLANG))


def _searched(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Give the folders in which the compiler looked, in order, before its own."""
    flags = parse_search_flags(failure.step.argv)
    folders = dict.fromkeys(("the folder of the file that names it", *flags.quote, *flags.include, *flags.system))
    return Study(details=(("searched", f"{', '.join(folders)}, the compiler's own"),))


HINTS = (
    Hint(
        "compiler-incomplete",
        (rf"cannot execute {QUOTE}(?P<program>[^']+?){QUOTE}: ",),
        "the driver does not find {program}, its compiler for this language: the toolchain is not whole",
        "install the rest of it (Debian: g++ for cc1plus), or name another toolchain by cc=",
    ),
    Hint(
        "c-library-header",
        _header(_LIBC),
        "{header} belongs to a C library, and this compiler has none for the target",
        "install one (Debian: libnewlib-arm-none-eabi, picolibc-riscv64-unknown-elf), or do without: stdint.h and "
        "stddef.h come with the compiler",
    ),
    Hint(
        "cxx-library-header",
        _header(_CXX_HEADER),
        "{header} belongs to the C++ library, and this compiler has none for the target",
        "install it (Debian: libstdc++-arm-none-eabi-newlib), or use C headers",
    ),
    Hint(
        "header-missing",
        _header(r"[^\n]+?"),
        "no folder that is searched has {header}",
        "add its folder to [c] include (CPPPATH), or correct the name; a generated header must be built",
        _searched,
    ),
    Hint(
        "cpu-unknown",
        (
            r"error: unrecognized -(?P<key>mcpu|march) target: (?P<value>\S+)",
            rf"error: bad value {QUOTE}(?P<value>[^']+?){QUOTE} for {QUOTE}-(?P<key>march|mtune|mcpu)=",
            rf"error: unrecognized argument in option {QUOTE}-(?P<key>m\w+)=(?P<value>[^']+?){QUOTE}",
            rf"error: {QUOTE}-(?P<key>mcpu)=(?P<value>[^']+?){QUOTE}: unknown CPU",
            rf"error: {QUOTE}-(?P<key>march)=(?P<value>[^']+?){QUOTE}: ",
        ),
        "this compiler does not know {value} (-{key})",
        "correct it in [c] cflags (CCFLAGS); where it comes from the target, take a newer compiler by cc=",
    ),
    Hint(
        "fpu-missing",
        (r"-mfloat-abi=hard['\u2019]?: selected (?P<what>architecture|processor) lacks an FPU",),
        "the calls are to pass floating-point arguments in FPU registers, and the {what} given has none",
        "take -mcpu, -march and -mfpu out of [c] cflags (CCFLAGS), so that the target's hold, or choose a target "
        "without hf at its end",
    ),
    Hint(
        "risc-v-abi",
        (
            rf"error: requested ABI requires {QUOTE}-march{QUOTE} to subsume the {QUOTE}(?P<extension>\w+){QUOTE}",
            rf"error: ABI requires {QUOTE}-march=(?P<extension>\w+){QUOTE}",
        ),
        "-mabi and -march contradict each other: the ABI needs {extension}",
        "take both out of [c] cflags (CCFLAGS), so that the target's hold (llvm-abiname and features)",
    ),
    Hint(
        "compiler-option",
        (
            rf"error: unrecognized command-line option {QUOTE}(?P<option>[^']+?){QUOTE}(?:;|$)",
            r"error: unknown argument: '(?P<option>[^']+)'",
        ),
        "this compiler has no option {option}",
        "correct it in [c] cflags (CCFLAGS); options of another compiler or machine need cc=",
    ),
    Hint(
        "sse-disabled",
        (r"error: SSE register (?P<what>return|argument) with SSE disabled",),
        "the target keeps floating point out of SSE registers, as a kernel does, and a C function takes or returns a "
        "double or float in one",
        "pass a pointer or an integer instead, or choose a target with SSE; -msse here would disagree with Rust",
    ),
    Hint(
        "instruction-unsupported",
        (rf"Error: selected (?P<what>processor|FPU) does not support (?:.* -- )?{QUOTE}(?P<instruction>[^'\n]+)'",),
        "the {what} that the target names has no such instruction: {instruction}",
        "correct the target's cpu and features, guard the code by its macros (__ARM_ARCH, __ARM_FEATURE_...), or say "
        ".cpu or .fpu in the assembly where it may run",
    ),
    Hint(
        "extension-missing",
        (rf"Error: unrecognized opcode {QUOTE}(?P<instruction>[^'\n]+)', extension (?P<extension>.+) required",),
        "the target's -march lacks the extension {extension} that this instruction is in: {instruction}",
        "add it to the target's features, or say .option arch, +NAME before the code that may use it",
    ),
    Hint(
        "instruction-unknown",
        (
            rf"Error: (?:no such|bad|unrecognized) (?:instruction|opcode):? {QUOTE}(?P<instruction>[^'\n]+)'",
            r"Error: bad register name `(?P<instruction>[^'\n]+)'",
        ),
        "the assembler of this target does not know it: {instruction}",
        "correct it, or keep assembly of other machines out: [target.'cfg(target_arch = \"...\")'.c] sources",
    ),
)
