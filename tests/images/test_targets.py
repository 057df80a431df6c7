"""Where targets are found, and what is wrong with a specification, before anything costly is built."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from board import TARGET, add_targets
from conftest import need_tool
from project import CHECKOUT, Project
from rust_examples import SYSTEM_RUSTC

SHIPPED: Mapping[str, Any] = json.loads((CHECKOUT / f"targets/{TARGET}.json").read_text())
EM_ARM = 40
RUST_ONLY_RS = """\
#![no_std]
#![no_main]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    loop {}
}
"""
RUST_ONLY_LD = """\
ENTRY(_start)
SECTIONS
{
  . = 0x80000000;
  .text : { *(.text .text.*) }
  /DISCARD/ : { *(.eh_frame) *(.ARM.exidx*) }
}
"""


def rust_only(folder: Path, linker: str = "lld") -> Project:
    """Write a firmware without C for any target."""
    project = Project(folder).sconstruct(
        'env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])\nenv.Firmware("firmware.toml")\n'
    )
    project.write("src/lib.rs", RUST_ONLY_RS).write("link.ld", RUST_ONLY_LD)
    return project.write(
        "firmware.toml",
        f'[firmware]\nname = "bare"\n[rust]\ncrate = "src/lib.rs"\n[link]\nscript = "link.ld"\nlinker = "{linker}"\n',
    )


def without(keys: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if key not in names}


@pytest.fixture
def anywhere(board: Project) -> Project:
    """Give the board's firmware, built for its shipped target and open to every other."""
    return board.edit("firmware.toml", f'targets = ["{TARGET}"]\n', "")


def test_a_path_to_a_json(anywhere: Project) -> None:
    anywhere.write("boards/mine.json", json.dumps(SHIPPED))
    steps = anywhere.build("target=boards/mine.json").steps
    assert (anywhere.folder / "build/mine/release/app/app.elf").exists()
    assert "PROBE mine" in " ".join(steps) or "PROBE" in steps


def test_a_name_under_targets(anywhere: Project) -> None:
    anywhere.write("targets/mine.json", json.dumps(SHIPPED)).build("target=mine")
    assert (anywhere.folder / "build/mine/release/app/app.elf").exists()


def test_a_name_in_rust_target_path(anywhere: Project, tmp_path: Path) -> None:
    Project(tmp_path / "elsewhere").write("mine.json", json.dumps(SHIPPED))
    anywhere.build("target=mine", env={"RUST_TARGET_PATH": f"/nowhere:{tmp_path}/elsewhere"})
    assert (anywhere.folder / "build/mine/release/app/app.elf").exists()


def test_a_target_built_into_rustc(tmp_path: Path) -> None:
    need_tool("ld.lld-22")
    project = rust_only(tmp_path / "p")
    run = project.build(f"target={TARGET}")
    assert "RUSTC core" in run.steps
    assert project.read_bytes(f"build/{TARGET}/release/bare/bare.elf")[18] == EM_ARM


def test_a_target_without_a_c_toolchain_names_the_package(tmp_path: Path) -> None:
    need_tool("ld.lld-22")
    project = rust_only(tmp_path / "p", linker="ld")
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in (SYSTEM_RUSTC, shutil.which("ld.lld-22")):
        assert program
        (programs / Path(program).name).symlink_to(program)
    (programs / "dnf").touch(0o755)
    arguments, env = "target=aarch64-unknown-none", {"PATH": str(programs)}
    for run in (project.fail(arguments, env=env), with_c(project).fail(arguments, env=env)):
        assert "no C compiler for aarch64" in run.stderr
        assert "install it: dnf install gcc-aarch64-linux-gnu; or give cc=/path/to/gcc" in run.stderr
        assert not run.steps


def with_c(project: Project) -> Project:
    project.write("c/some.c", "int some;\n")
    return project.edit("firmware.toml", "[link]", '[c]\nsources = ["c/some.c"]\n[link]').edit(
        "firmware.toml", '"ld"', '"lld"'
    )


def test_a_wrong_data_layout_is_told_with_llvms(anywhere: Project) -> None:
    right = SHIPPED["data-layout"]
    anywhere.write("targets/bad.json", json.dumps({**SHIPPED, "data-layout": right.replace("-n32", "")}))
    run = anywhere.fail("target=bad", "-j1")
    assert f"targets/bad.json:1: data-layout: '{right.replace('-n32', '')}'; expected '{right}'" in run.stderr
    assert not run.steps


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({**SHIPPED, "features": "+vfp4d16sp,+warp-drive"}, "warp-drive"),
        ({**SHIPPED, "lvm-target": "x"}, "lvm-target"),
        ({**SHIPPED, "cpu": "cortex-m99"}, "cortex-m99"),
        (without(SHIPPED, "llvm-target"), "llvm-target"),
        (without(SHIPPED, "data-layout"), "data-layout"),
        (without(SHIPPED, "arch"), "arch"),
        (without(SHIPPED, "target-pointer-width"), "target-pointer-width"),
        ({**SHIPPED, "target-pointer-width": "31"}, "target-pointer-width"),
        ({**SHIPPED, "panic-strategy": "abrt"}, "abrt"),
        ({**SHIPPED, "pre-link-args": ["-x"]}, "pre-link-args"),
        ({**SHIPPED, "linker": 7}, "linker"),
        ({**SHIPPED, "link-script": 7}, "link-script"),
    ],
)
def test_what_is_wrong_with_a_specification_is_told_before_core(
    anywhere: Project, keys: Mapping[str, Any], message: str
) -> None:
    run = anywhere.write("targets/bad.json", json.dumps(keys)).fail("target=bad", "-j1")
    assert "targets/bad.json" in run.output
    assert message in run.output
    assert "remedy" in run.output
    assert not [step for step in run.steps if step.startswith("RUSTC")]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"arch": "arm",}', "arch = arm", '"arm"', "\u00ff\u0000"])
def test_what_is_no_json_object_is_told(anywhere: Project, text: str) -> None:
    run = anywhere.write("targets/bad.json", text).fail("target=bad")
    assert "targets/bad.json" in run.stderr
    assert "remedy" in run.stderr


def test_bytes_that_are_no_text_are_told(anywhere: Project) -> None:
    (anywhere.folder / "targets/bad.json").write_bytes(b"\xff\xfe{}")
    run = anywhere.fail("target=bad")
    assert "targets/bad.json" in run.stderr
    assert "UTF-8" in run.stderr


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("thumbv7em-none-eabihff", "did you mean 'thumbv7em-none-eabihf'?"),
        ("boards/none.json", "boards/none.json: no such file"),
        ("targets/thumbv7em-none-eabih.json", "did you mean 'thumbv7em-none-eabihf.json'?"),
    ],
)
def test_an_unknown_target_is_told(anywhere: Project, target: str, message: str) -> None:
    assert message in anywhere.fail(f"target={target}").stderr


def test_two_specifications_of_one_name_are_a_clash(anywhere: Project) -> None:
    anywhere.write("boards/mine.json", json.dumps(SHIPPED))
    anywhere.write("more/mine.json", json.dumps({**SHIPPED, "cpu": "cortex-m7"}))
    run = anywhere.fail("target=boards/mine.json,more/mine.json")
    assert "mine" in run.stderr
    assert "remedy" in run.stderr


def test_a_renamed_specification_takes_core_from_the_cache(anywhere: Project) -> None:
    anywhere.write("targets/other-name.json", json.dumps(SHIPPED, indent=7))
    start = time.monotonic()
    run = anywhere.build("target=other-name")
    assert {"RUSTC core", "RUSTC compiler_builtins"} <= set(run.steps)
    assert time.monotonic() - start < 15
    core = "sysroot-*/libcore.rlib"
    one, other = (next((anywhere.folder / f"build/{name}/release").glob(core)) for name in (TARGET, "other-name"))
    assert one.read_bytes() == other.read_bytes()


def test_a_reformatted_specification_rebuilds_nothing(board: Project) -> None:
    board.write(f"targets/{TARGET}.json", json.dumps(dict(reversed(list(SHIPPED.items()))), indent=3))
    assert board.up_to_date()


def test_several_targets_and_all(tmp_path: Path) -> None:
    need_tool("ld.lld-22")
    project = add_targets(rust_only(tmp_path / "p"))
    both = "thumbv7em-none-eabihf,riscv32imac-unknown-none-elf"
    project.build(f"target={both}")
    assert sorted(os.listdir(project.folder / "build"))[-2:] == sorted(both.split(","))
