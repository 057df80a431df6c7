"""test-host: the tests of a firmware's crates on this machine."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from cargo_firmware import write_cargo_firmware
from project import Project
from tiny import write_tiny

PART = """\
#![cfg_attr(not(test), no_std)]
pub fn more(n: u32) -> u32 {
    n + 1
}
#[cfg(test)]
mod tests;
"""
PART_TESTS = """\
#[test]
fn it_adds() {
    assert_eq!(super::more(1), 2);
}
#[test]
fn data_stands_in_the_folder_of_the_package() {
    let text = std::fs::read_to_string("tests/data.txt").unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data.txt");
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    assert_eq!(text.trim(), "41");
}
#[test]
#[ignore]
fn slow() {}
"""
RUN_UNIT, RUN_API = "TEST part 0.1.0", "TEST part 0.1.0 tests/api"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give a package; its own crate has a panic handler and no tests, so it is none for this machine."""
    project = write_cargo_firmware(tmp_path_factory.mktemp("host") / "project")
    return (
        project.write("part/src/lib.rs", PART)
        .write("part/src/tests.rs", PART_TESTS)
        .write("part/tests/api.rs", "#[test]\nfn it_adds_more() {\n    assert_eq!(part::more(2), 3);\n}\n")
        .write("part/tests/data.txt", "41\n")
    )


def cases(project: Project) -> dict[str, bool]:
    """Give the tests that the report names, and whether each has passed."""
    suites = ElementTree.fromstring(project.read_bytes("build/test-host/junit.xml"))
    found = {f"{case.get('classname')}: {case.get('name')}": case.find("failure") for case in suites.iter("testcase")}
    return {name: failure is None for name, failure in found.items()}


def test_tests_run_once_and_again_after_a_failure(project: Project) -> None:
    run = project.build("test-host")
    assert "3 passed, 0 failed; build/test-host/junit.xml" in run.stdout
    assert cases(project) == {
        "part 0.1.0: tests::it_adds": True,
        "part 0.1.0: tests::data_stands_in_the_folder_of_the_package": True,
        "part 0.1.0 tests/api: it_adds_more": True,
    }
    assert not any(step.startswith(("RUSTC core", "LINK", "RUSTC app")) for step in run.steps)
    again = project.build("test-host")
    assert again.steps == []
    assert "3 passed" in again.stdout
    project.write("part/tests/data.txt", "42\n")
    failed = project.fail("test-host")
    assert sorted(failed.steps) == [RUN_UNIT, RUN_API]
    assert "panicked at part/src/tests.rs:10:5" in failed.stderr
    assert "1 of 3 tests failed: part 0.1.0 tests::data_stands_in_the_folder_of_the_package" in failed.stderr
    assert cases(project)["part 0.1.0: tests::data_stands_in_the_folder_of_the_package"] is False
    assert project.fail("test-host").steps == [RUN_UNIT]
    project.write("part/tests/data.txt", "41\n")
    assert "3 passed" in project.build("test-host").stdout
    project.edit("part/src/lib.rs", "n + 1", "n + 2")
    assert "2 failed" in project.fail("test-host").stdout


def test_crates_of_no_package_are_tested_too(tmp_path: Path) -> None:
    project = write_tiny(tmp_path / "tiny")
    project.edit(
        "firmware.toml",
        'crate = "src/lib.rs"',
        'crate = "src/lib.rs"\ndependencies = ["twice"]\n\n'
        '[rust.crates.one]\ncrate = "one/lib.rs"\n\n'
        '[rust.crates.twice]\ncrate = "twice/lib.rs"\ndependencies = ["one"]',
    )
    project.write("one/lib.rs", "#![no_std]\npub fn one() -> u32 {\n    1\n}\n")
    project.write(
        "twice/lib.rs",
        "#![cfg_attr(not(test), no_std)]\npub fn two() -> u32 {\n    2 * one::one()\n}\n"
        "#[test]\nfn it_is_two() {\n    assert_eq!(two(), 2);\n}\n",
    )
    run = project.build("test-host")
    assert run.steps[-3:] == ["RUSTC one", "RUSTC tests of twice", "TEST twice"]
    assert cases(project) == {"twice: it_is_two": True}
    assert project.build("test-host").steps == []


def test_without_tests_there_is_nothing_to_do(tmp_path: Path) -> None:
    run = write_tiny(tmp_path / "tiny").fail("test-host")
    assert "'test-host' finds nothing to do: no selected firmware has Rust with tests" in run.stderr
