"""The table of packages: its form, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rust_firmware.install import how_to_install, install_command
from steelmill.packages import INSTALL, Package, find_need, format_install, parse_packages

TABLE = Path(__file__).resolve().parents[2] / "site_scons/steelmill/packages.txt"
ROWS = """
# when command apt dnf pacman brew
all a|b  one,two>=1.5|three  -  uno  -
all c    -  -  -  see
"""


def test_a_row_is_read() -> None:
    first, second = parse_packages(ROWS)
    assert first.programs == ("a", "b")
    assert first.packages == {
        "apt-get": ((Package("one", None), Package("two", "1.5")), (Package("three", None),)),
        "pacman": ((Package("uno", None),),),
    }
    assert second.packages == {"brew": ((Package("see", None),),)}


def test_a_program_is_found_by_any_of_its_names() -> None:
    needs = parse_packages(ROWS)
    assert find_need(needs, "b") is needs[0]
    assert find_need(needs, "d") is None


def test_the_command_names_all_packages() -> None:
    assert format_install("dnf", (Package("x", None), Package("y", "2"))) == "dnf install x y"


def test_the_projects_table_is_whole() -> None:
    needs = parse_packages(TABLE.read_text(encoding="utf-8"))
    assert len(needs) > 15
    assert all(set(need.packages) <= set(INSTALL) for need in needs)
    assert all("apt-get" in need.packages for need in needs)


def make_system(folder: Path, offered: dict[str, str], *managers: str) -> str:
    """Make a PATH with package managers; apt-cache offers packages in versions."""
    folder.mkdir()
    lines = "".join(
        f"{name}) printf '%s:\\n  Candidate: {version}\\n' {name} ;;\n" for name, version in offered.items()
    )
    bodies = {"apt-cache": f"shift; for name; do case $name in\n{lines}esac; done", "dpkg": '[ "$2" \'>\' "$4" ]'}
    for name in (*managers, *bodies):
        path = folder / name
        path.write_text(f"#!/bin/bash\n{bodies.get(name, '')}\n", encoding="utf-8")
        path.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("managers", "offered", "program", "command"),
    [
        (("apt-get",), {}, "/usr/bin/arm-none-eabi-gcc", "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi"),
        (("apt-get",), {"rustc-web": "1.96", "cargo-web": "1.96", "rust-web-src": "1.96"}, "rustc",
         "apt-get install rustc-web cargo-web rust-web-src"),
        (("apt-get",), {"rustc": "1.90", "cargo": "1.90", "rust-src": "1.90"}, "rustc",
         "apt-get install rustc cargo rust-src"),
        (("apt-get",), {"rustc": "1.63", "cargo": "1.63", "rust-src": "1.63"}, "rustc",
         "apt-get install rustc-web cargo-web rust-web-src"),
        (("dnf",), {}, "qemu-system-aarch64", "dnf install qemu-system-arm qemu-system-aarch64"),
        (("pacman", "brew"), {}, "gcc", "pacman -S --needed gcc"),
        (("brew",), {}, "strace", None),
        ((), {}, "gcc", None),
        (("apt-get",), {}, "no-such-program", None),
    ],
)  # fmt: skip
def test_the_command_fits_the_system(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    managers: tuple[str, ...],
    offered: dict[str, str],
    program: str,
    command: str | None,
) -> None:
    monkeypatch.setenv("PATH", make_system(tmp_path / "bin", offered, *managers))
    assert install_command(program) == command


def test_the_first_program_that_has_a_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", make_system(tmp_path / "bin", {}, "dnf"))
    assert how_to_install(["i686-elf-gcc", "gcc"]) == "install it: dnf install gcc"
    assert how_to_install(["i686-elf-gcc"]) == "install i686-elf-gcc by this system's own means"
