"""What a compiler tells about itself, and its libraries."""

from __future__ import annotations

import pytest

from steelmill.cc.libraries import (
    library_requests,
    multilib_flags,
    parse_library_answer,
    picolibc_path,
)
from steelmill.cc.toolchain import (
    PREFIXES,
    CcToolchain,
    assemble_toolchain,
    check_host_gcc,
    cxx_name,
    missing_toolchain,
    parse_multilibs,
    parse_prefix,
    parse_probe,
    probe_requests,
    standalone_flags,
)
from steelmill.errors import ToolchainError

ANSWERS = {
    "version": "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205\nCopyright Free Software Foundation\n",
    "machine": "arm-none-eabi\n",
    "cc1": "/usr/lib/gcc/arm-none-eabi/12.2.1/cc1\n",
    "cc1plus": "/usr/lib/gcc/arm-none-eabi/12.2.1/cc1plus\n",
    "collect2": "/usr/lib/gcc/arm-none-eabi/12.2.1/collect2\n",
    "as": "/usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/as\n",
    "ld": "ld\n",
    "ar": "ar\n",
    "objcopy": "objcopy\n",
    "objdump": "objdump\n",
    "nm": "nm\n",
    "libgcc": "/usr/lib/gcc/arm-none-eabi/12.2.1/libgcc.a\n",
    "include": "/usr/lib/gcc/arm-none-eabi/12.2.1/include\n",
    "multilibs": ".;\nthumb/nofp;@mthumb@mfloat-abi=soft\n",
    "defaults": "",
    "libraries": "\tlibc.so.6 => /lib/libc.so.6 (0x7f)\n",
}
RISCV_LISTING = """.;
rv32i/ilp32;@march=rv32i@mabi=ilp32
rv32im/ilp32;@march=rv32im@mabi=ilp32
rv32imac/ilp32;@march=rv32imac@mabi=ilp32
rv32imafc/ilp32f;@march=rv32imafc@mabi=ilp32f
"""
RISCV_DEFAULTS = "  -mabi=                      \t\tlp64d\n  -march=                     \t\trv64imafdc_zicsr\n"


def toolchain(machine: str, listing: str = "", defaults: str = "") -> CcToolchain:
    answers = {**ANSWERS, "machine": machine, "multilibs": listing, "defaults": defaults}
    cc = f"/usr/bin/{machine}-gcc"
    return assemble_toolchain(cc, parse_probe(cc, answers), {"ld": "/usr/bin/ld"}, "digest")


def test_a_probe_is_read() -> None:
    cc = "/usr/bin/arm-none-eabi-gcc"
    probe = parse_probe(cc, ANSWERS)
    assert (probe.family, probe.version, probe.machine) == ("gcc", "12.2.1", "arm-none-eabi")
    assert probe.programs["as"] == "/usr/lib/arm-none-eabi/bin/as"
    assert "ld" in probe.unresolved
    found = assemble_toolchain(cc, probe, {"ld": "/usr/bin/ld"}, "digest")
    assert found.programs["ld"] == "/usr/bin/ld"
    assert (found.prefix, found.numbers, found.bare_metal) == ("arm-none-eabi-", (12, 2), True)
    assert found.tool.name == "arm-none-eabi-gcc 12.2.1"


def test_every_role_is_asked_for() -> None:
    assert {role for role, _ in probe_requests("gcc", ("-m32",))} == set(ANSWERS)
    assert ("libgcc", ("gcc", "-m32", "-print-libgcc-file-name")) in probe_requests("gcc", ("-m32",))


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("gcc (Debian 12.2.0-14+deb12u1) 12.2.0\nFree Software Foundation", "12.2.0"),
        ("riscv64-unknown-elf-gcc (12.2.0-14+deb12u1+11+b2) 12.2.0", "12.2.0"),
        ("arm-none-eabi-gcc (GNU Arm Embedded Toolchain 10.3-2021.10) 10.3.1 20210824 (release)", "10.3.1"),
        ("Debian clang version 19.1.7 (3~deb12u1)\nTarget: x86_64-pc-linux-gnu", "19.1.7"),
    ],
)
def test_banners(banner: str, version: str) -> None:
    assert parse_probe("cc", {**ANSWERS, "version": banner}).version == version


def test_what_is_no_compiler_is_refused() -> None:
    with pytest.raises(ToolchainError, match="printed 'hello'; expected gcc or clang"):
        parse_probe("/bin/echo", {"version": "hello\n"})
    banner = "true (GNU coreutils) 9.1\nCopyright (C) 2022 Free Software Foundation, Inc."
    with pytest.raises(ToolchainError, match=r"printed 'true \(GNU coreutils\) 9\.1'; expected gcc or clang"):
        parse_probe("/bin/true", {"version": banner, "machine": ""})


CLANG_ANSWERS = {
    **ANSWERS,
    "version": "Debian clang version 22.1.8 (1~deb12u1)\nTarget: x86_64-pc-linux-gnu",
    "machine": "x86_64-pc-linux-gnu\n",
    "multilibs": ".;@m64\n",
    "libraries": """\tlibc.so.6 => /lib/libc.so.6 (0x7f)
\tlibclang-cpp.so.22.1 => /lib/libclang-cpp.so.22.1 (0x7f)
\tlibLLVM.so.22.1 => /lib/libLLVM.so.22.1 (0x7f)
""",
}


def test_clang_is_its_libraries_and_has_no_cc1_of_its_own() -> None:
    probe = parse_probe("clang", CLANG_ANSWERS)
    assert probe.family == "clang"
    assert "cc1" not in probe.programs
    assert probe.libraries == ("/lib/libclang-cpp.so.22.1", "/lib/libLLVM.so.22.1")
    assert probe.multilibs == ()


def test_clang_is_made_for_the_target_that_it_is_given() -> None:
    clang = assemble_toolchain("/usr/bin/clang", parse_probe("clang", CLANG_ANSWERS), {}, "digest")
    assert not clang.bare_metal
    assert clang.made_for("thumbv7em-none-eabihf").bare_metal
    assert clang.made_for("riscv32").bare_metal
    assert clang.made_for("i386-unknown-none-code16").bare_metal
    assert not clang.made_for("x86_64-unknown-linux-gnu").bare_metal
    assert toolchain("arm-none-eabi").made_for("thumbv7em-none-eabihf").machine == "arm-none-eabi"


def test_clang_without_a_library_says_what_to_do_instead() -> None:
    clang = assemble_toolchain("/usr/bin/clang", parse_probe("clang", CLANG_ANSWERS), {}, "digest").made_for("riscv32")
    gcc, libc = library_requests(clang, ("-march=rv32imac", "-mabi=ilp32"), ["gcc", "c"])
    assert gcc.argv[-2:] == ("--rtlib=compiler-rt", "-print-libgcc-file-name")
    with pytest.raises(ToolchainError, match=r"brings no libgcc\.a for riscv32") as caught:
        parse_library_answer(clang, "gcc", "")
    assert "compiler_builtins has the functions" in caught.value.remedy
    with pytest.raises(ToolchainError, match=r"brings no libc\.a") as caught:
        parse_library_answer(clang, libc.name, "libc.a\n")
    assert "or build with a GNU toolchain" in caught.value.remedy


@pytest.mark.parametrize(
    ("cc", "prefix", "cxx"),
    [
        ("/opt/bin/arm-none-eabi-gcc-12", "arm-none-eabi-", "/opt/bin/arm-none-eabi-g++-12"),
        ("gcc", "", "g++"),
        ("clang-19", "", "clang++-19"),
        ("riscv32-unknown-elf-gcc", "riscv32-unknown-elf-", "riscv32-unknown-elf-g++"),
        ("/usr/bin/cc", "", "/usr/bin/c++"),
    ],
)
def test_names_of_drivers(cc: str, prefix: str, cxx: str) -> None:
    assert parse_prefix(cc) == prefix
    assert cxx_name(cc) == cxx


def test_a_missing_toolchain_names_what_was_looked_for_and_what_installs_it() -> None:
    assert str(missing_toolchain("arm", "install it: dnf install x")) == (
        "no C compiler for arm; expected arm-none-eabi-gcc\n"
        "  remedy   install it: dnf install x; or give cc=/path/to/gcc"
    )
    assert PREFIXES["x86_64"][-2:] == ("x86_64-linux-gnu-", "")


def test_a_bare_metal_compiler_needs_no_standalone_flags() -> None:
    assert standalone_flags("x86_64-elf", "/i") == ()
    given = [flag.argument for flag in standalone_flags("x86_64-linux-gnu", "/usr/lib/gcc/include")]
    assert given[:3] == ["-nostdinc", "-isystem", "/usr/lib/gcc/include"]
    assert "-U__linux__" in given


def test_host_gcc() -> None:
    good = {"__x86_64__": "1", "__ELF__": "1", "__STDC_HOSTED__": "0", "__PIE__": "2"}
    check_host_gcc("x86_64", "x86_64-linux-gnu", good, ["-ffreestanding", "-fPIE"])
    with pytest.raises(ToolchainError, match="makes no x86_64 ELF"):
        check_host_gcc("x86_64", "aarch64-linux-gnu", {"__ELF__": "1"}, [])
    with pytest.raises(ToolchainError, match="-fno-pie leaves __PIE__ defined"):
        check_host_gcc("x86_64", "x86_64-linux-gnu", good, ["-fno-pie"])
    with pytest.raises(ToolchainError, match="-ffreestanding leaves __STDC_HOSTED__ defined"):
        check_host_gcc("x86_64", "x86_64-linux-gnu", {**good, "__STDC_HOSTED__": "1"}, ["-ffreestanding"])


def test_the_default_multilib_has_the_compilers_own_flags() -> None:
    first = parse_multilibs(RISCV_LISTING, RISCV_DEFAULTS)[0]
    assert (first.directory, first.flags) == (".", ("-mabi=lp64d", "-march=rv64imafdc_zicsr"))


@pytest.mark.parametrize(
    ("march", "mabi", "chosen"),
    [
        ("rv32imac_zicsr_zifencei", "ilp32", "-march=rv32imac"),
        ("rv32imc_zicsr_zifencei_zba", "ilp32", "-march=rv32im"),
        ("rv32imafc_zicsr", "ilp32f", "-march=rv32imafc"),
        ("rv32imafc_zicsr", "ilp32", "-march=rv32imac"),
        ("rv64imafdc_zicsr_zifencei", "lp64d", "-march=rv64imafdc_zicsr"),
    ],
)
def test_the_multilib_that_fits_is_chosen(march: str, mabi: str, chosen: str) -> None:
    cc = toolchain("riscv64-unknown-elf", RISCV_LISTING, RISCV_DEFAULTS)
    assert chosen in multilib_flags(cc, ("-O2", f"-march={march}", f"-mabi={mabi}"))


def test_no_multilib_fits() -> None:
    cc = toolchain("riscv64-unknown-elf", RISCV_LISTING, RISCV_DEFAULTS)
    with pytest.raises(ToolchainError, match="no libraries for rv32e with ABI ilp32e"):
        multilib_flags(cc, ("-march=rv32e", "-mabi=ilp32e"))


def test_library_questions_and_answers() -> None:
    cc = toolchain("arm-none-eabi")
    gcc, libc = library_requests(cc, ("-mthumb",), ["gcc", "c_nano"])
    assert gcc.argv == ("/usr/bin/arm-none-eabi-gcc", "-mthumb", "-print-libgcc-file-name")
    assert libc.argv[-1] == "-print-file-name=libc_nano.a"
    assert parse_library_answer(cc, "c", "/a/b/../libc.a\n") == "/a/libc.a"
    with pytest.raises(ToolchainError) as caught:
        parse_library_answer(cc, "c", "libc.a\n")
    assert "install libnewlib-arm-none-eabi" in caught.value.remedy


def test_riscv_libc_is_picolibc() -> None:
    cc = toolchain("riscv64-unknown-elf")
    with pytest.raises(ToolchainError) as caught:
        parse_library_answer(cc, "c", "libc.a\n")
    assert "picolibc-riscv64-unknown-elf" in caught.value.remedy
    assert picolibc_path(cc, "rv32imac/ilp32\n", "c") == (
        "/usr/lib/picolibc/riscv64-unknown-elf/lib/rv32imac/ilp32/libc.a"
    )


def test_an_operating_systems_libc_is_refused() -> None:
    cc = toolchain("x86_64-linux-gnu")
    assert library_requests(cc, (), ["gcc"])
    with pytest.raises(ToolchainError, match="made for its operating system"):
        library_requests(cc, (), ["c"])
