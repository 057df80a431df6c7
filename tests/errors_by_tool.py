"""Mistakes that no build by Steelmill makes by itself: the tool is called as a user or another build calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from rust_examples import SYSTEM_RUSTC

# The items without which no_core code does not compile: metadata and objects in 0.05 s, without a sysroot.
LANG = """\
#![feature(no_core, lang_items)]
#![no_core]
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
#[lang = "copy"] pub trait Copy {}
"""
NO_CORE = "#![feature(no_core)]\n#![no_core]\n"
ARM = "thumbv7em-none-eabihf"
RUSTC = f"{SYSTEM_RUSTC} --edition 2021 --crate-type rlib -Cpanic=abort -L . --target"
ARM_CC = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m4 -ffreestanding"
RISCV_CC = "riscv64-unknown-elf-gcc -ffreestanding"
START = "int start(void) { return 1; }\n"
TAKES_FLOAT = "float use(float f) { return f; }\n"
BIG = "extern int big;\nint *start(void) { return &big; }\n"
SPEC = (
    '{"llvm-target": "thumbv7em-none-eabihf", "arch": "arm", "data-layout": "e-m:e-p:32:32-S64", '
    '"target-pointer-width": 32, "llvm-floatabi": "hard", "panic-strategy": "abort"}'
)


class Call(NamedTuple):
    """Commands in an empty folder, of which the last one fails."""

    anchor: str
    files: Mapping[str, str]
    commands: tuple[str | Callable[[Path], None], ...]
    """Words at blanks; a function does something to the folder in between."""
    words: str
    """Of the tool itself."""
    says: tuple[str, ...]
    env: Mapping[str, str] = {"RUSTC_BOOTSTRAP": "1"}


def _damage(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        before = (folder / name).read_bytes()
        after = change(before)
        assert after != before
        (folder / name).write_bytes(after)

    return apply


def _link(anchor: str, sources: Mapping[str, str], links: Mapping[str, str], *says: str) -> tuple[Call, ...]:
    """Compile sources (name -> command and text), then link; ``links``: the linker's words -> its command."""
    files = {name.split()[-1]: text for name, text in sources.items()}
    compiles = tuple(f"{name} -o {name.split()[-1].rpartition('.')[0]}.o" for name in sources)
    return tuple(Call(anchor, files, (*compiles, command), words, says) for words, command in links.items())


def _rustc(
    anchor: str, files: Mapping[str, str], commands: tuple[str | Callable[[Path], None], ...], words: str, *says: str
) -> Call:
    return Call(anchor, files, commands, words, says)


_LIBRARY = {"b.rs": LANG, "a.rs": f"{NO_CORE}extern crate b;\npub use b::Copy;\n"}
_BUILD_B = f"{RUSTC} {ARM} b.rs"
_PLAIN = {"app.rs": "#![no_std]\n"}
_PROBE = {"app.rs": NO_CORE}
_MANIFEST = '[package]\nname = "app"\nedition = "2021"\n'
_PACKAGE = {"Cargo.toml": _MANIFEST, "src/lib.rs": "#![no_std]\n"}

CALLS: tuple[Call, ...] = (
    # the linker's inputs
    *_link(
        "lto-object",
        {f"{ARM_CC} -flto -c a.c": START},
        {"plugin needed to handle lto object": "arm-none-eabi-ld a.o --fatal-warnings -o x"},
        "a.o holds gcc's intermediate code",
        "linker=cc",
    ),
    Call(
        "llvm-version",
        {"b.rs": LANG + 'pub fn f() {}\n#[unsafe(no_mangle)]\npub extern "C" fn start() {}\n'},
        (
            f"{_BUILD_B} --emit llvm-bc -o a.o",
            _damage("a.o", lambda code: code[:300] + bytes(30) + code[330:]),
            "ld.lld-22 a.o -o x",
        ),
        "(Producer: 'LLVM",
        ("LLVM bitcode that LLVM", "take the LLVM of one release"),
    ),
    Call(
        "file-format",
        {"b.rs": LANG},
        (f"{_BUILD_B} --emit llvm-bc -o a.o", "arm-none-eabi-ld a.o -o x"),
        "a.o: file not recognized: file format not recognized",
        ("a.o is no object and no archive", "file     a.o: LLVM bitcode", "LLVM bitcode needs LLD"),
    ),
    Call(
        "file-format",
        {"phy.a": "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 99\n"},
        ("arm-none-eabi-ld phy.a -o x",),
        "phy.a: file format not recognized; treating as linker script",
        ("phy.a is no object and no archive", "phy.a: a Git LFS pointer", "make it again"),
    ),
    Call(
        "file-format",
        {"phy.a": "hello\n"},
        ("ld.lld-22 -m armelf phy.a -o x",),
        "phy.a:1: unknown directive: hello",
        ("phy.a is no object and no archive", "phy.a: text", "make it again"),
    ),
    *_link(
        "file-format",
        {"gcc -c a.c": START},
        {"a.o: file not recognized: file format not recognized": "arm-none-eabi-ld a.o -o x"},
        "a.o: an ELF file for 64-bit x86-64, little-endian",
    ),
    Call(
        "file-format",
        {"a.c": START},
        (f"{ARM_CC} -c a.c -o a.o", _damage("a.o", lambda code: code[:300]), "ld.lld-22 a.o -o x"),
        "a.o: section header table goes past the end of the file",
        ("a.o is no object and no archive", "a.o: an ELF file for 32-bit ARM, little-endian"),
    ),
    *_link(
        "machine-differs",
        {"gcc -m32 -c a.c": START},
        {
            "input file `a.o' is incompatible with i386:x86-64 output": "ld -m elf_x86_64 a.o -o x",
            "a.o is incompatible with elf_x86_64": "ld.lld-22 -m elf_x86_64 a.o -o x",
        },
        "a.o was compiled for another machine, or for another word size",
        "compile it for this target",
    ),
    *_link(
        "machine-differs",
        {f"{RISCV_CC} -march=rv64imac -mabi=lp64 -c a.c": START},
        {"a.o: ABI is incompatible with that of the": "riscv64-unknown-elf-ld -m elf32lriscv a.o -o x"},
        "a.o was compiled for another machine",
    ),
    *_link(
        "emulation-unknown",
        {f"{ARM_CC} -c a.c": START},
        {
            "unrecognised emulation mode: elf_x86_64": "arm-none-eabi-ld -m elf_x86_64 a.o -o x",
            "unknown emulation: elf_z80": "ld.lld-22 -m elf_z80 a.o -o x",
        },
        "this linker cannot make images for elf_",
        "linker=",
    ),
    *_link(
        "arm-float-abi",
        {
            f"{ARM_CC} -mfpu=fpv4-sp-d16 -mfloat-abi=hard -c a.c": TAKES_FLOAT,
            f"{ARM_CC} -mfpu=fpv4-sp-d16 -mfloat-abi=softfp -c b.c": TAKES_FLOAT.replace("use", "also"),
        },
        {"uses VFP register arguments, b.o does not": "arm-none-eabi-ld a.o b.o -o x"},
        "passes floating-point arguments in FPU registers, and b.o in integer registers",
        "-mfloat-abi",
    ),
    *_link(
        "arm-profile",
        {f"{ARM_CC} -c a.c": START, "arm-none-eabi-gcc -mcpu=cortex-a8 -c b.c": "int b;\n"},
        {"error: b.o: conflicting architecture profiles A/M": "arm-none-eabi-ld a.o b.o -o x"},
        "b.o was compiled for a processor of another kind (architecture profiles A/M)",
        "-mcpu",
    ),
    *_link(
        "risc-v-float-abi",
        {
            f"{RISCV_CC} -march=rv32imac -mabi=ilp32 -c a.c": START,
            f"{RISCV_CC} -march=rv32imafc -mabi=ilp32f -c b.c": "int b;\n",
        },
        {
            "b.o: can't link single-float modules": "riscv64-unknown-elf-ld -m elf32lriscv a.o b.o -o x",
            "b.o: cannot link object files with different floating-point ABI": "ld.lld-22 a.o b.o -o x",
        },
        "b.o passes floating-point arguments otherwise than the rest",
        "-mabi",
    ),
    # addresses out of reach
    *_link(
        "relocation-pie",
        {"gcc -fno-pie -O -c a.c": BIG.replace("extern ", "")},
        {
            "can not be used when making a PIE object": "ld -pie a.o -e start -o x",
            "relocation R_X86_64_32 cannot be used against symbol 'big'": "ld.lld-22 -pie a.o -e start -o x",
        },
        "linked as position-independent (-pie or -shared), and the reference to big is absolute",
        "take -pie out of [link] flags",
    ),
    *_link(
        "arm-out-of-range",
        {f"{ARM_CC} -c a.s": ".syntax unified\n.thumb\n.globl start\nstart: b.n far\n"},
        {
            "relocation truncated to fit: R_ARM_THM_JUMP11": "arm-none-eabi-ld a.o --defsym=far=0x60000001 -o x",
            "relocation R_ARM_THM_JUMP11 out of range": "ld.lld-22 a.o --defsym=far=0x60000001 -o x",
        },
        "far is too far away for the instruction that refers to it (R_ARM_THM_JUMP11)",
        "b.w",
    ),
    *_link(
        "x86-out-of-range",
        {"gcc -fno-pie -mcmodel=small -O -c a.c": BIG},
        {
            "relocation truncated to fit: R_X86_64_32": "ld a.o -e start --defsym=big=0x7000000000 -o x",
            "relocation R_X86_64_32 out of range": "ld.lld-22 a.o -e start --defsym=big=0x7000000000 -o x",
        },
        "big lies where the code model of its user does not reach (R_X86_64_32)",
        '"code-model"',
    ),
    *_link(
        "risc-v-out-of-range",
        {f"{RISCV_CC} -march=rv64imac -mabi=lp64 -mcmodel=medlow -O -c a.c": BIG},
        {
            "relocation truncated to fit: R_RISCV_HI20": (
                "riscv64-unknown-elf-ld a.o -e start --no-relax --defsym=big=0x90000000 -o x"
            ),
            "relocation R_RISCV_HI20 out of range": "ld.lld-22 a.o -e start --no-relax --defsym=big=0x90000000 -o x",
        },
        "big lies where the code model of its user does not reach (R_RISCV_HI20)",
        "-mcmodel=medany",
    ),
    # linker scripts and files that are not there, or not readable
    *_link(
        "script-missing",
        {f"{ARM_CC} -c a.c": START},
        {
            "cannot open linker script file nowhere.ld: No such file": "arm-none-eabi-ld a.o -T nowhere.ld -Lld -o x",
            "cannot find linker script nowhere.ld": "ld.lld-22 a.o -T nowhere.ld -Lld -o x",
        },
        "no linker script nowhere.ld is there",
        "searched   ld",
        "[link] script (LDSCRIPT)",
    ),
    *_link(
        "script-syntax",
        {f"{ARM_CC} -c a.c": START, "true x.ld": "SECTIONS { .text : { *(.text) } > }\n"},
        {
            "arm-none-eabi-ld:x.ld:1: syntax error": "arm-none-eabi-ld a.o -T x.ld -o x",
            "error: x.ld:1: unexpected EOF": "ld.lld-22 a.o -T x.ld -o x",
        },
        "x.ld:1: the linker cannot read the script from here on",
        ".ld.S",
    ),
    *_link(
        "input-missing",
        {f"{ARM_CC} -c a.c": START},
        {
            "cannot find nowhere.o: No such file": "arm-none-eabi-ld a.o nowhere.o -o x",
            "cannot open nowhere.o: No such file": "ld.lld-22 a.o nowhere.o -o x",
        },
        "no file nowhere.o is there",
        "[c] objects",
    ),
    # options of the compiler
    *(
        Call("cpu-unknown", {"a.c": START}, (command,), words, (f"this compiler does not know {named}", "cc="))
        for command, words, named in (
            (
                "arm-none-eabi-gcc -mcpu=cortex-m99 -c a.c",
                "unrecognized -mcpu target: cortex-m99",
                "cortex-m99 (-mcpu)",
            ),
            ("arm-none-eabi-gcc -mfpu=fpv9 -c a.c", "unrecognized argument in option '-mfpu=fpv9'", "fpv9 (-mfpu)"),
            ("gcc -march=i999 -c a.c", "bad value", "i999 (-march)"),
            ("riscv64-unknown-elf-gcc -mcpu=u99 -c a.c", "'-mcpu=u99': unknown CPU", "u99 (-mcpu)"),
            ("riscv64-unknown-elf-gcc -march=rv32q -c a.c", "'-march=rv32q': first ISA subset", "rv32q (-march)"),
        )
    ),
    Call(
        "fpu-missing",
        {"a.c": TAKES_FLOAT},
        ("arm-none-eabi-gcc -mthumb -mcpu=cortex-m0 -mfloat-abi=hard -c a.c",),
        "-mfloat-abi=hard': selected architecture lacks an FPU",
        ("and the architecture given has none", "without hf at its end"),
    ),
    *(
        Call("risc-v-abi", {"a.c": START}, (f"riscv64-unknown-elf-gcc {flags} -c a.c",), words, (needs, "llvm-abiname"))
        for flags, words, needs in (
            ("-march=rv32imac -mabi=ilp32d", "requested ABI requires '-march' to subsume", "the ABI needs D"),
            ("-march=rv32imac -mabi=lp64", "ABI requires '-march=rv64'", "the ABI needs rv64"),
        )
    ),
    Call(
        "compiler-option",
        {"a.c": START},
        ("arm-none-eabi-gcc -mfrobnicate -c a.c",),
        "unrecognized command-line option '-mfrobnicate'",
        ("this compiler has no option -mfrobnicate", "[c] cflags (CCFLAGS)"),
    ),
    Call(
        "compiler-incomplete",
        {"a.c": START},
        ("gcc -x f95 -c a.c",),
        "cannot execute ",
        ("the driver does not find f951", "cc="),
    ),
    # crates that do not fit
    _rustc(
        "crate-core-missing",
        _PLAIN,
        (f"{RUSTC} {ARM} app.rs",),
        "error[E0463]: can't find crate for `core`",
        "this rustc has no core for the target",
        "builds core from rust-src",
    ),
    _rustc(
        "crate-compiler-builtins-missing",
        {"core.rs": LANG, "app.rs": "#![no_std]\n"},
        (f"{RUSTC} {ARM} core.rs", f"{RUSTC} {ARM} --extern core=libcore.rlib app.rs"),
        "can't find crate for `compiler_builtins`",
        "every crate without std needs compiler_builtins",
        "take them out of rustflags",
    ),
    _rustc(
        "crate-wrong-target",
        _LIBRARY,
        (_BUILD_B, f"{RUSTC} riscv32imac-unknown-none-elf a.rs"),
        "error[E0461]: couldn't find crate `b` with expected target triple riscv32imac-unknown-none-elf",
        "b was compiled for another target",
        "[rust.crates.b] (RustLibrary)",
    ),
    _rustc(
        "crate-other-rustc",
        _LIBRARY,
        (_BUILD_B, _damage("libb.rlib", lambda code: code.replace(b"rustc 1.", b"rustc 0.")), f"{RUSTC} {ARM} a.rs"),
        "error[E0514]: found crate `b` compiled by an incompatible version of rustc",
        "b was compiled by another rustc",
        "[rust.crates.b] (RustLibrary)",
    ),
    _rustc(
        "crate-stale",
        {**_LIBRARY, "new.rs": f"{LANG}pub trait More {{}}\n", "c.rs": f"{NO_CORE}extern crate a;\nextern crate b;\n"},
        (_BUILD_B, f"{RUSTC} {ARM} a.rs", f"{RUSTC} {ARM} --crate-name b new.rs", f"{RUSTC} {ARM} c.rs"),
        "error[E0460]: found possibly newer version of crate `b` which `a` depends on",
        "b was compiled again after a",
        "compile a again too",
    ),
    _rustc(
        "crate-damaged",
        _LIBRARY,
        (_BUILD_B, _damage("libb.rlib", lambda code: code[:300]), f"{RUSTC} {ARM} a.rs"),
        "error[E0786]: found invalid metadata files for crate `b`",
        "the rlib or rmeta of b is cut off or damaged",
        "rm -rf build",
    ),
    _rustc(
        "crate-without-code",
        {
            "b.rs": LANG,
            "m.rs": f"{NO_CORE}extern crate b;\n#[inline(always)]\npub fn f() {{}}\n",
            "n.rs": f'{NO_CORE}extern crate b;\nextern crate m;\n#[no_mangle]\npub extern "C" fn k() {{ m::f() }}\n',
        },
        (_BUILD_B, f"{RUSTC} {ARM} --emit metadata m.rs", f"{RUSTC} {ARM} --extern m=libm.rmeta --emit obj n.rs"),
        "error: missing optimized MIR for `f` in the crate `m`",
        "m was compiled with --emit=metadata alone",
        "give rustc the rlib",
    ),
    _rustc(
        "alloc-sync",
        {
            "alloc.rs": f'{LANG}#[cfg(target_has_atomic = "ptr")]\npub mod sync {{ pub struct Arc; }}\n',
            "app.rs": f"{NO_CORE}extern crate alloc;\nuse alloc::sync::Arc;\n",
        },
        (f"{RUSTC} thumbv6m-none-eabi alloc.rs", f"{RUSTC} thumbv6m-none-eabi --extern alloc=liballoc.rlib app.rs"),
        "could not find `sync` in `alloc`",
        "alloc::sync (Arc) exists only where the target can compare and swap",
        "use Rc",
    ),
    Call(
        "feature-on-stable",
        {"app.rs": NO_CORE},
        (f"{RUSTC} {ARM} app.rs",),
        "error[E0554]: `#![feature]` may not be used on the stable release channel",
        ("only with RUSTC_BOOTSTRAP=1", "use a nightly"),
        env={},
    ),
    Call(
        "host-linker-missing",
        {"app.rs": "fn main() {}\n"},
        (f"{SYSTEM_RUSTC} -Clinker=cc-nowhere app.rs",),
        "error: linker `cc-nowhere` not found",
        ("rustc found no linker cc-nowhere", "install a C toolchain for the host"),
    ),
    # the target specification
    _rustc(
        "data-layout",
        {**_PROBE, "board.json": SPEC},
        (f"{RUSTC} board.json -Zunstable-options --emit obj app.rs",),
        "error: data-layout for target `board",
        "targets/board.json: data-layout is 'e-m:e-p:32:32-S64'; expected 'e-m:e-p:32:32-",
        "write the expected value",
    ),
    _rustc(
        "unknown-feature",
        _PROBE,
        (f"{RUSTC} {ARM} -Ctarget-feature=+warp --emit obj app.rs",),
        "'+warp' is not a recognized feature for this target",
        "targets/board.json: features names '+warp', which LLVM does not know",
        "--print target-features",
    ),
    _rustc(
        "unknown-cpu",
        _PROBE,
        (f"{RUSTC} {ARM} -Ctarget-cpu=m99 --emit obj app.rs",),
        "'m99' is not a recognized processor for this target",
        "targets/board.json: cpu names 'm99', which LLVM does not know",
        "--print target-cpus",
    ),
    _rustc(
        "json-unstable",
        {**_PROBE, "board.json": SPEC},
        (f"{RUSTC} board.json app.rs",),
        "custom targets are unstable and require `-Zunstable-options`",
        "rustc takes a target JSON only with an unstable option",
        "RUSTC_BOOTSTRAP=1",
    ),
    _rustc(
        "target-unknown",
        _PROBE,
        (f"{RUSTC} thumbv9-none-eabi app.rs",),
        'could not find specification for target "thumbv9-none-eabi"',
        "rustc has no target thumbv9-none-eabi",
        "--print target-list",
    ),
    # cargo
    Call(
        "rust-src-missing",
        {
            **_PACKAGE,
            "rustc": f"#!/bin/sh\n{SYSTEM_RUSTC} \"$@\" | sed 's#^/usr.*#/nowhere#'\n",
        },
        ("chmod +x rustc", f"cargo build --offline -Zbuild-std=core --target {ARM}"),
        "does not exist, unable to build with the standard library",
        ("this cargo's rustc has no rust-src", "rustup component add rust-src"),
        env={"RUSTC_BOOTSTRAP": "1", "RUSTC": "./rustc"},
    ),
    Call(
        "json-target-cargo",
        {**_PACKAGE, "board.json": SPEC},
        ("cargo build --offline --target board.json",),
        "`.json` target specs require -Zjson-target-spec",
        ("cargo takes a target JSON only with an unstable option", "build by Steelmill"),
        env={"RUSTC_BOOTSTRAP": "1", "RUSTC": SYSTEM_RUSTC},
    ),
    Call(
        "cargo-offline",
        {**_PACKAGE, "Cargo.toml": f'{_MANIFEST}[dependencies]\nsteelmill-nowhere = "1"\n'},
        ("cargo build --offline",),
        "no matching package named `steelmill-nowhere` found",
        ("steelmill-nowhere is not on this machine", "cargo fetch"),
        env={"RUSTC": SYSTEM_RUSTC},
    ),
    Call(
        "rust-version",
        {**_PACKAGE, "Cargo.toml": f'{_MANIFEST}rust-version = "1.999"\n'},
        ("cargo build --offline",),
        "is not supported by the following package",
        ("a package asks for a newer rustc than 1.", "rustc="),
        env={"RUSTC": SYSTEM_RUSTC},
    ),
    # bindings
    Call(
        "header-for-bindgen",
        {"driver.h": "sise_t driver_read(void);\n"},
        ("bindgen driver.h",),
        "driver.h:1:1: error: unknown type name 'sise_t'",
        ("the header does not compile by itself", "a header includes all that it uses"),
    ),
    Call(
        "header-missing",
        {"driver.h": '#include "regs.h"\n'},
        ("bindgen driver.h",),
        "driver.h:1:10: fatal error: 'regs.h' file not found",
        ("no folder that is searched has regs.h", "add its folder to [c] include"),
    ),
    Call(
        "source-for-cbindgen",
        {"lib.rs": "pub fn app( {\n"},
        ("cbindgen lib.rs",),
        "ERROR: Parsing crate `lib`:`lib.rs`:",
        ("lib.rs has words that this cbindgen does not know", "before 0.28"),
    ),
    Call(
        "configuration-of-cbindgen",
        {"lib.rs": "\n", "cbindgen.toml": 'langage = "C"\n'},
        ("cbindgen --config cbindgen.toml lib.rs",),
        "unknown field `langage`, expected one of",
        ("a key is misspelt", "correct the file that [[cbindgen]] config"),
    ),
)
