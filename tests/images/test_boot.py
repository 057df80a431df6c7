"""Images boot in QEMU, and what goes wrong there is told."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from board import copy_product
from conftest import need_tool
from project import Project, Run

EMULATORS = ("qemu-system-x86_64", "qemu-system-arm", "qemu-system-riscv32")
IMAGES = [
    (firmware, target)
    for firmware in ("hello", "telemetry")
    for target in ("x86_64-unknown-none", "thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf")
]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Run]:
    """Build and boot the example product for all targets."""
    need_tool(*EMULATORS, "arm-none-eabi-gcc", "riscv64-unknown-elf-gcc")
    project = copy_product(tmp_path_factory.mktemp("product") / "product")
    return project, project.scons("target=all", "check")


def test_six_images_boot(checked: tuple[Project, Run]) -> None:
    _, run = checked
    assert run.status == 0, run.output
    for firmware, target in IMAGES:
        assert f"pass  {firmware}  {target}" in run.stdout
    assert "6 passed, 0 failed; build/check/junit.xml" in run.stdout


def test_junit_xml_has_a_case_for_every_image(checked: tuple[Project, Run]) -> None:
    project, _ = checked
    root = ET.parse(project.folder / "build/check/junit.xml").getroot()
    cases = [(case.get("name"), case.get("classname")) for case in root.iter("testcase")]
    assert sorted(cases) == sorted(IMAGES)
    assert not list(root.iter("failure"))


def test_images_boot_when_lld_links_them(checked: tuple[Project, Run], tmp_path: Path) -> None:
    need_tool("ld.lld-22")
    shutil.copytree(checked[0].folder, tmp_path / "product", symlinks=True)
    run = Project(tmp_path / "product").build("linker=lld", "check")
    assert "6 passed, 0 failed" in run.stdout
    assert {step.split()[0] for step in run.steps} == {"LINK"}


def test_an_image_of_profile_dev_boots(board: Project) -> None:
    need_tool("qemu-system-arm")
    run = board.build("profile=dev", "check")
    assert "1 passed, 0 failed" in run.stdout
    assert b".debug_info" in board.read_bytes("build/thumbv7em-none-eabihf/dev/app/app.elf")


def test_run_shows_the_serial_port(board: Project) -> None:
    need_tool("qemu-system-arm")
    run = board.build("run")
    assert "RUN app  thumbv7em-none-eabihf\nanswer 42\n" in run.stdout


def test_a_hang_fails_with_what_was_printed_so_far(board: Project) -> None:
    need_tool("qemu-system-arm")
    board.edit("c/main.c", "\treturn 0;", "\tfor (;;)\n\t\t;")
    board.edit("firmware.toml", "timeout = 20", "timeout = 1")
    run = board.fail("check")
    assert run.status == 2
    assert "still running after 1 s; the last line was 'answer 42'" in run.stderr
    assert "\nanswer 42\n" in run.stderr
    assert "FAIL  app" in run.stdout
    (failure,) = ET.parse(board.folder / "build/check/junit.xml").getroot().iter("failure")
    assert "still running" in (failure.get("message") or "")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("firmware.toml", "answer 42", "answer 43", "expected output 1 of 1 is missing: 'answer 43'"),
        ("c/main.c", "return 0", "return 7", "exit code 7; expected 0"),
        ("c/main.c", "return 0", "return *(volatile int *)0xffffff00 + 1", "exit code 99; expected 0"),
        ("firmware.toml", "timeout = 20", 'machine = "mps3"', "the emulator failed: qemu-system-arm: "),
        ("firmware.toml", "timeout = 20", 'emulator = "qemu-missing"', "cannot run the emulator: No such file"),
    ],
)
def test_what_goes_wrong_is_told(board: Project, file: str, old: str, new: str, message: str) -> None:
    need_tool("qemu-system-arm")
    run = board.edit(file, old, new).fail("check")
    assert run.status == 2
    assert message in run.stderr
    # a failure is not remembered as a success
    assert board.fail("check").status == 2


def test_a_panic_is_told_with_its_place(checked: tuple[Project, Run], tmp_path: Path) -> None:
    shutil.copytree(checked[0].folder, tmp_path / "product", symlinks=True)
    project = Project(tmp_path / "product").edit("firmware/hello/src/lib.rs", "    send_samples();", "    panic!();")
    project.edit("firmware/hello/src/lib.rs", "/// Lets C reverse", "#[allow(dead_code)]\n/// Lets C reverse")
    run = project.fail("target=thumbv7em-none-eabihf", "firmware=hello", "check")
    assert run.status == 2
    assert "hello  thumbv7em-none-eabihf: the firmware panicked: panicked at firmware/hello/src/lib.rs:" in run.stderr
