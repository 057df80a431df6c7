"""Undefined symbols: who should have defined them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.hints import symbols
from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study
from steelmill.hints.near_symbols import near_symbols

_AT_MOST = 4
"""How many symbols are looked into."""


def _undefined(names: str) -> tuple[str, ...]:
    """Give the patterns of GNU ld and of LLD for undefined symbols."""
    return (
        rf"undefined references? to [`'](?P<symbol>{names})'",
        rf"undefined (?:hidden |protected |internal )?symbol: (?P<symbol>{names})$",
    )


def _near(matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Look for what comes near to the symbols among all that is linked."""
    definitions, texts = failure.facts.definitions(), failure.facts.rust_texts()
    wanted = list(dict.fromkeys(match["symbol"] for match in matches))[:_AT_MOST]
    return Study(details=tuple(("near", line) for name in wanted for line in near_symbols(name, definitions, texts)))


HINTS = (
    Hint(
        "memory-functions-undefined",
        _undefined(symbols.MEMORY),
        "the compilers call {symbol} by themselves, and nothing that is linked defines it",
        'let Rust supply it with [rust] mem = "on" (RUST_MEM), or add a C library to [c] libraries (TOOLCHAIN_LIBS): '
        '"c_nano"',
    ),
    Hint(
        "atomics-undefined",
        _undefined(symbols.ATOMIC),
        "the target has no instruction for an atomic access of this size, so the compiler calls {symbol}, which no "
        "library for bare metal has",
        "define it by masking interrupts, as docs/atomics.md does, give the target the atomics that its processor has, "
        "or use atomics of a size that it has",
    ),
    Hint(
        "unwinding-undefined",
        _undefined(symbols.UNWIND),
        "an object was compiled to unwind the stack, and no unwinder is linked: {symbol} belongs to one",
        'compile Rust with panic = "abort" and C++ with -fno-exceptions, or discard the unwind tables in the linker '
        "script",
    ),
    Hint(
        "thread-local-undefined",
        _undefined(symbols.TLS),
        "a thread-local variable is read through {symbol}, which an operating system or its C library has",
        "make the variable global (in C take __thread away, in Rust #[thread_local]), or define the function for your "
        "scheduler",
    ),
    Hint(
        "compiler-functions-undefined",
        _undefined(symbols.COMPILER),
        "{symbol} is arithmetic that the processor lacks; the compiler calls a function of its own library for it",
        'add "gcc" to [c] libraries (TOOLCHAIN_LIBS), or link a Rust crate, whose compiler_builtins has most of them',
    ),
    Hint(
        "rust-symbols-undefined",
        _undefined(symbols.RUST),
        "an object with Rust code is linked without the crates that it uses: {symbol}",
        "link one staticlib, which has all of them: [rust] crate (RustStaticLibrary); no rlib, no lone object",
    ),
    Hint(
        "cxx-runtime-undefined",
        _undefined(symbols.CXX),
        "{symbol} belongs to the C++ runtime, which is not linked",
        'compile with -fno-exceptions -fno-rtti -fno-threadsafe-statics, define it, or add "stdc++" or "supc++" to '
        "[c] libraries (TOOLCHAIN_LIBS)",
    ),
    Hint(
        "system-calls-undefined",
        _undefined(symbols.SYSTEM_CALL),
        "newlib leaves {symbol} to the firmware: there is no operating system to call",
        'define it for your board, or add "nosys", whose functions only fail, behind the C library in [c] libraries '
        "(TOOLCHAIN_LIBS)",
    ),
    Hint(
        "libc-start-undefined",
        _undefined(symbols.LIBC_START),
        "startup code calls {symbol}, which is in the C library and its startup files, and they are not linked",
        'add "c_nano" to [c] libraries (TOOLCHAIN_LIBS) and define empty _init and _fini, or run the init_array in '
        "your own startup code",
    ),
    Hint(
        "main-undefined",
        _undefined("main"),
        "startup code calls main, and nothing that is linked defines it under this name",
        'define it, in Rust as #[unsafe(no_mangle)] pub extern "C" fn main() -> !, or call your own function from the '
        "startup code",
    ),
    Hint(
        "stack-protector-undefined",
        _undefined(symbols.STACK_PROTECTOR),
        "an object was compiled with the stack protector, whose {symbol} a C library or the firmware must have",
        "compile it with -fno-stack-protector, or define __stack_chk_guard and __stack_chk_fail",
    ),
    Hint(
        "global-offset-table",
        _undefined("_GLOBAL_OFFSET_TABLE_"),
        "an object was compiled as position-independent code, which looks addresses up in a table that this image has "
        "not",
        "compile it with -fno-pic -fno-pie, and Rust with relocation-model static",
    ),
    Hint(
        "script-symbol-undefined",
        _undefined(symbols.SCRIPT),
        "{symbol} is an address that the linker script should define, and it does not",
        "define it in the script (NAME = .;) under the very name that the startup code or the library uses",
    ),
    Hint(
        "cxx-linkage",
        _undefined(symbols.CXX_CALL),
        "{symbol} is a C++ name, which carries the types of the arguments; C and Rust define plain names",
        'declare the function extern "C" where C++ calls it, or add the source that defines it to [c] sources',
        _near,
    ),
    Hint(
        "undefined-symbol",
        _undefined(symbols.ANY),
        "no object, archive or library of this link defines {symbol}",
        "add what defines it to [c] sources, objects or libraries, or correct the name; Rust exports a function by "
        '#[unsafe(no_mangle)] pub extern "C" fn, C++ by extern "C"',
        _near,
    ),
)
