"""The flags derived from rustc's own specifications, held against what the real compilers make of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rust_firmware.install import how_to_install
from steelmill.cc.compile import Compile, compile_argv, compile_env, preprocess_script_argv
from steelmill.cc.flags import CXX_FLAGS, arguments, target_flags
from steelmill.cc.libraries import (
    library_requests,
    multi_directory_request,
    multilib_flags,
    parse_library_answer,
)
from steelmill.cc.macros import parse_macros
from steelmill.cc.toolchain import (
    PREFIXES,
    CcToolchain,
    assemble_toolchain,
    check_host_gcc,
    parse_probe,
    probe_requests,
    standalone_flags,
)
from steelmill.errors import ToolchainError
from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.step import OUT
from steelmill.target_spec.model import TargetSpec

RUSTC = next((path for path in ("/usr/bin/rustc", shutil.which("rustc")) if path and os.path.exists(path)), None)
BARE_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "RUSTC_BOOTSTRAP": "1"}

TARGETS = (
    "x86_64-unknown-none",
    "aarch64-unknown-none",
    "aarch64-unknown-none-softfloat",
    "thumbv6m-none-eabi",
    "thumbv7m-none-eabi",
    "thumbv7em-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.base-none-eabi",
    "thumbv8m.main-none-eabi",
    "thumbv8m.main-none-eabihf",
    "armv4t-none-eabi",
    "armv7r-none-eabihf",
    "armv7a-none-eabi",
    "armv7a-none-eabihf",
    "armv8r-none-eabihf",
    "armebv7r-none-eabihf",
    "riscv32i-unknown-none-elf",
    "riscv32e-unknown-none-elf",
    "riscv32imc-unknown-none-elf",
    "riscv32imac-unknown-none-elf",
    "riscv32imafc-unknown-none-elf",
    "riscv64imac-unknown-none-elf",
    "riscv64gc-unknown-none-elf",
)

SOURCE = """
#include <stddef.h>
#include <stdint.h>
struct frame { uint8_t kind; uint32_t words[12]; };
enum colour { RED, GREEN };
static int counter;
extern int elsewhere;
void copy(struct frame *to, const struct frame *from) { *to = *from; }
int count(enum colour c) { return counter += (int)c + elsewhere; }
"""

FLOATS = """
struct pair { double x, y; };
double scale(struct pair p, double k) { return (p.x + p.y) * k; }
float half(float x) { return x / 2; }
"""


def run(argv: tuple[str, ...], cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        argv, cwd=cwd, env=env or BARE_ENV, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stderr}"
    return done.stdout


def built_in(name: str) -> tuple[TargetSpec, Cfg]:
    if RUSTC is None:
        pytest.skip("no rustc; install rustc-web (Debian 12) or rustc")
    known = run((RUSTC, "--print", "target-list")).split()
    if name not in known:
        pytest.skip(f"{RUSTC} does not know {name}")
    spec = json.loads(run((RUSTC, "-Zunstable-options", "--print", "target-spec-json", "--target", name)))
    return TargetSpec(name, "rustc", spec), parse_cfg(run((RUSTC, "--print", "cfg", "--target", name)))


def find_toolchain(arch: str) -> CcToolchain:
    names = [f"{prefix}gcc" for prefix in PREFIXES[arch]]
    cc = next((path for path in map(shutil.which, names) if path), None)
    if cc is None:
        pytest.skip(f"no C compiler for {arch}; {how_to_install(names)}")
    answers = {}
    for role, argv in probe_requests(cc):
        answers[role] = subprocess.run(argv, capture_output=True, text=True, check=False, env=BARE_ENV).stdout
    probe = parse_probe(cc, answers)
    resolved = {role: shutil.which(name) or name for role, name in probe.unresolved.items()}
    return assemble_toolchain(cc, probe, resolved, "")


def all_flags(spec: TargetSpec, cfg: Cfg | None, cc: CcToolchain) -> tuple[str, ...]:
    flags = (
        *target_flags(spec, cfg, cc.family, cc.numbers),
        *standalone_flags(cc.machine, cc.own_include),
    )
    return arguments(flags)


def macros_of(cc: CcToolchain, flags: tuple[str, ...]) -> dict[str, str]:
    return parse_macros(run((cc.programs["cc"], *flags, "-dM", "-E", "-x", "c", "/dev/null")))


def test_soft_float_x86_refuses_a_double_by_value(tmp_path: Path) -> None:
    spec, cfg = built_in("x86_64-unknown-none")
    cc = find_toolchain("x86_64")
    (tmp_path / "a.c").write_text(FLOATS)
    argv = (cc.programs["cc"], *all_flags(spec, cfg, cc), "-O2", "-c", "a.c", "-o", "a.o")
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False, env=BARE_ENV)
    assert done.returncode != 0
    assert "SSE" in done.stderr


@pytest.mark.parametrize("model", ["static", "pic"])
def test_kernel_code_model_compiles_with_each_relocation_model(model: str, tmp_path: Path) -> None:
    spec, _ = built_in("x86_64-unknown-none")
    spec = TargetSpec(spec.name, spec.place, {**spec.keys, "relocation-model": model})
    cc = find_toolchain("x86_64")
    flags = all_flags(spec, None, cc)
    assert ("-mcmodel=kernel" in flags) == (model == "static")
    check_host_gcc("x86_64", cc.machine, macros_of(cc, flags), flags)
    (tmp_path / "a.c").write_text(SOURCE)
    run((cc.programs["cc"], *flags, "-O2", "-c", "a.c", "-o", "a.o"), cwd=tmp_path)


def test_the_host_gcc_without_standalone_flags_is_refused() -> None:
    cc = find_toolchain("x86_64")
    if cc.bare_metal:
        pytest.skip("the compiler found first is no host's")
    with pytest.raises(ToolchainError, match="-Ulinux leaves linux defined"):
        check_host_gcc("x86_64", cc.machine, macros_of(cc, ("-ffreestanding",)), ("-Ulinux",))


@pytest.mark.parametrize("name", [name for name in TARGETS if not name.startswith("x86")])
def test_libgcc_is_of_the_targets_width_and_abi(name: str) -> None:
    spec, cfg = built_in(name)
    cc = find_toolchain(spec.arch)
    flags = all_flags(spec, cfg, cc)
    (request,) = library_requests(cc, flags, ["gcc"])
    path = parse_library_answer(cc, "gcc", run(request.argv))
    header = run(("readelf", "-h", path))
    assert ("ELF64" in header) == (spec.get("target-pointer-width") == 64)
    if spec.arch.startswith("riscv"):
        assert ("RVC" in header) <= ("+c" in spec.features)
        assert ("single-float ABI" in header) == (spec.get("llvm-abiname") == "ilp32f")
        assert ("double-float ABI" in header) == (spec.get("llvm-abiname") == "lp64d")


def test_the_multilib_is_the_one_with_most_of_the_targets_extensions() -> None:
    spec, cfg = built_in("riscv32imac-unknown-none-elf")
    cc = find_toolchain("riscv32")
    flags = all_flags(spec, cfg, cc)
    assert run(multi_directory_request(cc, flags)).strip() == "rv32imac/ilp32"
    spec, cfg = built_in("riscv32imc-unknown-none-elf")
    assert "-march=rv32im" in multilib_flags(cc, all_flags(spec, cfg, cc))


def test_newlib_is_found_and_a_library_that_is_missing_names_its_package() -> None:
    spec, cfg = built_in("thumbv7em-none-eabihf")
    cc = find_toolchain("arm")
    requests = library_requests(cc, all_flags(spec, cfg, cc), ["c_nano", "m", "nosys", "gcc"])
    paths = [parse_library_answer(cc, request.name, run(request.argv)) for request in requests]
    assert all(os.path.isfile(path) and "v7e-m+fp/hard" in path for path in paths)
    (request,) = library_requests(cc, (), ["semihost"])
    with pytest.raises(ToolchainError, match=r"has no libsemihost\.a") as caught:
        parse_library_answer(cc, "semihost", run(request.argv))
    assert "libnewlib-arm-none-eabi" in caught.value.remedy


def build(cc: CcToolchain, flags: tuple[str, ...], top: Path, source: str) -> tuple[bytes, str]:
    out = top / "out folder"
    out.mkdir(exist_ok=True)
    step = Compile(
        program=cc.programs["cc"],
        source=source,
        object_name="x.o",
        target_flags=flags,
        include_dirs=("inc",),
        defines=(("WIDTH", "8"), ("PLAIN", None)),
        forced_includes=("inc/first.h",),
        debug="full",
    )
    env = {name: value.replace(OUT, str(out)) for name, value in compile_env(step.program, 0)}
    run(tuple(word.replace(OUT, str(out)) for word in compile_argv(step)), cwd=top, env=env)
    # The assembler's own rule names the object by its whole path; what was read comes after the colon.
    return (out / "x.o").read_bytes(), (out / "x.d").read_text().partition("x.o:")[2]


@pytest.mark.parametrize("name", ["x86_64-unknown-none", "thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf"])
@pytest.mark.parametrize("source", ["src/a.c", "src/b.S", "src/c.s"])
def test_two_folders_give_the_same_bytes_with_debug_information(name: str, source: str, tmp_path: Path) -> None:
    spec, cfg = built_in(name)
    cc = find_toolchain(spec.arch)
    results = []
    for top in (tmp_path / "one", tmp_path / "two" / "größer, deeper"):
        (top / "src").mkdir(parents=True)
        (top / "inc").mkdir()
        (top / "inc/first.h").write_text("#define FIRST 1\n")
        (top / "src/a.c").write_text(
            'const char *name = __FILE__;\n_Static_assert(FIRST + PLAIN + WIDTH == 10, "");\n' + SOURCE
        )
        (top / "src/b.S").write_text("#if FIRST + PLAIN == 2\n.globl f\nf: nop\n#endif\n")
        (top / "src/c.s").write_text('.globl f\nf: nop\n.incbin "src/a.c"\n')
        flags = all_flags(spec, cfg, cc)
        results.append(build(cc, flags, top, source))
    assert results[0] == results[1]
    read = results[0][1].split()
    assert source in read
    assert {"src/a.c": "inc/first.h", "src/b.S": "inc/first.h", "src/c.s": "src/a.c"}[source] in read


def test_cxx_flags_need_no_runtime(tmp_path: Path) -> None:
    cc = find_toolchain("arm")
    gxx = shutil.which("arm-none-eabi-g++")
    if gxx is None:
        pytest.skip("no arm-none-eabi-g++; apt install gcc-arm-none-eabi")
    spec, cfg = built_in("thumbv7em-none-eabihf")
    (tmp_path / "a.cpp").write_text(
        "struct A { A(); virtual ~A() = default; int n; };\nint f() { static A a; return a.n; }\n"
        "namespace { [[gnu::noinline]] int g(int x) { return x * 3; } }\nint h(int x) { return g(x); }\n"
    )
    step = Compile(
        program=gxx,
        source="a.cpp",
        object_name="a.o",
        target_flags=(*all_flags(spec, cfg, cc), *arguments(CXX_FLAGS)),
    )
    run(tuple(word.replace(OUT, ".") for word in compile_argv(step)), cwd=tmp_path)
    undefined = run(("nm", "-u", "a.o"), cwd=tmp_path)
    assert "__cxa_guard" not in undefined
    assert "__gxx_personality" not in undefined


def test_a_linker_script_keeps_words_that_are_macros_of_the_host(tmp_path: Path) -> None:
    cc = find_toolchain("x86")
    (tmp_path / "a.ld.S").write_text(
        '# a comment\n#ifdef BIG\nOUTPUT_ARCH(i386:x86-64) /* c */\n#endif\n#include "r.h"\nENTRY(linux) /* SIZE */\n'
    )
    (tmp_path / "r.h").write_text("#define SIZE 64K\nLEN = SIZE;\n")
    argv = preprocess_script_argv(
        cc.programs["cc"], "a.ld.S", "a.ld", target_flags=("-m32", "-nostdinc"), defines=[("BIG", None)]
    )
    run(tuple(word.replace(OUT, ".") for word in argv), cwd=tmp_path)
    text = (tmp_path / "a.ld").read_text()
    assert "OUTPUT_ARCH(i386:x86-64)" in text
    assert "LEN = 64K;" in text
    assert "ENTRY(linux)" in text
    assert (tmp_path / "a.ld.d").read_text().split() == ["a.ld:", "a.ld.S", "r.h"]
