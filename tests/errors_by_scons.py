"""Mistakes in a project, one for each message that a build meets: what the tool says, and what is said under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

ARM = "thumbv7em-none-eabihf"
RISCV = "riscv32imac-unknown-none-elf"
X86 = "x86_64-unknown-none"

MEMORY = """\
MEMORY
{
  FLASH (rx) : ORIGIN = 0x00100000, LENGTH = 64K
  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 64K
}
"""
TEXT = ".text : { *(.text .text.* .rodata .rodata.*) } > FLASH"
DATA = ".data : { *(.data .data.*) } > RAM AT > FLASH  .bss : { *(.bss .bss.* COMMON) } > RAM"
DISCARD = "/DISCARD/ : { *(.ARM.exidx* .ARM.extab* .eh_frame .comment .note.*) }"
SCRIPT = f"{MEMORY}ENTRY(start)\nSECTIONS {{ {TEXT} {DATA} {DISCARD} }}\n"

PANIC = "#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n"
NO_STD = f"#![no_std]\n{PANIC}"


class Mistake(NamedTuple):
    """A mistake and what is to be read about it."""

    anchor: str
    label: str
    """Of the Step that fails: ``LINK name.elf``."""
    call: str
    """The builder's call in the SConstruct."""
    files: Mapping[str, str]
    words: str
    """Of the tool itself."""
    says: tuple[str, ...]
    """Parts of cause, details and remedy."""
    warning: bool = False
    """The command ends well all the same."""

    @property
    def name(self) -> str:
        return self.label.split()[1].replace("/", "-").removesuffix(".elf")


def _linked(
    anchor: str,
    files: Mapping[str, str] | str,
    gnu: str | None,
    lld: str | None,
    *says: str,
    script: str = SCRIPT,
    target: str = ARM,
    more: str = "",
    sources: str = "",
    suffix: str = "",
    warning: bool = False,
) -> Iterator[Mistake]:
    """Give the mistake for both linkers; one whose words are None does not see it."""
    given = {"main.c": files} if isinstance(files, str) else dict(files)
    folder = f"{anchor}{suffix}"
    paths = [f"{folder}/{name}" for name in given]
    inputs = f"[*{[path for path in paths if not path.endswith('.rs')]!r}{sources}]"
    written = {**{f"{folder}/{name}": text for name, text in given.items()}, f"{folder}/link.ld": script}
    for linker, words in (("ld", gnu), ("lld", lld)):
        if words is not None:
            name = f"{folder}-{linker}"
            call = (
                f'FirmwareElf("{name}", {inputs}, LDSCRIPT="{folder}/link.ld", '
                f'LINKER="{linker}", TARGET_SPEC="{target}"{", " * bool(more)}{more})'
            )
            yield Mistake(anchor, f"LINK {name}.elf", call, written, words, says, warning)


def _compiled(
    anchor: str, name: str, text: str, words: str, *says: str, target: str = ARM, more: str = ""
) -> Iterator[Mistake]:
    path = f"{anchor}/{name}"
    tool = {"c": "CC", "cpp": "CXX", "s": "AS"}[name.rpartition(".")[2]]
    call = f'FirmwareElf("{anchor}", ["{path}"], LDSCRIPT="link.ld", TARGET_SPEC="{target}"{", " * bool(more)}{more})'
    yield Mistake(anchor, f"{tool} {path}", call, {path: text, "link.ld": SCRIPT}, words, says)


def _rust(anchor: str, text: str, words: str, *says: str, more: str = "", suffix: str = "") -> Iterator[Mistake]:
    name = f"{anchor}{suffix}".replace("-", "_")
    path = f"{name}/lib.rs"
    call = f'RustStaticLibrary("{name}", "{path}", TARGET_SPEC="{ARM}"{", " * bool(more)}{more})'
    yield Mistake(anchor, f"RUSTC {name}", call, {path: text}, words, says)


def _mistakes() -> Iterator[Mistake]:
    yield from _undefined()
    yield from _duplicate()
    yield from _scripts()
    yield from _sources()
    yield from _crates()


def _undefined() -> Iterator[Mistake]:
    gnu, lld = "undefined reference to `{}'", "undefined symbol: {}"

    def both(anchor: str, symbol: str, files: Mapping[str, str] | str, *says: str, **more: str) -> Iterator[Mistake]:
        yield from _linked(anchor, files, gnu.format(symbol), lld.format(symbol), *says, **more)  # type: ignore[arg-type]

    yield from both(
        "memory-functions-undefined",
        "memcpy",
        "struct big { int a[99]; };\nvoid start(struct big *a, struct big *b) { *a = *b; }\n",
        "the compilers call memcpy by themselves",
        '[rust] mem = "on" (RUST_MEM)',
    )
    yield from both(
        "atomics-undefined",
        "__sync_val_compare_and_swap_8",
        "long long start(long long *p) { return __sync_val_compare_and_swap(p, 1, 2); }\n",
        "the compiler calls __sync_val_compare_and_swap_8",
        "define it by masking interrupts",
    )
    yield from both(
        "unwinding-undefined",
        "_Unwind_Resume",
        "void _Unwind_Resume(void *);\nvoid start(void) { _Unwind_Resume(0); }\n",
        "no unwinder is linked: _Unwind_Resume belongs to one",
        'panic = "abort"',
    )
    yield from both(
        "thread-local-undefined",
        "__aeabi_read_tp",
        "__thread int x;\nint start(void) { return x; }\n",
        "a thread-local variable is read through __aeabi_read_tp",
        "take __thread away",
        script=SCRIPT.replace("*(.data", "*(.tdata .tbss .data"),
    )
    yield from both(
        "compiler-functions-undefined",
        "__aeabi_ldivmod",
        "long long start(long long a, long long b) { return a / b; }\n",
        "__aeabi_ldivmod is arithmetic that the processor lacks",
        'add "gcc" to [c] libraries (TOOLCHAIN_LIBS)',
    )
    yield from both(
        "rust-symbols-undefined",
        "core::panicking::panic_bounds_check",
        {
            "main.c": "int pick(int);\nint start(void) { return pick(1); }\n",
            "lib.rs": '#![no_std]\n#[unsafe(no_mangle)]\npub extern "C" fn pick(i: usize) -> u8 { [1, 2, 3][i] }\n',
        },
        "an object with Rust code is linked without the crates that it uses: core::panicking::panic_bounds_check",
        "link one staticlib",
        sources=f', *[n for n in env.RustLibrary("lone", "rust-symbols-undefined/lib.rs", TARGET_SPEC="{ARM}")'
        ' if str(n).endswith(".rlib")]',
    )
    yield from both(
        "cxx-runtime-undefined",
        "operator new(unsigned int)",
        {"main.cpp": 'extern "C" int *start() { return new int; }\n'},
        "operator new(unsigned int) belongs to the C++ runtime",
        "define it",
    )
    yield from both(
        "system-calls-undefined",
        "_sbrk",
        "void *malloc(unsigned);\nvoid *start(void) { return malloc(4); }\n",
        "newlib leaves _sbrk to the firmware",
        'add "nosys"',
        more='TOOLCHAIN_LIBS=["c_nano"]',
    )
    yield from both(
        "libc-start-undefined",
        "__libc_init_array",
        "void __libc_init_array(void);\nvoid start(void) { __libc_init_array(); }\n",
        "startup code calls __libc_init_array",
        'add "c_nano" to [c] libraries',
    )
    yield from both(
        "main-undefined",
        "main",
        "int main(void);\nvoid start(void) { main(); }\n",
        "startup code calls main",
        '#[unsafe(no_mangle)] pub extern "C" fn main() -> !',
    )
    yield from both(
        "stack-protector-undefined",
        "__stack_chk_fail",
        'void use(char *p) { __asm__("" ::"r"(p)); }\nvoid start(void) { char b[99]; use(b); }\n',
        "compiled with the stack protector",
        "-fno-stack-protector",
        more='CCFLAGS="-fstack-protector-all"',
    )
    yield from both(
        "script-symbol-undefined",
        "_sidata",
        "extern int _sidata;\nint start(void) { return _sidata; }\n",
        "_sidata is an address that the linker script should define",
        "under the very name",
    )
    yield from _linked(
        "global-offset-table",
        {"main.s": ".globl start\nstart: la a0, _GLOBAL_OFFSET_TABLE_\n"},
        "undefined reference to `_GLOBAL_OFFSET_TABLE_'",
        None,
        "position-independent code",
        "-fno-pic -fno-pie",
        target=RISCV,
    )
    yield from both(
        "cxx-linkage",
        "answer(int)",
        {
            "main.cpp": 'int answer(int);\nextern "C" int start() { return answer(1); }\n',
            "answer.c": "int answer(int a) { return a; }\n",
        },
        "answer(int) is a C++ name, which carries the types of the arguments",
        'answer.c.o defines answer with C linkage: declare it extern "C" where C++ calls it',
    )
    yield from both(
        "undefined-symbol",
        "answer",
        {
            "main.c": "int answer(int);\nint start(void) { return answer(1); }\n",
            "answer.cpp": "int answer(int a) { return a; }\n",
        },
        "no object, archive or library of this link defines answer",
        'answer.cpp.o defines answer for C++ alone, as _Z6answeri: make it extern "C"',
        suffix="-cxx",
    )
    yield from both(
        "undefined-symbol",
        "uart_intt",
        {
            "main.c": "void uart_intt(void);\nvoid start(void) { uart_intt(); }\n",
            "uart.c": "void uart_init(void) {}\n",
        },
        "no object, archive or library of this link defines uart_intt",
        "uart.c.o defines uart_init",
        suffix="-spelling",
    )
    yield from both(
        "undefined-symbol",
        "answer",
        {
            "main.c": "int answer(int);\nvoid other(void);\nint start(void) { other(); return answer(1); }\n",
            "lib.rs": f'{NO_STD}#[unsafe(no_mangle)]\npub extern "C" fn other() {{}}\n'
            'pub extern "C" fn answer(a: u32) -> u32 { a }\n',
        },
        "undefined-symbol-rust/lib.rs:6 has a fn answer without a symbol",
        'make it #[unsafe(no_mangle)] pub extern "C" fn',
        suffix="-rust",
        sources=f', env.RustStaticLibrary("plain", "undefined-symbol-rust/lib.rs", TARGET_SPEC="{ARM}")',
    )


def _duplicate() -> Iterator[Mistake]:
    gnu, lld = "multiple definition of `{}'", "duplicate symbol: {}"

    def twice(anchor: str, symbol: str, text: str, *says: str) -> Iterator[Mistake]:
        files = {"main.c": f"{text}\nvoid start(void) {{}}\n", "other.c": f"{text}\n"}
        both = [f"{anchor}/main.c.o and ", f"{anchor}/other.c.o: {symbol}"]
        yield from _linked(anchor, files, gnu.format(symbol), lld.format(symbol), *both, *says)

    yield from twice(
        "memory-functions-twice",
        "memset",
        "void *memset(void *p, int c, unsigned n) { return p; }",
        "two of what is linked define memset",
        '[rust] mem = "off" (RUST_MEM)',
    )
    yield from twice(
        "compiler-functions-twice",
        "__aeabi_uidiv",
        "unsigned __aeabi_uidiv(unsigned a, unsigned b) { return a; }",
        "a function of the compilers' own",
        'take "gcc" out of [c] libraries',
    )
    yield from twice(
        "startup-twice",
        "Reset_Handler",
        "void Reset_Handler(void) {}",
        "startup code, or what newlib leaves to the firmware, is there twice",
        'take "nosys" or a startup file out',
    )
    yield from _linked(
        "duplicate-symbol",
        "int ready;\nint start(void) { return ready; }\n",
        gnu.format("ready"),
        lld.format("ready"),
        "duplicate-symbol/main.c.o and vendor/libphy.a(phy.o): ready",
        "__attribute__((weak))",
        sources=', "vendor/libphy.a"',
        more='LINKFLAGS="-u phy"',
    )
    both = (
        "int one(void);\nint two(void);\nint start(void) { return one() + two(); }\n",
        f'{NO_STD}#[unsafe(no_mangle)]\npub extern "C" fn one() {{}}\n',
        f'{NO_STD}#[unsafe(no_mangle)]\npub extern "C" fn two() {{}}\n',
    )
    yield from _linked(
        "rust-twice",
        dict(zip(("main.c", "one.rs", "two.rs"), both, strict=True)),
        "multiple definition of `",
        "duplicate symbol: ",
        "two Rust staticlibs are linked, and each brings its own core",
        "libvendored.a(",
        "make one staticlib of both",
        sources=f', env.RustStaticLibrary("one", "rust-twice/one.rs", TARGET_SPEC="{ARM}"), vendored',
    )


def _scripts() -> Iterator[Mistake]:
    value = "int v = 3;\nint start(void) { return v; }\n"
    table = "const int table[4] = {1, 2, 3, 4};\nconst int *start(int i) { return table + i; }\n"
    yield from _linked(
        "region-overflow",
        "char big[80000];\nchar *start(void) { return big; }\n",
        "region `RAM' overflowed by 14464 bytes",
        "will not fit in region 'RAM': overflowed by 14464 bytes",
        "region RAM overflows by 14464 bytes",
        "RAM  origin 0x20000000  length 65536 (64 KiB)",
        "raise LENGTH of RAM in region-overflow/link.ld",
    )
    yield from _linked(
        "region-missing",
        {"main.s": '.globl start\nstart: nop\n.section .odd,"aw"\n.word 1\n'},
        "no memory region specified for loadable section `.odd'",
        "no memory region specified for section '.odd'",
        "says of .odd neither a region nor an address",
        "> REGION",
        script="MEMORY { FLASH (x!r) : ORIGIN = 0x1000, LENGTH = 1K\n }\nENTRY(start)\n"
        f"SECTIONS {{ .odd : {{ KEEP(*(.odd)) }} .text : {{ *(.text) }} > FLASH {DISCARD} }}\n",
        target=X86,
    )
    yield from _linked(
        "region-unknown",
        value,
        "memory region `FLASHH' not declared",
        "memory region 'FLASHH' not declared",
        "the script uses a region FLASHH that no MEMORY declares",
        "[memory.FLASHH]",
        script=SCRIPT.replace("} > FLASH ", "} > FLASHH "),
        more='LINKFLAGS="--fatal-warnings"',
    )
    yield from _linked(
        "region-later",
        value,
        None,
        "memory region not defined: RAM",
        "no MEMORY above this line declares RAM",
        "move the line below the MEMORY",
        script=f"_estack = ORIGIN(RAM) + LENGTH(RAM);\n{SCRIPT}",
    )
    yield from _linked(
        "sections-overlap",
        value,
        "section .data LMA [00100000,00100003] overlaps section .text LMA",
        "section .text load address range overlaps with .data",
        "want the same memory",
        "AT > REGION",
        script=SCRIPT.replace(".data : { *", ".data : AT(0x100000) { *").replace("> RAM AT > FLASH", "> RAM"),
    )
    yield from _linked(
        "section-discarded",
        table,
        "referenced in section `.text",
        "discarded section: ",
        "the script discards a section that is in use: ",
        "*(.rodata .rodata.*)",
        script=SCRIPT.replace(" .rodata .rodata.*", "").replace("*(.ARM", "*(.rodata*) *(.ARM"),
    )
    yield from _linked(
        "script-symbol-unknown",
        value,
        "undefined symbol `nowhere' referenced in expression",
        "symbol not found: nowhere",
        "the script reckons with nowhere, which nothing defines",
        "--defsym=nowhere=VALUE",
        script=f"{SCRIPT}top = nowhere + 4;\n",
    )
    yield from _linked(
        "program-headers",
        value,
        "not enough room for program headers",
        "could not allocate headers",
        "the ELF's own headers in memory",
        "SIZEOF_HEADERS",
        script="ENTRY(start)\nPHDRS { all PT_LOAD FILEHDR PHDRS; }\n"
        "SECTIONS { .text 0x10 : { *(.text .text.* .data* .bss*) } :all " + DISCARD + " }\n",
    )
    yield from _linked(
        "entry-missing",
        value,
        "cannot find entry symbol Reset;",
        "cannot find entry symbol Reset;",
        "nothing that is linked defines the entry symbol Reset",
        "[link] entry",
        script=SCRIPT.replace("ENTRY(start)", "ENTRY(Reset)\nEXTERN(start)"),
        more='LINKFLAGS="--fatal-warnings"',
    )
    yield from _linked(
        "library-missing",
        value,
        "cannot find -lnowhere",
        "unable to find library -lnowhere",
        "no folder that is searched has the archive for -lnowhere",
        "searched   library-missing",
        "[c] libraries (TOOLCHAIN_LIBS)",
        more='LINKFLAGS="-lnowhere"',
    )
    yield from _linked(
        "linker-option",
        value,
        "unrecognized option '--frobnicate'",
        "unknown argument '--frobnicate'",
        "the linker has no option --frobnicate",
        "[link] flags (LINKFLAGS)",
        more='LINKFLAGS="--frobnicate"',
    )
    yield from _linked(
        "executable-stack",
        "void start(void) {}\n",
        "missing .note.GNU-stack section implies executable stack",
        None,
        "vendor/hand.o does not say whether it needs code on the stack",
        ".section .note.GNU-stack",
        target=X86,
        sources=', "vendor/noted.o", "vendor/hand.o"',
        more="LINKFLAGS=[]",
        warning=True,
    )
    yield from _linked(
        "writable-code",
        value,
        "has a LOAD segment with RWX permissions",
        None,
        "code and data share one segment",
        "--no-warn-rwx-segments",
        script=f"ENTRY(start)\nSECTIONS {{ .all 0x8000 : {{ *(.text* .data* .bss*) }} {DISCARD} }}\n",
        target=X86,
        more='LINKFLAGS="--fatal-warnings"',
    )


def _sources() -> Iterator[Mistake]:
    yield from _compiled(
        "header-missing",
        "main.c",
        '#include "nowhere.h"\n',
        "fatal error: nowhere.h: No such file or directory",
        "no folder that is searched has nowhere.h",
        "searched   the folder of the file that names it, inc, the compiler's own",
        "[c] include (CPPPATH)",
        more='CPPPATH=["inc"]',
    )
    yield from _compiled(
        "c-library-header",
        "main.c",
        "#include <stdio.h>\n",
        "fatal error: stdio.h: No such file or directory",
        "stdio.h belongs to a C library",
        "stdint.h",
        target=RISCV,
    )
    yield from _compiled(
        "cxx-library-header",
        "main.cpp",
        "#include <vector>\n",
        "fatal error: vector: No such file or directory",
        "vector belongs to the C++ library",
        "use C headers",
        more='CXXFLAGS="-nostdinc++"',
    )
    yield from _compiled(
        "sse-disabled",
        "main.c",
        "double half(double a) { return a / 2; }\n",
        "error: SSE register return with SSE disabled",
        "out of SSE registers, as a kernel does",
        "pass a pointer or an integer instead",
        target=X86,
    )
    yield from _compiled(
        "instruction-unsupported",
        "main.s",
        "vadd.f64 d0, d1, d2\n",
        "Error: selected FPU does not support instruction -- `vadd.f64 d0,d1,d2'",
        "the FPU that the target names has no such instruction: vadd.f64 d0,d1,d2",
        "the target's cpu and features",
    )
    yield from _compiled(
        "extension-missing",
        "main.s",
        "fmul.s fa0, fa0, fa1\n",
        "Error: unrecognized opcode `fmul.s fa0,fa0,fa1', extension `f' ",
        "that this instruction is in: fmul.s fa0,fa0,fa1",
        "the target's features",
        target=RISCV,
    )
    yield from _compiled(
        "instruction-unknown",
        "main.s",
        "cpsid i\n",
        "Error: no such instruction: `cpsid i'",
        "the assembler of this target does not know it: cpsid i",
        "cfg(target_arch",
        target=X86,
    )


def _crates() -> Iterator[Mistake]:
    yield from _rust(
        "crate-std-missing",
        "pub fn f() {}\n",
        "error[E0463]: can't find crate for `std`",
        "the crate root does not say #![no_std]",
        "write #![no_std]",
    )
    yield from _rust(
        "crate-alloc-missing",
        f"{NO_STD}extern crate alloc;\n",
        "error[E0463]: can't find crate for `alloc`",
        "alloc is not among the libraries built for this crate",
        'add "alloc" to [rust] build-std (RUST_BUILD_STD)',
    )
    yield from _rust(
        "crate-alloc-missing",
        f"{NO_STD}use alloc::vec::Vec;\npub fn f(_: Vec<u8>) {{}}\n",
        "cannot find module or crate `alloc` in this scope",
        "alloc is built, and the crate does not name it",
        "write extern crate alloc;",
        more='RUST_BUILD_STD=["core", "alloc"]',
        suffix="-extern",
    )
    yield from _rust(
        "crate-test-missing",
        NO_STD,
        "error[E0463]: can't find crate for `test`",
        "--test wants the test harness",
        "on the host",
        more='RUSTFLAGS=["--test"]',
    )
    yield from _rust(
        "crate-proc-macro-missing",
        f"{NO_STD}extern crate proc_macro;\n",
        "error[E0463]: can't find crate for `proc_macro`",
        "a procedural macro runs inside the compiler",
        "a crate of its own",
    )
    yield from _rust(
        "crate-unknown",
        f"{NO_STD}use packet::Frame;\npub fn f(_: Frame) {{}}\n",
        "error[E0432]: unresolved import `packet`",
        "no crate packet was handed to rustc",
        "[rust.crates.packet] (CRATES, RustLibrary)",
    )
    yield from _rust(
        "std-path",
        f"{NO_STD}pub fn f() {{ std::mem::drop(1) }}\n",
        "cannot find module or crate `std` in this scope",
        "a path begins with std",
        "write core:: instead",
    )
    yield from _rust(
        "std-prelude",
        f'{NO_STD}pub fn f(_: Vec<u8>) {{ println!("x") }}\n',
        "cannot find macro `println` in this scope",
        "println, Vec is in scope by itself only with std",
        "use alloc::vec::Vec",
    )
    yield from _rust(
        "atomic-width",
        f"{NO_STD}pub use core::sync::atomic::AtomicU64;\n",
        "no `AtomicU64` in `sync::atomic`",
        "no atomic access of this size: AtomicU64",
        "AtomicU32",
    )
    yield from _rust(
        "panic-handler-missing",
        "#![no_std]\n",
        "`#[panic_handler]` function required, but not found",
        "without std nobody says what a panic does",
        "fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }",
    )
    yield from _rust(
        "panic-handler-twice",
        f"{NO_STD}mod other {{ {PANIC} }}\n",
        "found duplicate lang item `panic_impl`",
        "two functions are marked #[panic_handler]",
        "remove one",
    )
    yield from _rust(
        "eh-personality",
        NO_STD,
        "unwinding panics are not supported without std",
        "the panic strategy is unwind",
        '[rust] panic = "abort" (RUST_PANIC)',
        more='RUSTFLAGS=["-Cpanic=unwind"]',
    )
    yield from _rust(
        "global-allocator-missing",
        f"{NO_STD}extern crate alloc;\nuse alloc::boxed::Box;\npub fn f() -> Box<u8> {{ Box::new(1) }}\n",
        "no global memory allocator found but one is required",
        "nothing says where memory comes from",
        "#[global_allocator]",
        more='RUST_BUILD_STD=["core", "alloc"]',
    )
    yield from _rust(
        "edition-2024",
        f'{NO_STD}#[no_mangle]\npub extern "C" fn f() {{}}\n',
        "error: unsafe attribute used without unsafe",
        "compiled as edition 2024",
        '[rust] edition = "2021" (RUST_EDITION)',
    )
    yield from _rust(
        "edition-2015",
        f"{NO_STD}pub async fn f() {{}}\n",
        "error[E0670]: `async fn` is not permitted in Rust 2015",
        "compiled as edition 2015",
        "set a newer one",
        more='RUST_EDITION="2015"',
    )
    yield from _rust(
        "unstable-feature",
        f"{NO_STD}pub fn f() {{ core::intrinsics::abort() }}\n",
        "error[E0658]: use of unstable library feature `core_intrinsics`",
        "core_intrinsics: not stable in this rustc",
        "#![feature(NAME)]",
    )
    yield from _rust(
        "environment-variable",
        f'{NO_STD}pub const X: &str = env!("BOARD");\n',
        "environment variable `BOARD` not defined at compile time",
        "env!(BOARD) is read while rustc runs",
        '[rust] env = { BOARD = "..." } (RUST_ENV)',
    )


MISTAKES = tuple(_mistakes())
