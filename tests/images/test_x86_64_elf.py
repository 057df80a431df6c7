"""hello by a real x86_64-elf-gcc, beside the host's gcc that stands in for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from board import copy_product
from conftest import need_tool
from project import Project
from rust_firmware.cc_toolchains import find_cc_toolchain
from rust_firmware.probes import Probes, default_cache_dir
from steelmill.audit.facts import MemberFacts, read_facts

TARGET = "x86_64-unknown-none"
FALLBACK = "gcc"


class Audited(NamedTuple):
    project: Project
    findings: list[object]
    objects: dict[str, MemberFacts]
    """Of C and assembly, by the source's name."""


def cross_compiler() -> str:
    """Give the path of x86_64-elf-gcc, which no package brings; without it there is nothing to compare."""
    cc = find_cc_toolchain(Probes(default_cache_dir()), "x86_64", None).programs["cc"]
    if not cc.endswith("x86_64-elf-gcc"):
        pytest.skip("x86_64-elf-gcc is missing; build it: ./bootstrap --with x86_64-elf")
    return cc


def audit(folder: Path, cc: str) -> Audited:
    project = copy_product(folder)
    project.build(f"target={TARGET}", "firmware=hello", f"cc={cc}", "audit", "check")
    reports = json.loads(project.read_bytes("build/audit/audit.json"))["reports"]
    out = project.folder / f"build/{TARGET}/release/hello"
    objects = {path.name: read_facts(path.read_bytes(), path.name).members[0] for path in out.rglob("*.o")}
    return Audited(project, [finding for report in reports for finding in report["findings"]], objects)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Audited, Audited]:
    need_tool("qemu-system-x86_64", FALLBACK)
    cc = cross_compiler()
    folder = tmp_path_factory.mktemp("both")
    return audit(folder / "cross", cc), audit(folder / "fallback", FALLBACK)


def test_hello_boots_and_neither_has_a_finding(both: tuple[Audited, Audited]) -> None:
    assert [audited.findings for audited in both] == [[], []]


def test_the_audit_sees_the_same_in_the_objects_of_both(both: tuple[Audited, Audited]) -> None:
    cross, fallback = both
    assert set(cross.objects) == set(fallback.objects)
    assert {"hello.c.o", "board.c.o", "start.S.o"} <= set(cross.objects)
    for name, facts in cross.objects.items():
        other = fallback.objects[name]
        assert facts.defined == other.defined, name
        assert facts.undefined == other.undefined, name
        assert (facts.machine, facts.bits, facts.os_abi) == (other.machine, other.bits, other.os_abi), name
        assert facts.executable_stack == other.executable_stack, name
        # no register of a unit, no store into the red zone
        assert facts.functions == other.functions == (), name
