"""The audit before real links: what GNU ld and LLD link without a word is told, and nothing of what fits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from conftest import need_tool
from objects import ARM, M4, compile_object, make_archive
from project import CHECKOUT, Project
from tiny import write_tiny

M = "thumbv7em-none-eabihf"
RISCV = "riscv32imac-unknown-none-elf"
X86 = "x86_64-unknown-none"
LINKERS = ("ld", "lld")
RISCV_GCC = ("riscv64-unknown-elf-gcc", "-ffreestanding", "-Os", "-mabi=ilp32", "-march=rv32imac")
HOST_GCC = ("gcc", "-ffreestanding", "-Os", "-fno-pic", "-mno-red-zone", "-fno-asynchronous-unwind-tables")
SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], STEELMILL_ARGUMENTS=["toml"])
for path in ARGUMENTS["toml"].split(","):
    env.Firmware(path)
"""
LONG = "long NAME(long x) { return x + x; }"
FLOAT = "float NAME(float x) { return x + x; }"
DOUBLE = "double NAME(double x) { return x + x; }"
ENUM = "enum e { A, B }; enum e NAME(enum e x) { return x == A ? B : A; }"
VOLATILE = "long NAME(long x) { volatile long y = x; return y + y; }"


class Vendor(NamedTuple):
    """An object that a vendor might ship."""

    argv: Sequence[str]
    source: str
    """A function called NAME."""
    rule: str = ""
    """What the audit says of it; empty where it fits."""
    linkers: Sequence[str] = LINKERS
    """Those that link it."""


OBJECTS = {
    M: {
        "fits": Vendor((*ARM, *M4), ENUM),
        "soft": Vendor((*ARM, *M4, "-mfloat-abi=soft"), FLOAT, "float-abi", ["lld"]),
        "precise": Vendor((*ARM, *M4, "-mcpu=cortex-m7", "-mfpu=fpv5-d16"), DOUBLE, "fpu"),
        "enums": Vendor((*ARM, *M4, "-fno-short-enums"), ENUM, "enum-size"),
        "core": Vendor((*ARM, *M4, "-mcpu=cortex-m33"), LONG, "cpu"),
    },
    RISCV: {
        "fits": Vendor(RISCV_GCC, LONG),
        "fpu": Vendor((*RISCV_GCC, "-march=rv32imafc"), LONG, "isa-extensions"),
        "bits": Vendor((*RISCV_GCC, "-march=rv32imac_zba"), LONG, "isa-extensions"),
    },
    X86: {
        "fits": Vendor((*HOST_GCC, "-mgeneral-regs-only"), VOLATILE),
        "sse": Vendor(HOST_GCC, DOUBLE, "sse"),
        "redzone": Vendor((*HOST_GCC, "-mgeneral-regs-only", "-mred-zone"), VOLATILE, "red-zone"),
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give a project with all objects, and each once more in an archive that nothing asks for."""
    need_tool("arm-none-eabi-gcc", "riscv64-unknown-elf-gcc", "ld.lld-22")
    project = write_tiny(tmp_path_factory.mktemp("gate") / "tiny").sconstruct(SCONSTRUCT)
    shutil.copytree(CHECKOUT / "targets", project.folder / "targets")
    for target, vendors in OBJECTS.items():
        for name, vendor in vendors.items():
            compile_object(project, f"{target}/{name}.o", vendor.argv, vendor.source.replace("NAME", name))
            compile_object(project, "unused.o", vendor.argv, vendor.source.replace("NAME", f"{name}_again"))
            make_archive(project, f"{target}/{name}.a", "unused.o")
    return project


def write_firmwares(project: Project, target: str, *, fits: bool, more: str = "") -> str:
    """Write a firmware.toml for each linker, of objects that fit or of those that do not; give both for ``toml=``."""
    plain = (project.folder / "firmware.toml").read_text().replace(M, target)
    for linker in LINKERS:
        names = [
            f"{target}/{name}{suffix}"
            for name, vendor in OBJECTS[target].items()
            if linker in vendor.linkers and fits == (not vendor.rule)
            for suffix in (".o", ".a")
        ]
        toml = plain.replace('"tiny"', f'"{linker}"').replace("[link]", f'[link]\nlinker = "{linker}"')
        project.write(f"{linker}.toml", toml.replace("[c]\n", f"[c]\nobjects = {json.dumps(names)}\n") + more)
    return f"toml={','.join(f'{linker}.toml' for linker in LINKERS)}"


def expected(target: str, linker: str) -> list[tuple[str, str]]:
    return sorted(
        (vendor.rule, f"{target}/{name}.o")
        for name, vendor in OBJECTS[target].items()
        if vendor.rule and linker in vendor.linkers
    )


def found(project: Project, target: str, linker: str) -> list[tuple[str, str]]:
    report = json.loads(project.read_bytes(f"build/{target}/release/{linker}/{linker}.audit.json"))
    return sorted((finding["rule"], finding["object"]) for finding in report["findings"])


@pytest.mark.parametrize("target", OBJECTS)
def test_what_fits_is_linked_and_what_does_not_is_told(project: Project, target: str) -> None:
    project.build(write_firmwares(project, target, fits=True))
    assert [found(project, target, linker) for linker in LINKERS] == [[], []]
    run = project.fail("-k", write_firmwares(project, target, fits=False))
    assert not any(step.startswith("LINK") for step in run.steps)
    for linker in LINKERS:
        said = run.stderr.partition(f"/{linker}.elf: the audit found {len(expected(target, linker))} error")[2]
        assert all(f" {path}: " in said.partition("  remedy")[0] for _, path in expected(target, linker))


@pytest.mark.parametrize("target", OBJECTS)
def test_what_does_not_fit_would_be_linked(project: Project, target: str) -> None:
    """With all of it allowed the linkers show that they have no objection."""
    rules = {vendor.rule for vendor in OBJECTS[target].values() if vendor.rule}
    allow = [f'{{ rule = "{rule}", object = "{target}/*.o", reason = "to see the link" }}' for rule in sorted(rules)]
    project.build(write_firmwares(project, target, fits=False, more=f"[audit]\nallow = [{', '.join(allow)}]\n"))
    assert [found(project, target, linker) for linker in LINKERS] == [expected(target, linker) for linker in LINKERS]


def test_a_damaged_object_is_told(project: Project) -> None:
    path = project.folder / M / "fits.o"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    run = project.fail(write_firmwares(project, M, fits=True))
    path.write_bytes(whole)
    assert f"{M}/fits.o: a damaged ELF object: " in run.stderr
