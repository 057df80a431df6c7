"""Link command lines, as text and with the real linkers."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from steelmill.cc.arch import ARCHES
from steelmill.cc.emulation import emulation_for
from steelmill.errors import InputError
from steelmill.linker.command import Link, link_argv, link_env
from steelmill.linker.depfile import parse_make_depfile
from steelmill.linker.flavor import GNU, GNU_CC, GNU_LLD, GNU_LLD_CC
from steelmill.step import OUT

LINK = Link(
    program="/bin/ld",
    flavor=GNU,
    objects=("a.o", "b.o"),
    output="x.elf",
    archives=("libc1.a", "librust.a"),
    libraries=("/lib/libgcc.a",),
    scripts=("link.ld",),
    search=("firmware", "build"),
    entry="go",
    emulation="elf32lriscv",
    ld_args=("-z", "noexecstack", "--defsym=a,b"),
    driver_args=("-m32",),
    pre_args=("--pre",),
    late_args=("--late",),
    post_args=("--post",),
)


def test_ld() -> None:
    assert link_argv(LINK) == tuple(
        "/bin/ld --pre -m elf32lriscv -nostdlib -static -Lfirmware -Lbuild --gc-sections --entry=go "
        f"--build-id=none -Map={OUT}/x.map --dependency-file={OUT}/x.elf.d -o {OUT}/x.elf -z noexecstack "
        "--defsym=a,b a.o b.o --start-group libc1.a librust.a /lib/libgcc.a --end-group "
        "-T link.ld --late --post".split()
    )


def test_driver() -> None:
    assert link_argv(replace(LINK, flavor=GNU_LLD_CC, ld_args=(*LINK.ld_args, "-pie"))) == tuple(
        "/bin/ld -fuse-ld=lld -nostdlib -nostartfiles -static -no-pie -m32 --pre -Lfirmware -Lbuild "
        f"-Wl,--gc-sections -Wl,--entry=go -Wl,--build-id=none -Wl,-Map={OUT}/x.map "
        f"-Wl,--dependency-file={OUT}/x.elf.d -o {OUT}/x.elf -Wl,-z -Wl,noexecstack -Xlinker --defsym=a,b -pie a.o b.o "
        "-Wl,--start-group libc1.a librust.a /lib/libgcc.a -Wl,--end-group -T link.ld --late --post".split()
    )


def test_little_is_needed() -> None:
    link = Link("ld", GNU_LLD, ("a.o",), "x", gc_sections=False, map_file="m", dep_file="d")
    assert link_argv(link) == (
        *("ld", "-nostdlib", "-static", "--build-id=none", f"-Map={OUT}/m", f"--dependency-file={OUT}/d"),
        *("-o", f"{OUT}/x", "a.o"),
    )
    assert link.outputs == ("x", "m", "d")
    assert replace(link, map_file=None, dep_file=None).outputs == ("x", "x.map", "x.d")


def test_environment() -> None:
    assert link_env("/opt/bin/ld", 7) == (
        ("LC_ALL", "C"),
        ("PATH", "/opt/bin:/usr/bin:/bin"),
        ("SOURCE_DATE_EPOCH", "7"),
        ("TMPDIR", OUT),
    )


def test_unknown_emulation() -> None:
    with pytest.raises(
        InputError, match=r"no linker emulation is known for arch 'avr', little-endian; known: aarch64, "
    ):
        emulation_for("avr")


@pytest.mark.parametrize("linker", ["ld", "arm-none-eabi-ld", "riscv64-unknown-elf-ld", "ld.lld-22"])
def test_linkers_know_the_emulations(linker: str) -> None:
    if not shutil.which(linker):
        pytest.skip(f"install {linker}")
    supported = subprocess.run([linker, "-V"], capture_output=True, text=True, check=False).stdout.split()
    prefixes = {"ld": "elf_", "arm-none-eabi-ld": "armelf", "riscv64-unknown-elf-ld": "elf"}
    for name in {name for arch in ARCHES.values() for name in arch.emulations.values()}:
        if linker in prefixes:
            own = name.startswith(prefixes[linker]) and (linker != "riscv64-unknown-elf-ld" or name.endswith("riscv"))
            assert name in supported or not own or (linker, name) == ("arm-none-eabi-ld", "armelfb")
        elif not name.endswith("briscv"):
            said = subprocess.run([linker, "-m", name], capture_output=True, text=True, check=False).stderr
            assert "unknown emulation" not in said


@dataclass(frozen=True)
class Toolchain:
    cc: str
    flags: tuple[str, ...]
    ld: str
    arch: str


X86_64 = Toolchain("gcc", ("-fno-pic", "-fno-pie", "-fcf-protection=none"), "ld", "x86_64")
ARM = Toolchain("arm-none-eabi-gcc", ("-mthumb", "-mcpu=cortex-m4"), "arm-none-eabi-ld", "arm")
RISCV32 = Toolchain("riscv64-unknown-elf-gcc", ("-march=rv32imac", "-mabi=ilp32"), "riscv64-unknown-elf-ld", "riscv32")
SOURCES = {
    "a.c": "int helper(int); int _start(void) { return helper(1); } int unused(void) { return 9; }",
    "helper.c": "int shared(int); int helper(int a) { return shared(a); }",
    "shared.c": "int helper(int); int shared(int a) { return a > 3 ? a : helper(a + 1); }",
    "link.ld": "ENTRY(_start) INCLUDE memory.x SECTIONS { .text : { *(.text*) } > CODE /DISCARD/ : { *(.eh_frame*"
    " .comment .note* .ARM.exidx*) } }",
    "inc/memory.x": "MEMORY { CODE (rx) : ORIGIN = 1M, LENGTH = 64K }",
}


def link(tools: Toolchain, form: str, folder: Path) -> bytes:
    """Compile and link in ``folder``; give the image."""
    (folder / "inc").mkdir(parents=True)
    (folder / "out").mkdir()
    for name, text in SOURCES.items():
        (folder / name).write_text(text)
    for name in ("a", "helper", "shared"):
        flags = (*tools.flags, "-ffreestanding", "-Os", "-ffunction-sections", "-fno-stack-protector")
        subprocess.run([tools.cc, *flags, "-c", f"{name}.c", "-o", f"{name}.o"], cwd=folder, check=True)
        # thin, so that neither needs the other twice on the command line
        subprocess.run(["ar", "rcD", f"lib{name}.a", f"{name}.o"], cwd=folder, check=True)
    flavor = {"ld": GNU, "lld": GNU_LLD, "cc": GNU_CC, "lld-cc": GNU_LLD_CC}[form]
    driver_args = tools.flags
    if form == "lld-cc":
        # a driver looks for ld.lld, without the version
        (folder / "bin").mkdir()
        (folder / "bin/ld.lld").symlink_to(str(shutil.which("ld.lld-22")))
        driver_args = (*driver_args, "-Bbin")
    order = Link(
        program={"ld": tools.ld, "lld": "ld.lld-22"}.get(form, tools.cc),
        flavor=flavor,
        objects=("a.o",),
        output="x.elf",
        archives=("libhelper.a", "libshared.a"),
        scripts=("link.ld",),
        search=("inc",),
        emulation=emulation_for(tools.arch),
        ld_args=("-z", "noexecstack"),
        driver_args=driver_args,
    )
    argv = [word.replace(OUT, "out") for word in link_argv(order)]
    run = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert all((folder / "out" / name).stat().st_size for name in order.outputs)
    inputs = {"link.ld", "memory.x", "a.o", "libhelper.a", "libshared.a"}
    listed = parse_make_depfile((folder / "out/x.elf.d").read_text())
    assert {name.removeprefix("inc/") for name in listed} <= inputs
    return (folder / "out/x.elf").read_bytes()


@pytest.mark.parametrize("form", ["ld", "lld", "cc", "lld-cc"])
@pytest.mark.parametrize("tools", [X86_64, ARM, RISCV32], ids=lambda tools: tools.arch)
def test_real_links_agree_in_two_folders(tools: Toolchain, form: str, tmp_path: Path) -> None:
    missing = [tool for tool in (tools.cc, tools.ld, "ld.lld-22") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"install {', '.join(missing)}")
    image = link(tools, form, tmp_path / "one")
    assert b"helper" in image
    assert b"unused" not in image
    assert link(tools, form, tmp_path / "another folder") == image
