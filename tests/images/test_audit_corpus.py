"""The ABI audit on real objects: each that does not fit is found, and nothing is found where all fits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from audit_corpus import CORPUS, GUARDED, Case
from audit_targets import read_target, rustc
from board import add_targets
from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project
from steelmill.audit.facts import dump_facts, load_facts, read_facts
from steelmill.audit.finding import Finding
from steelmill.audit.pull import LinkedMember
from steelmill.audit.rules import RULES, check_members
from steelmill.audit.target import AuditTarget, dump_target, load_target

CASES = [pytest.param(target, case, id=f"{target}-{case.id}") for target, cases in CORPUS.items() for case in cases]


def compile_case(case: Case, folder: Path) -> Path:
    source = folder / f"source{case.suffix}"
    source.write_text(case.source)
    output = folder / "object.o"
    compiler, _, tuple_ = case.compiler.partition(" ")
    if compiler == "rustc":
        rustc(str(source), "--emit=obj", "--target", tuple_, "-Cpanic=abort", *case.flags.split(), "-o", str(output))
    else:
        need_tool(compiler)
        argv = [compiler, *case.flags.split(), "-c", str(source), "-o", str(output)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return output


def audit(target: AuditTarget, *files: Path) -> tuple[Finding, ...]:
    """Judge all members of the files, by facts that went through their file."""
    facts = [load_facts(dump_facts(read_facts(file.read_bytes(), str(file))), file.name) for file in files]
    members = [LinkedMember(file.path, member) for file in facts for member in file.members]
    return check_members(load_target(dump_target(target)), members)


def short(finding: Finding) -> str:
    return f"{'?' * (finding.level == 'warning')}{finding.rule} {finding.subject}"


@pytest.mark.parametrize(("target", "case"), CASES)
def test_what_does_not_fit_is_found(target: str, case: Case, tmp_path: Path) -> None:
    judge, _ = read_target(target, case.keys)
    found = audit(judge, compile_case(case, tmp_path))
    assert tuple(map(short, found)) == case.expected
    for finding in found:
        assert finding.rule in RULES
        assert finding.object == "object.o"
        assert all((finding.found, finding.wanted, finding.remedy))


def test_the_corpus_covers_every_rule() -> None:
    expected = {words.split(" ")[0] for cases in CORPUS.values() for case in cases for words in case.expected}
    # Only a whole link tells whether functions for atomics are missing.
    assert {rule.removeprefix("?") for rule in expected} == set(RULES) - {"atomics"}


CLEAN = """\
#include <stddef.h>
#include <stdint.h>
struct frame { uint8_t kind; uint32_t words[12]; uint64_t stamp; };
enum colour { RED, GREEN };
static int counter;
extern int elsewhere;
extern long outside(int *, long, ...);
extern void stop(void) __attribute__((noreturn));
void copy(struct frame *to, const struct frame *from) { *to = *from; }
int count(enum colour c) { return counter += (int)c + elsewhere; }
int *place(int n) { static int table[64]; return table + n; }
uint64_t ratio(uint64_t a, uint64_t b) { if (b == 0) stop(); return a / b; }
long many(int n) { int a[n + 3]; a[n] = 1; return outside(a, n, 1L, 2L, 3L, 4L, 5L) + outside(a, 2); }
long aligned(int n) { _Alignas(64) int a[16]; a[n] = 1; return outside(a, n) + 1; }
int leaf(int n) { volatile int a[4] = {1, 2, 3, 4}; return a[n & 3]; }
int choose(int n) {
    switch (n) {
    case 0: return outside(&counter, 1);
    case 1: return outside(&counter, 7) * 3;
    case 2: return (int)outside(&elsewhere, 2);
    case 3: stop();
    case 4: return 9;
    case 5: return leaf(n);
    default: return count(GREEN);
    }
}
void interrupt(void) { __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST); }
"""

FLOATS = """
struct pair { double x, y; };
double scale(struct pair p, double k) { return (p.x + p.y) * k; }
float half(float x) { return x / 2 + (float)outside(0, 1); }
"""

COMPILERS = {
    "arm": "arm-none-eabi-gcc",
    "riscv32": "riscv64-unknown-elf-gcc",
    "riscv64": "riscv64-unknown-elf-gcc",
    "aarch64": "aarch64-linux-gnu-gcc",
    "x86": "gcc",
    "x86_64": "gcc",
}

SHIPPED = sorted(path.stem for path in (CHECKOUT / "targets").glob("*.json"))


@pytest.mark.parametrize("target", SHIPPED)
def test_objects_of_the_derived_flags_have_no_finding(target: str, tmp_path: Path) -> None:
    judge, flags = read_target(target)
    compiler = COMPILERS[judge.arch]
    need_tool(compiler)
    (tmp_path / "a.c").write_text(CLEAN + GUARDED + (FLOATS if not judge.arch.startswith("x86") else ""))
    objects: list[Path] = []
    for level in ("-O0", "-O1", "-O2", "-O3", "-Os", "-Og -g", "-O2 -fno-omit-frame-pointer"):
        objects.append(tmp_path / f"{len(objects)}.o")
        argv = [compiler, *(flag.argument for flag in flags), *level.split(), "-std=c11", "-c", "a.c"]
        subprocess.run([*argv, "-o", objects[-1]], cwd=tmp_path, check=True, stdin=subprocess.DEVNULL)
    assert audit(judge, *objects) == ()


LIBRARIES = {
    "thumbv6m-none-eabi": "",
    "thumbv7m-none-eabi": "",
    "thumbv7em-none-eabi": "",
    "thumbv7em-none-eabihf": "",
    "thumbv8m.base-none-eabi": "",
    "thumbv8m.main-none-eabihf": "",
    "armv4t-none-eabi": "",
    "armv7a-none-eabihf": "",
    "armv7r-none-eabihf": "",
    "riscv32e-unknown-none-elf": "-march=rv32e -mabi=ilp32e",
    "riscv32imac-unknown-none-elf": "-march=rv32imac -mabi=ilp32",
    "riscv32imafc-unknown-none-elf": "-march=rv32imafc -mabi=ilp32f",
    "riscv64gc-unknown-none-elf": "-march=rv64gc -mabi=lp64d",
}
"""Target -> the flags that choose the multilib, where not the derived ones."""


@pytest.mark.parametrize("target", LIBRARIES)
def test_no_member_of_the_toolchains_own_libraries_has_a_finding(target: str) -> None:
    judge, flags = read_target(target)
    compiler = COMPILERS[judge.arch]
    need_tool(compiler)
    chosen = LIBRARIES[target].split() or [flag.argument for flag in flags]
    found = []
    for name in ("libgcc.a", "libc.a", "libc_nano.a", "libm.a", "libnosys.a", "librdimon.a"):
        argv = [compiler, *chosen, f"-print-file-name={name}"]
        path = Path(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip())
        if path.is_absolute():
            found.append(path)
    assert len(found) == (6 if judge.arch == "arm" else 1)
    assert audit(judge, *found) == ()


def test_a_library_of_the_other_byte_order_is_found() -> None:
    need_tool("arm-none-eabi-gcc")
    judge, flags = read_target("armebv7r-none-eabihf")
    argv = ["arm-none-eabi-gcc", *(flag.argument for flag in flags), "-print-file-name=libnosys.a"]
    path = Path(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip())
    found = audit(judge, path)
    assert {finding.rule for finding in found} == {"endianness"}
    assert "libnosys.a(close.o)" in [finding.object for finding in found]


RUST_TARGETS = ("thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf", "x86_64-unknown-none")


def test_what_rustc_makes_has_no_finding(tmp_path: Path) -> None:
    project = Project(tmp_path / "rust").sconstruct(SCONSTRUCT)
    project.write(
        "src/lib.rs",
        "#![no_std]\n#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! {\n    loop {}\n}\n"
        '#[unsafe(no_mangle)]\npub extern "C" fn _start(x: f64) -> f64 {\n    x * 2.5\n}\n',
    )
    project.write("link.ld", "ENTRY(_start)\nSECTIONS { .text : { *(.text .text.*) } }\n")
    project.write(
        "firmware.toml",
        f'[firmware]\nname = "bare"\ntargets = {list(RUST_TARGETS)}\n[rust]\ncrate = "src/lib.rs"\n'
        '[link]\nscript = "link.ld"\nlinker = "lld"\n',
    )
    add_targets(project)
    project.build("target=all")
    for target in RUST_TARGETS:
        judge, _ = read_target(target)
        out = project.folder / f"build/{target}/release"
        files = sorted([*out.glob("bare/*.a"), *out.glob("sysroot-*/*.rlib")])
        assert {"libbare.a", "libcore.rlib", "libcompiler_builtins.rlib"} <= {file.name for file in files}
        assert audit(judge, *files) == ()
