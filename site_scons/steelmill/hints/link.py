"""What linkers say of objects that do not fit, and of addresses that are out of reach."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.elf.file_kind import describe_file
from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study


def _file_kinds(matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Say what the files are that the linker does not take."""
    paths = dict.fromkeys(match["file"] for match in matches)
    return Study(details=tuple(("file", f"{path}: {describe_file(failure.facts.read_head(path))}") for path in paths))


def _out_of_range(prefix: str) -> tuple[str, ...]:
    """Give the patterns of GNU ld and of LLD for relocations that do not reach their symbol."""
    return (
        rf"relocation truncated to fit: (?P<relocation>{prefix}\w+) against (?:symbol )?[`'](?P<symbol>[^']+)'",
        rf"relocation (?P<relocation>{prefix}\w+) out of range: .*?(?:references '(?P<symbol>[^']+)')?$",
    )


HINTS = (
    Hint(
        "lto-object",
        (r"(?P<file>[^\s:]+): plugin needed to handle lto object",),
        "{file} holds gcc's intermediate code (-flto) instead of machine code, which the linker itself cannot compile",
        "compile it without -flto or with -ffat-lto-objects, or link by the driver: linker=cc",
    ),
    Hint(
        "llvm-version",
        (r"\(Producer: '(?P<producer>[^']+)' Reader: '(?P<reader>[^']+)'\)",),
        "an object holds LLVM bitcode that {producer} wrote, and {reader} cannot read it",
        "take the LLVM of one release for all: rustc -vV names rustc's, --version the linker's; or compile without "
        "-Clinker-plugin-lto and -flto",
    ),
    Hint(
        "file-format",
        (
            r"(?:^|:)\s*(?P<file>[^\s:]+): file not recognized: file format not recognized",
            r":(?P<file>[^\s:]+): file format not recognized; treating as linker script",
            r"error: (?P<file>[^\s:]+\.(?:o|a|obj)):\d+: unknown directive:",
            r"error: (?P<file>[^\s:]+): section header table goes past the end of the file",
        ),
        "{file} is no object and no archive that this linker knows",
        "make it again for this target; LLVM bitcode needs LLD, or rustc without -Clinker-plugin-lto",
        _file_kinds,
    ),
    Hint(
        "machine-differs",
        (
            r"architecture of input file [`'](?P<file>[^']+)' is incompatible with .+ output",
            r"(?P<file>[^\s:]+): ABI is incompatible with that of the selected emulation",
            r"error: (?P<file>\S+) is incompatible with .+$",
        ),
        "{file} was compiled for another machine, or for another word size",
        "compile it for this target; scons verbose=1 shows the flags that C gets here",
    ),
    Hint(
        "emulation-unknown",
        (r"unrecognised emulation mode: (?P<emulation>\S+)", r"unknown emulation: (?P<emulation>\S+)"),
        "this linker cannot make images for {emulation}: it was built for other machines",
        "choose a linker for the target with linker=; LLD links for all",
    ),
    Hint(
        "arm-float-abi",
        (r"error: (?P<hard>\S+) uses VFP register arguments, (?P<soft>\S+) does not",),
        "{hard} passes floating-point arguments in FPU registers, and {soft} in integer registers",
        "compile both with one -mfloat-abi: hard where the target ends in eabihf, else soft or softfp",
    ),
    Hint(
        "arm-profile",
        (r"error: (?P<file>\S+): conflicting (?P<what>CPU architectures|architecture profiles) (?P<pair>\S+)",),
        "{file} was compiled for a processor of another kind ({what} {pair})",
        "compile it with the target's -mcpu; M stands for Cortex-M, A and R for the larger ones",
    ),
    Hint(
        "risc-v-float-abi",
        (
            r"(?P<file>[^\s:]+): can't link (?P<what>\S+ modules with \S+ modules)",
            r"error: (?P<file>[^\s:]+): cannot link object files with different (?P<what>floating-point ABI)",
        ),
        "{file} passes floating-point arguments otherwise than the rest ({what})",
        "compile both with one -mabi: ilp32 or lp64 without F and D, ilp32d or lp64d where the target says so "
        "(llvm-abiname)",
    ),
    Hint(
        "relocation-pie",
        (
            r"relocation \w+ against (?:symbol )?[`'](?P<symbol>[^']+)' can not be used when making",
            r"relocation \w+ cannot be used against (?:local )?symbol '(?P<symbol>[^']+)'",
        ),
        "the image is linked as position-independent (-pie or -shared), and the reference to {symbol} is absolute",
        "take -pie out of [link] flags (LINKFLAGS), or compile with -fPIE and relocation-model pie",
    ),
    Hint(
        "arm-out-of-range",
        _out_of_range("R_ARM_"),
        "{symbol} is too far away for the instruction that refers to it ({relocation})",
        "in assembly take the wide instruction (b.w, or ldr r0, =name and bx r0); in C compile with -mlong-calls, or "
        "place both into one region",
    ),
    Hint(
        "x86-out-of-range",
        _out_of_range("R_(?:X86_64|386)_"),
        "{symbol} lies where the code model of its user does not reach ({relocation})",
        "choose the code model by where the image lies: small below 2 GiB, kernel in the upper 2 GiB, else large; "
        '"code-model" in the target specification sets it for Rust and C',
    ),
    Hint(
        "risc-v-out-of-range",
        _out_of_range("R_RISCV_"),
        "{symbol} lies where the code model of its user does not reach ({relocation})",
        '"code-model": "medium" in the target specification (-mcmodel=medany) reaches 2 GiB around the code; in '
        "assembly take call and la instead of j, jal and lui",
    ),
)
