"""Images boot in QEMU, and what goes wrong there is told."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from board import copy_product
from conftest import need_tool
from project import CHECKOUT, Project, Run
from tiny import copy_project

WRITE_AND_EXECUTE = 3

TARGETS = (
    "aarch64-unknown-none",
    "i686-unknown-none",
    "riscv32imac-unknown-none-elf",
    "riscv64gc-unknown-none-elf",
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv7m-none-eabi",
    "thumbv8m.main-none-eabihf",
    "x86_64-unknown-none",
)
WITHOUT_ROOM_FOR_TELEMETRY = ("thumbv6m-none-eabi",)
IMAGES = [("hello", target) for target in TARGETS]
IMAGES += [("telemetry", target) for target in TARGETS if target not in WITHOUT_ROOM_FOR_TELEMETRY]
CARGO_IMAGES = [("datalog", "thumbv7em-none-eabihf")]
CARGO_IMAGES += [("metronome", target) for target in TARGETS if target.startswith("riscv")]
IMAGES += CARGO_IMAGES
ALL_PASSED = f"{len(IMAGES)} passed, 0 failed; build/check/junit.xml"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Run]:
    """Build and boot the example product for all targets."""
    need_tool("cargo", "arm-none-eabi-gcc", "aarch64-linux-gnu-gcc", "riscv64-unknown-elf-gcc")
    need_tool(*(f"qemu-system-{name}" for name in ("arm", "aarch64", "i386", "riscv32", "riscv64", "x86_64")))
    project = copy_product(tmp_path_factory.mktemp("product") / "product")
    return project, project.scons("target=all", "check")


def test_every_image_boots(checked: tuple[Project, Run]) -> None:
    _, run = checked
    assert run.status == 0, run.output
    for firmware, target in IMAGES:
        assert f"pass  {firmware}  {target}" in run.stdout
    assert ALL_PASSED in run.stdout


def test_hello_boots_on_every_shipped_target() -> None:
    assert {file.stem for file in (CHECKOUT / "targets").glob("*.json")} == set(TARGETS)


def test_nothing_is_writable_and_executable(checked: tuple[Project, Run]) -> None:
    for firmware, target in IMAGES:
        file = io.BytesIO(checked[0].read_bytes(f"build/{target}/release/{firmware}/{firmware}.elf"))
        loaded = [segment["p_flags"] for segment in ELFFile(file).iter_segments("PT_LOAD")]
        assert loaded
        assert not [flags for flags in loaded if flags & WRITE_AND_EXECUTE == WRITE_AND_EXECUTE], (firmware, target)


def test_junit_xml_has_a_case_for_every_image(checked: tuple[Project, Run]) -> None:
    project, _ = checked
    root = ET.parse(project.folder / "build/check/junit.xml").getroot()
    cases = [(case.get("name"), case.get("classname")) for case in root.iter("testcase")]
    assert sorted(cases) == sorted(IMAGES)
    assert not list(root.iter("failure"))


def test_images_boot_when_lld_links_them(checked: tuple[Project, Run], tmp_path: Path) -> None:
    need_tool("ld.lld-22")
    run = copy_project(checked[0], tmp_path / "product").build("linker=lld", "check")
    assert ALL_PASSED in run.stdout
    # build scripts are told which linker there is, and what rustc links is a crate
    assert {step.split()[0] for step in run.steps} == {"LINK", "RUN", "RUSTC"}
    assert "RUSTC core" not in run.steps


def test_an_exception_is_told_on_every_processor(checked: tuple[Project, Run], tmp_path: Path) -> None:
    project = copy_project(checked[0], tmp_path / "product")
    project.edit("firmware/hello/c/hello.c", "\tuint32_t sum = 0;", "\tuint32_t sum = 0;\n\n\t__builtin_trap();")
    run = project.fail("firmware=hello", "check")
    for target in TARGETS:
        assert re.search(
            rf"^hello  {re.escape(target)}: exit code 2; .*\n(?:.*\n)?fault: cause 0x\w+ at 0x\w+$", run.stderr, re.M
        ), run.output


def test_the_c_code_for_32_bit_x86_may_come_from_the_hosts_compiler(
    checked: tuple[Project, Run], tmp_path: Path
) -> None:
    run = copy_project(checked[0], tmp_path / "product").build("target=i686-unknown-none", "cc=gcc", "check")
    assert "2 passed, 0 failed" in run.stdout


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
    project = copy_project(checked[0], tmp_path / "product")
    project.edit("firmware/hello/src/lib.rs", "    send_samples();", "    panic!();")
    project.edit("firmware/hello/src/lib.rs", "/// Lets C reverse", "#[allow(dead_code)]\n/// Lets C reverse")
    run = project.fail("target=thumbv7em-none-eabihf", "firmware=hello", "check")
    assert run.status == 2
    assert "hello  thumbv7em-none-eabihf: the firmware panicked: panicked at firmware/hello/src/lib.rs:" in run.stderr
