"""cargo and Steelmill make the same machine code of a package: each function of the image, those of core included."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from cargo_build_std import build_std
from conftest import need_tool
from linked_code import Content, functions
from project import SCONSTRUCT, Project
from rust_examples import SYSTEM_RUSTC
from sensor_package import RUSTFLAGS, TARGET, write_sensor

ELF = f"build/{TARGET}/release/sensor/sensor.elf"


@pytest.fixture(scope="module")
def sensor(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("cargo", "ld.lld-22", "arm-none-eabi-gcc")
    project = write_sensor(tmp_path_factory.mktemp("sensor") / "sensor").sconstruct(SCONSTRUCT)
    project.edit(".cargo/config.toml", "--nmagic", '--nmagic", "-Clink-arg=--emit-relocs')
    project.build()
    return project


@pytest.fixture(scope="module")
def ours(sensor: Project) -> Mapping[str, list[Content]]:
    return functions(sensor.folder / ELF)


def test_every_function_is_the_one_that_cargo_makes(
    sensor: Project, ours: Mapping[str, list[Content]], tmp_path: Path
) -> None:
    flags = (*RUSTFLAGS, "-Clink-arg=--emit-relocs")
    spec = f"targets/{TARGET}.json"
    command = build_std(sensor.folder / "Cargo.toml", tmp_path, SYSTEM_RUSTC, "cargo", spec, flags)
    done = subprocess.run(command.argv, cwd=sensor.folder, env=command.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    theirs = functions(tmp_path / f"target/{TARGET}/release/sensor")
    for crate in ("core", "alloc", "compiler_builtins", "heapless", "postcard", "codec", "sensor"):
        assert any(name.startswith((f"{crate}::", f"<{crate}::", f"<{crate} ")) for name in theirs), crate
    assert len(theirs) > 200
    assert theirs.keys() == ours.keys()
    assert [name for name in theirs if theirs[name] != ours[name]] == []


def test_the_comparison_sees_a_changed_number_and_a_changed_text(
    sensor: Project, ours: Mapping[str, list[Content]]
) -> None:
    need_tool("qemu-system-arm")
    assert "pass  sensor" in sensor.build("check").stdout
    sensor.edit("codec/src/lib.rs", "Custom(number as u8)", "Custom(number as u8 + 1)")
    sensor.edit("src/main.rs", 'b"end"', 'b"eng"')
    sensor.build()
    changed = functions(sensor.folder / ELF)
    assert changed.keys() == ours.keys()
    assert {name for name in ours if changed[name] != ours[name]} == {
        "<codec::Reading>::new",
        "sensor::__cortex_m_rt_main",
    }
