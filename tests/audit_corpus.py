"""Objects that do not fit their target, each with the compiler and the line that makes it, and what the audit says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

INT = "int answer(int n) { return n + 2; }\n"
FLOAT = "float half(float x) { return x / 2; }\n"
DOUBLE = "double half(double x) { return x / 2; }\n"
WEAK = "__attribute__((weak)) void hook(void);\nvoid run(void) { hook(); }\n"
GUARDED = "__attribute__((weak)) void hook(void);\nvoid run(void) { if (hook) hook(); }\n"
CALL = "int outside(int *);\nint ask(void) { int a[3] = {1, 2, 3}; return outside(a) + 1; }\n"
ADDRESS = "int table[64];\nint *find(int n) { return table + n; }\n"
RUST_FLOAT = """\
#![feature(no_core, lang_items)]
#![no_core]
#![crate_type = "lib"]
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
#[lang = "copy"] pub trait Copy {}
impl Copy for f32 {}
#[unsafe(no_mangle)] pub extern "C" fn same(x: f32) -> f32 { x }
"""

ARM_HARD = "-mthumb -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"
"""What fits thumbv7em-none-eabihf."""
X86_GENERAL = "-m64 -mgeneral-regs-only -mno-red-zone -ffreestanding -fno-pic -fcf-protection=none"
"""What fits x86_64-unknown-none."""

Expected = tuple[str, ...]
"""``rule subject``, with ``?`` before a warning."""


class Case(NamedTuple):
    """One object and the findings that are expected, all of them and in order."""

    id: str
    compiler: str
    """A program's name; ``rustc TUPLE`` for an object of rustc."""
    flags: str
    source: str
    expected: Expected
    suffix: str = ".c"
    keys: Mapping[str, Any] = {}
    """Keys of the specification that differ from the target's."""


ARM = "arm-none-eabi-gcc"
RISCV = "riscv64-unknown-elf-gcc"
AARCH64 = "aarch64-linux-gnu-gcc"
X86 = "gcc"

CORPUS: Mapping[str, tuple[Case, ...]] = {
    "thumbv7em-none-eabihf": (
        Case(
            "soft-float-calls", ARM, "-mthumb -mcpu=cortex-m4 -mfloat-abi=soft", FLOAT,
            ("float-abi Tag_ABI_VFP_args",),
        ),
        Case(
            "soft-float-without-floats", ARM, "-mthumb -mcpu=cortex-m4 -mfloat-abi=soft", INT,
            ("?float-abi Tag_ABI_VFP_args",),
        ),
        Case(
            "softfp", ARM, "-mthumb -mcpu=cortex-m4 -mfloat-abi=softfp -mfpu=fpv4-sp-d16", FLOAT,
            ("float-abi Tag_ABI_VFP_args",),
        ),
        Case("soft-float-rust", "rustc thumbv7em-none-eabi", "", RUST_FLOAT, ("?float-abi Tag_ABI_VFP_args",), ".rs"),
        Case(
            "double-precision", ARM, "-mthumb -mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16", DOUBLE,
            ("fpu Tag_FP_arch",),
        ),
        Case(
            "double-precision-same-generation", ARM, f"{ARM_HARD} -mfpu=vfpv4-d16", DOUBLE, ("fpu Tag_FP_arch",)
        ),
        Case("later-fpu", ARM, f"{ARM_HARD} -mfpu=fpv5-sp-d16", FLOAT, ("fpu Tag_FP_arch",)),
        Case(
            "application-processor", ARM, "-mthumb -march=armv7-a+simd -mfloat-abi=hard", FLOAT,
            ("fpu Tag_FP_arch", "instruction-set Tag_CPU_arch_profile"),
        ),
        Case(
            "real-time-processor", ARM, "-mthumb -mcpu=cortex-r5 -mfloat-abi=hard -mfpu=vfpv3xd", FLOAT,
            ("instruction-set Tag_CPU_arch_profile",),
        ),
        Case(
            "arm-state", ARM, "-marm -mcpu=arm7tdmi -mfloat-abi=soft", FLOAT,
            ("float-abi Tag_ABI_VFP_args", "instruction-set Tag_ARM_ISA_use"),
        ),
        Case(
            "arm-state-of-v7", ARM, "-marm -march=armv7-a+vfpv3-d16 -mfloat-abi=hard", INT,
            ("fpu Tag_FP_arch", "instruction-set Tag_CPU_arch_profile"),
        ),
        Case(
            "v8-m", ARM, "-mthumb -march=armv8-m.main+fp -mfloat-abi=hard -mfpu=fpv4-sp-d16", FLOAT,
            ("cpu Tag_CPU_arch",),
        ),
        Case("v8-m-assembly", ARM, "-mthumb", ".arch armv8-m.main\n.syntax unified\n.thumb\nf: sg\n bx lr\n",
             ("cpu Tag_CPU_arch",), ".s"),
        Case(
            "v8-m-baseline", ARM, "-mthumb -march=armv8-m.base -mfloat-abi=soft", INT,
            ("?float-abi Tag_ABI_VFP_args", "cpu Tag_CPU_arch"),
        ),
        Case(
            "helium", ARM, "-mthumb -march=armv8.1-m.main+mve.fp -mfloat-abi=hard", FLOAT,
            ("fpu Tag_FP_arch", "cpu Tag_CPU_arch", "isa-extensions Tag_MVE_arch"),
        ),
        Case("enums-of-32-bits", ARM, f"{ARM_HARD} -fno-short-enums", INT, ("enum-size Tag_ABI_enum_size",)),
        Case("enums-of-linux", ARM, f"{ARM_HARD} -mabi=aapcs-linux", INT, ("enum-size Tag_ABI_enum_size",)),
        Case("wchar-of-2-bytes", ARM, f"{ARM_HARD} -fshort-wchar", INT, ("?wchar Tag_ABI_PCS_wchar_t",)),
        Case("big-endian", ARM, f"{ARM_HARD} -mbig-endian", INT, ("endianness ",)),
        Case("old-abi", ARM, "-mabi=apcs-gnu -mcpu=arm7tdmi -mfloat-abi=soft", INT, ("machine e_flags",)),
        Case("slim-lto", ARM, f"{ARM_HARD} -flto -fno-fat-lto-objects", INT, ("lto-opaque ",)),
        Case("bitcode", "rustc thumbv7em-none-eabihf", "-Clinker-plugin-lto", RUST_FLOAT, ("lto-opaque ",), ".rs"),
        Case("weak-call", ARM, ARM_HARD, WEAK, ("?weak-undefined hook",)),
        Case("another-machine", X86, X86_GENERAL, INT, ("machine ",)),
    ),
    "thumbv6m-none-eabi": (
        Case("v7-m", ARM, "-mthumb -mcpu=cortex-m3", INT, ("cpu Tag_CPU_arch",)),
        Case("v7e-m", ARM, "-mthumb -mcpu=cortex-m4 -mfloat-abi=soft", INT, ("cpu Tag_CPU_arch",)),
        Case(
            "hard-float", ARM, ARM_HARD, FLOAT,
            ("float-abi Tag_ABI_VFP_args", "fpu Tag_FP_arch", "cpu Tag_CPU_arch"),
        ),
        Case("thumb-2-of-v6", ARM, "-mthumb -mcpu=arm1156t2-s -mfloat-abi=soft", INT, ("cpu Tag_CPU_arch",)),
        Case("hard-float-rust", "rustc thumbv7em-none-eabihf", "", RUST_FLOAT,
             ("float-abi Tag_ABI_VFP_args", "fpu Tag_FP_arch", "cpu Tag_CPU_arch"), ".rs"),
    ),
    "thumbv8m.main-none-eabihf": (
        Case(
            "dsp", ARM, "-mthumb -march=armv8-m.main+dsp+fp -mfloat-abi=hard", FLOAT,
            ("isa-extensions Tag_DSP_extension",), keys={"cpu": "generic"},
        ),
        Case("dsp-of-v7", ARM, ARM_HARD, INT, ("isa-extensions Tag_DSP_extension",), keys={"cpu": "generic"}),
        Case("double-precision", ARM, "-mthumb -march=armv8-m.main+fp.dp -mfloat-abi=hard", DOUBLE,
             ("fpu Tag_FP_arch",)),
        Case("later", ARM, "-mthumb -march=armv8.1-m.main+fp -mfloat-abi=hard", INT, ("cpu Tag_CPU_arch",)),
    ),
    "armv7a-none-eabi": (
        Case("microcontroller", ARM, "-mthumb -mcpu=cortex-m3", INT,
             ("instruction-set Tag_CPU_arch_profile",)),
        Case("short-enums", ARM, "-marm -march=armv7-a -mfloat-abi=soft -fshort-enums", INT,
             ("enum-size Tag_ABI_enum_size",), keys={"c-enum-min-bits": 32}),
        Case("v8-a", ARM, "-marm -march=armv8-a -mfloat-abi=soft", INT, ("cpu Tag_CPU_arch",)),
    ),
    "riscv32imac-unknown-none-elf": (
        Case("single-float-calls", RISCV, "-march=rv32imafc -mabi=ilp32f", FLOAT,
             ("float-abi e_flags", "isa-extensions Tag_RISCV_arch")),
        Case("double-float-calls", RISCV, "-march=rv32imafdc -mabi=ilp32d", DOUBLE,
             ("float-abi e_flags", "isa-extensions Tag_RISCV_arch")),
        Case("float-instructions", RISCV, "-march=rv32imafc -mabi=ilp32", FLOAT, ("isa-extensions Tag_RISCV_arch",)),
        Case("double-float-rust", "rustc riscv32gc-unknown-linux-gnu", "", RUST_FLOAT,
             ("float-abi e_flags", "isa-extensions Tag_RISCV_arch"), ".rs"),
        Case("bit-manipulation", RISCV, "-march=rv32imac_zba_zbb -mabi=ilp32", INT, ("isa-extensions Tag_RISCV_arch",)),
        Case("scalar-cryptography", RISCV, "-march=rv32imac_zbkb -mabi=ilp32", INT, ("isa-extensions Tag_RISCV_arch",)),
        Case("64-bit", RISCV, "-march=rv64imac -mabi=lp64", INT, ("machine ",)),
        Case("16-registers", RISCV, "-march=rv32emac -mabi=ilp32e", INT,
             ("isa-extensions e_flags",)),
        Case("stack-of-8", RISCV, "-march=rv32imac -mabi=ilp32 -mpreferred-stack-boundary=3", CALL,
             ("stack-align Tag_RISCV_stack_align",)),
        Case("short-enums", RISCV, "-march=rv32imac -mabi=ilp32 -fshort-enums -g", INT, ("enum-size DW_AT_producer",)),
        Case("short-wchar", RISCV, "-march=rv32imac -mabi=ilp32 -fshort-wchar -g", INT, ("?wchar DW_AT_producer",)),
        Case("big-endian", RISCV, "-march=rv32imac -mabi=ilp32 -mbig-endian", INT, ("endianness ",)),
        Case("slim-lto", RISCV, "-march=rv32imac -mabi=ilp32 -flto -fno-fat-lto-objects", INT, ("lto-opaque ",)),
        Case("weak-call", RISCV, "-march=rv32imac -mabi=ilp32", WEAK, ("?weak-undefined hook",)),
        Case("executable-stack", RISCV, "-march=rv32imac -mabi=ilp32",
             'f: ret\n.section .note.GNU-stack,"x",@progbits\n', ("?executable-stack .note.GNU-stack",), ".s"),
        Case("another-machine", ARM, ARM_HARD, INT, ("machine ",)),
        Case("compressed", RISCV, "-march=rv32imac -mabi=ilp32", INT, ("rvc Tag_RISCV_arch",),
             keys={"features": "+m,+a"}),
        Case("compressed-without-attributes", RISCV, "-march=rv32imac -mabi=ilp32 -Wa,-mno-arch-attr",
             "f: c.nop\n ret\n", ("rvc e_flags",), ".s", keys={"features": "+m,+a"}),
        Case("multiplication", RISCV, "-march=rv32im -mabi=ilp32", INT, ("isa-extensions Tag_RISCV_arch",),
             keys={"features": "+a,+c"}),
        Case("atomics", RISCV, "-march=rv32ima -mabi=ilp32", INT, ("isa-extensions Tag_RISCV_arch",),
             keys={"features": "+m,+c"}),
        Case("32-registers", RISCV, "-march=rv32i -mabi=ilp32", INT, ("isa-extensions e_flags",),
             keys={"features": "+e", "abi": "ilp32e", "llvm-abiname": "ilp32e"}),
    ),
    "riscv64gc-unknown-none-elf": (
        Case("soft-float-calls", RISCV, "-march=rv64imac -mabi=lp64 -mcmodel=medany", FLOAT, ("float-abi e_flags",)),
        Case("low-code-model", RISCV, "-march=rv64gc -mabi=lp64d -mcmodel=medlow", ADDRESS,
             ("code-model R_RISCV_HI20",)),
        Case("bit-manipulation", RISCV, "-march=rv64gc_zbb -mabi=lp64d -mcmodel=medany", INT,
             ("isa-extensions Tag_RISCV_arch",)),
    ),
    "x86_64-unknown-none": (
        Case("floats-in-xmm", X86, "-O2 -m64 -mno-red-zone", DOUBLE, ("sse half",)),
        Case("copies-through-xmm", X86, "-O2 -m64 -mno-red-zone",
             "struct big { long a[8]; };\nvoid copy(struct big *to, const struct big *from) { *to = *from; }\n",
             ("sse copy",)),
        Case("long-double", X86, "-O2 -m64 -mno-red-zone -mno-sse",
             "void twice(long double *x) { *x *= 2; }\n", ("sse twice",)),
        Case("avx", X86, "-O3 -m64 -mno-red-zone -mavx2",
             "void add(int *a, const int *b) { for (int i = 0; i < 64; i++) a[i] += b[i]; }\n", ("sse add",)),
        Case("mmx", X86, "-O2 -m64 -mno-red-zone -mmmx", "typedef int v2 __attribute__((vector_size(8)));\n"
             'void clear(void) { __asm__ volatile("pxor %%mm0, %%mm0" ::: "mm0"); }\n', ("sse clear",)),
        Case("rust-for-a-system", "rustc x86_64-unknown-linux-gnu", "-O -Cforce-frame-pointers=no", """\
#![no_std]
#![crate_type = "lib"]
#[unsafe(no_mangle)] pub extern "C" fn half(x: f64) -> f64 { x / 2.0 }
""", ("sse half",), ".rs"),
        Case("registers-in-assembly", X86, "-m64",
             ".globl save\n.type save,@function\nsave: movaps %xmm0,(%rdi)\n ret\n.size save,.-save\n",
             ("?sse save",), ".s"),
        Case("red-zone", X86, "-O2 -m64 -mgeneral-regs-only",
             "int pick(int n) { volatile int a[4] = {1, 2, 3, 4}; return a[n]; }\n", ("red-zone pick",)),
        Case("red-zone-by-the-frame-pointer", X86, "-O0 -m64 -mgeneral-regs-only", INT, ("red-zone answer",)),
        Case("sse-and-red-zone", X86, "-O0 -m64", DOUBLE, ("sse half", "red-zone half")),
        Case("stack-of-8", X86, f"-O2 {X86_GENERAL} -mpreferred-stack-boundary=3", CALL, ("?stack-align ask",)),
        Case("large-data", X86, f"-O2 {X86_GENERAL} -mcmodel=medium",
             "int big[1 << 20] = {1};\nint first(void) { return big[0]; }\n", ("?code-model .ldata",)),
        Case("kernel-addresses", X86, f"-O2 {X86_GENERAL} -mcmodel=small", ADDRESS.replace("+ n", ""),
             ("code-model R_X86_64_32",), keys={"code-model": "kernel"}),
        Case("narrow-addresses", X86, f"-O2 {X86_GENERAL} -mcmodel=small", ADDRESS,
             ("code-model R_X86_64_32S",), keys={"code-model": "large"}),
        Case("32-bit", X86, "-m32 -mgeneral-regs-only", INT, ("machine ",)),
        Case("trampoline", X86, f"-O0 {X86_GENERAL} -mcmodel=small",
             "void each(void (*)(int));\n"
             "int sum(void) { int s = 0; void add(int n) { s += n; } each(add); return s; }\n",
             ("?executable-stack .note.GNU-stack",)),
        Case("slim-lto", X86, f"{X86_GENERAL} -flto -fno-fat-lto-objects", INT, ("lto-opaque ",)),
        Case("bitcode", "rustc x86_64-unknown-none", "-Clinker-plugin-lto", RUST_FLOAT.replace("f32", "u32"),
             ("lto-opaque ",), ".rs"),
        Case("weak-call", X86, f"-O2 {X86_GENERAL}", WEAK, ("?weak-undefined hook",)),
        Case("short-enums", X86, f"{X86_GENERAL} -fshort-enums -g", INT, ("enum-size DW_AT_producer",)),
        Case("short-wchar", X86, f"{X86_GENERAL} -fshort-wchar -g", INT, ("?wchar DW_AT_producer",)),
        Case("another-machine", RISCV, "-march=rv64gc -mabi=lp64d", INT, ("machine ",)),
        Case("avx-without-avx", X86, "-O3 -m64 -mavx2 -fno-pic",
             "void add(int *a, const int *b) { for (int i = 0; i < 64; i++) a[i] += b[i]; }\n",
             ("isa-extensions add",), keys={"features": "", "rustc-abi": None, "disable-redzone": False}),
        Case("stack-of-8-with-sse", X86, "-O2 -m64 -mno-sse -mpreferred-stack-boundary=3 -fno-pic", CALL,
             ("stack-align ask",), keys={"features": "", "rustc-abi": None}),
    ),
    "i686-unknown-none": (
        Case("floats-in-x87", X86, "-O2 -m32 -march=i686", DOUBLE, ("sse half",)),
        Case("64-bit", X86, X86_GENERAL, INT, ("machine ",)),
    ),
    "aarch64-unknown-none": (
        Case("big-endian", AARCH64, "-mbig-endian", INT, ("endianness ",)),
        Case("tiny-code-model", AARCH64, "-O2 -mcmodel=tiny -fno-pic", ADDRESS,
             ("code-model R_AARCH64_ADR_PREL_LO21",)),
        Case("weak-call", AARCH64, "-O2 -fno-pic", WEAK, ("?weak-undefined hook",)),
        Case("slim-lto", AARCH64, "-flto -fno-fat-lto-objects", INT, ("lto-opaque ",)),
        Case("32-bit", ARM, ARM_HARD, INT, ("machine ",)),
    ),
}  # fmt: skip
"""Target, shipped or known to rustc -> objects that do not fit it."""
