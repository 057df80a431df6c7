"""Link-time optimisation over all crates of a staticlib, core too."""

from __future__ import annotations

from pathlib import Path

from cargo_firmware import ELF, write_cargo_firmware
from tiny import ELF as TINY_ELF
from tiny import write_tiny


def test_the_library_of_a_package_is_linked_with_c(tmp_path: Path) -> None:
    project = write_cargo_firmware(tmp_path / "library")
    project.edit("Cargo.toml", 'opt-level = "s"', 'opt-level = "s"\nlto = "thin"')
    assert "-Clto=thin" in project.build("verbose=1").stdout
    assert b"answer" in project.read_bytes(ELF)


def test_crates_of_no_package_are_optimised_together(tmp_path: Path) -> None:
    project = write_tiny(tmp_path / "tiny")
    project.edit("firmware.toml", 'crate = "src/lib.rs"', 'crate = "src/lib.rs"\nlto = true')
    assert "-Clto=fat" in project.build("verbose=1").stdout
    assert b"answer" in project.read_bytes(TINY_ELF)
