"""fmt: the only verb that writes sources, and only those of the images' own crates."""

from __future__ import annotations

from pathlib import Path

import pytest

from cargo_firmware import write_cargo_firmware
from conftest import need_component
from processes import watch
from project import SCONS
from tiny import write_tiny

UGLY = "#![no_std]\npub fn more ( n : u32 ) -> u32 { n+1 }\n"
TIDY = "#![no_std]\npub fn more(n: u32) -> u32 {\n    n + 1\n}\n"


@pytest.fixture(autouse=True)
def rustfmt() -> None:
    need_component("rustfmt")


def test_a_package_is_formatted_once(tmp_path: Path) -> None:
    project = write_cargo_firmware(tmp_path / "project")
    project.build("fmt")
    project.write("part/src/lib.rs", UGLY).write("part/examples/tool.rs", "fn main ( ) { }\n")
    found = project.fail("fmt", "check=1")
    assert "-pub fn more ( n : u32 ) -> u32 { n+1 }" in found.stderr
    assert "the sources are not formatted; scons fmt formats them" in found.stderr
    assert project.read_bytes("part/src/lib.rs").decode() == UGLY
    run = project.build("fmt")
    assert "fmt  part/examples/tool.rs\nfmt  part/src/lib.rs\n" in run.stdout
    assert run.steps == []
    assert project.read_bytes("part/src/lib.rs").decode() == TIDY
    done, started = watch([*SCONS, "fmt", "check=1"], project.folder, tmp_path)
    assert (done.returncode, started) == (0, [])
    assert "files, nothing to change" in done.stdout


def test_crates_of_no_package_are_formatted_by_the_settings_beside_them(tmp_path: Path) -> None:
    project = write_tiny(tmp_path / "tiny")
    project.edit("src/lib.rs", "    42", "  42")
    project.write("rustfmt.toml", "tab_spaces = 2\n")
    assert "fmt  src/lib.rs" in project.build("fmt").stdout
    assert b"\n  42\n" in project.read_bytes("src/lib.rs")
    project.write("rustfmt.toml", "tab_spaces = 3\n")
    assert "+   42" in project.fail("fmt", "check=1").stderr
    project.edit("src/lib.rs", "42", "(")
    assert "mismatched closing delimiter" in project.fail("fmt").stderr


def test_a_variable_of_the_verb_belongs_to_it(tmp_path: Path) -> None:
    run = write_tiny(tmp_path / "tiny").fail("check=1")
    assert "check= belongs to the verb fmt" in run.stderr
