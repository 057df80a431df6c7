"""Rust calls C by bindgen's bindings and C calls Rust by cbindgen's header: crates, Cargo packages, SConscripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import board
from bound_project import BINDINGS, HEADER, OUT, SYS_RS, TABLES, write_bound
from conftest import need_tool
from processes import watch
from project import CHECKOUT, SCONS, Project
from tiny import copy_project

PAGE = (CHECKOUT / "docs/bindings.md").read_text(encoding="utf-8")
LOCK = """\
version = 4

[[package]]
name = "api"
version = "0.1.0"
dependencies = [
 "driver_sys",
]

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "api",
]

[[package]]
name = "driver_sys"
version = "0.1.0"
"""
MANIFEST = """\
[package]
name = "{name}"
version = "0.1.0"
edition = "{edition}"
[lib]
path = "{path}"
[dependencies]
{dependencies}
"""


HOST_TEST = """\
#[cfg(test)]
#[test]
fn the_sample_is_as_in_the_image() {
    assert_eq!(size_of::<driver_sys::sample>(), 16);
}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("arm-none-eabi-gcc", "bindgen", "cbindgen")
    project = write_bound(tmp_path_factory.mktemp("built") / "bound")
    project.build()
    return project


def block(language: str) -> str:
    """Give the page's first block in a language."""
    return str(re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0])


def test_a_struct_goes_both_ways(built: Project) -> None:
    need_tool("qemu-system-arm")
    assert "pass  app" in built.build("check").stdout


def test_the_page_shows_this_firmware() -> None:
    assert block("toml").strip() == TABLES.strip()
    assert block("rust") == SYS_RS
    assert block("c") in board.MAIN_C.replace("uint32_t answer(uint32_t n);", '#include "app.h"')


def test_the_second_build_starts_no_process(built: Project, tmp_path: Path) -> None:
    built.build()
    done, started = watch([*SCONS], built.folder, tmp_path)
    assert done.returncode == 0, done.stderr
    assert started == []


def test_another_folder_gives_the_same_bytes(built: Project, tmp_path: Path) -> None:
    other = copy_project(built, tmp_path / "a longer path/bound", build=False)
    other.build(f"{OUT}/app.elf")
    for path in (HEADER, BINDINGS, f"{OUT}/app.elf"):
        assert other.read_bytes(path) == built.read_bytes(path), path


def test_a_sconscript_makes_the_same(built: Project, tmp_path: Path) -> None:
    project = copy_project(built, tmp_path / "bound", build=False)
    project.sconstruct(board.SCONSTRUCT + block("python"))
    project.build()
    made = board.SCONSCRIPT_OUT
    assert project.read_bytes(f"{made}/bindings/driver.rs") == built.read_bytes(BINDINGS)
    assert project.read_bytes(f"{made}/include/app.h") == built.read_bytes(HEADER)
    assert project.up_to_date()


def test_the_local_crates_of_a_package_see_them(built: Project, tmp_path: Path) -> None:
    need_tool("cargo", "qemu-system-arm")
    project = copy_project(built, tmp_path / "bound", build=False)
    for name, edition, path, needs in (
        ("app", "2024", "src/lib.rs", 'api = { path = "api" }\n[workspace]\n[profile.release]\nopt-level = "s"'),
        ("api", "2021", "lib.rs", 'driver_sys = { path = "../sys" }'),
        ("driver_sys", "2024", "lib.rs", ""),
    ):
        folder = {"app": ".", "driver_sys": "sys"}.get(name, name)
        text = MANIFEST.format(name=name, edition=edition, path=path, dependencies=needs)
        project.write(f"{folder}/Cargo.toml", text)
    project.write("Cargo.lock", LOCK)
    toml = project.read_bytes("firmware.toml").decode()
    head, _, tail = toml.partition('crate = "src/lib.rs"')
    project.write("firmware.toml", f'{head}package = "Cargo.toml"\n\n[c]{tail.partition("[c]")[2]}')
    assert "pass  app" in project.build("images", "check").stdout
    assert project.up_to_date()
    project.edit("api/lib.rs", "#![no_std]", f"#![cfg_attr(not(test), no_std)]\n{HOST_TEST}")
    assert "1 passed, 0 failed" in project.build("test-host").stdout
    project.edit("c/reg map.h", "1", "2")
    steps = project.build(f"{OUT}/app.elf").steps
    assert [step for step in steps if "driver_sys" in step] == ["RUSTC driver_sys 0.1.0"]
    assert "BINDGEN c/driver.h" in steps
    project.edit("firmware.toml", 'crate  = "api"', 'crate  = "apii"')
    assert "no crate of the image is called 'apii'; did you mean 'api'?" in project.fail().stderr
