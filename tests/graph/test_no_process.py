"""The second scons starts no process at all: watched, not believed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import need_tool
from processes import watch, watch_by_audit
from project import CHECKOUT, SCONS, Project
from tiny import TARGET, write_tiny

RISCV = "riscv32imac-unknown-none-elf"

SCONSCRIPT_BUILD = f"""\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="{TARGET}")
rust = env.RustStaticLibrary("tiny", "src/lib.rs")
elf = env.FirmwareElf("tiny", [rust, "c/main.c"], LDSCRIPT="all.ld", LINKFLAGS=["-z", "noexecstack"])
env.FirmwareImage("tiny", elf, formats=["bin", "hex"])
"""
STOCK_BUILD = """\
env = Environment(
    tools=["cc", "link", "ar", "as", "rust_firmware"], toolpath=[TOOLPATH],
    CC="arm-none-eabi-gcc", LINK="arm-none-eabi-gcc", AR="arm-none-eabi-ar", RANLIB="arm-none-eabi-ranlib",
    CCFLAGS=["-mcpu=cortex-m4", "-Os"], LINKFLAGS=["-mcpu=cortex-m4", "-nostdlib", "-Tall.ld"],
)
lib = env.Library("answer", ["answer.c"])
Default(env.Program("tiny.elf", ["c/main.c", lib]))
"""
MEMORY = "MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 64K  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }\n"


def check_silent(project: Project, scratch: Path, *arguments: str) -> str:
    """Expect that scons starts nothing and prints that all is up to date; give what it printed."""
    done, started = watch([*SCONS, *arguments], project.folder, scratch)
    assert done.returncode == 0, done.stderr
    assert started == []
    assert "is up to date." in done.stdout
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def again(tiny: Project) -> Project:
    """Give a project in whose folder scons ran before: which toolchain rustup means is asked once for each folder."""
    assert tiny.up_to_date()
    return tiny


def test_the_watcher_sees_processes(tiny: Project, tmp_path: Path) -> None:
    """Without this, a watcher that sees nothing would pass every other test."""
    tiny.edit("c/main.h", "1", "2")
    _, started = watch([*SCONS], tiny.folder, tmp_path)
    assert any("arm-none-eabi-gcc" in call for call in started)
    tiny.edit("c/main.h", "2", "3")
    _, started = watch_by_audit([*SCONS], tiny.folder, tmp_path)
    assert any("arm-none-eabi-gcc" in call for call in started)


def test_an_image(again: Project, tmp_path: Path) -> None:
    check_silent(again, tmp_path)


def test_an_image_as_python_sees_it(again: Project, tmp_path: Path) -> None:
    assert watch_by_audit([*SCONS], again.folder, tmp_path)[1] == []


@pytest.mark.parametrize("argument", ["verbose=1", "why=1", f"target={TARGET}", "images", "-j1", "-j8", "-n", "-q"])
def test_an_image_with_arguments(again: Project, tmp_path: Path, argument: str) -> None:
    done, started = watch([*SCONS, argument], again.folder, tmp_path)
    assert started == []
    assert done.returncode == 0, done.stdout


def test_one_line_says_that_all_is_up_to_date(again: Project, tmp_path: Path) -> None:
    lines = check_silent(again, tmp_path, "-Q").splitlines()
    assert lines == [
        "scons: `images' is up to date.",
        f"image  build/{TARGET}/release/tiny/tiny.elf .bin",
    ]


def test_help(again: Project, tmp_path: Path) -> None:
    done, started = watch([*SCONS, "-h"], again.folder, tmp_path)
    assert (done.returncode, started) == (0, [])


def test_after_touching_every_file(again: Project, tmp_path: Path) -> None:
    for path in again.folder.rglob("*"):
        if path.is_file() and "build" not in path.parts:
            path.touch()
    check_silent(again, tmp_path)


def test_two_targets(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc", "riscv64-unknown-elf-gcc")
    project = write_tiny(tmp_path / "two")
    shutil.copytree(CHECKOUT / "targets", project.folder / "targets", ignore=shutil.ignore_patterns("thumb*"))
    project.edit("firmware.toml", f'targets     = ["{TARGET}"]', f'targets = ["{TARGET}", "{RISCV}"]')
    project.build()
    check_silent(project, tmp_path)
    check_silent(project, tmp_path, f"target={RISCV}")


def test_builders_of_a_sconscript(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = write_tiny(tmp_path / "pieces").sconstruct(SCONSCRIPT_BUILD)
    project.write("all.ld", MEMORY + (project.folder / "link.ld").read_text().replace("INCLUDE memory.x", ""))
    project.build()
    check_silent(project, tmp_path)


def test_builders_of_scons_itself(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = write_tiny(tmp_path / "stock").sconstruct(STOCK_BUILD)
    project.write("all.ld", MEMORY + (project.folder / "link.ld").read_text().replace("INCLUDE memory.x", ""))
    project.write("answer.c", "unsigned answer(void) { return 42; }\n")
    project.build()
    check_silent(project, tmp_path)
