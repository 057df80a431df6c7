"""The audit of the layout, on the debug information of real compilers: what it finds, and what it lets pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from board import add_targets, copy_product
from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project
from steelmill.audit.finding import Finding
from steelmill.audit.layout.check import LayoutAudit, check_layout
from steelmill.audit.layout.pair import TypePair

DATA = CHECKOUT / "tests/data/layout"
TARGETS = {
    "thumbv7em-none-eabihf": "arm-none-eabi-gcc",
    "riscv32imac-unknown-none-elf": "riscv64-unknown-elf-gcc",
    "x86_64-unknown-none": "gcc",
}
FORMATS = {
    "thumbv7em-none-eabihf": ("-g -Os", "-Cdebuginfo=2"),
    "riscv32imac-unknown-none-elf": ("-gdwarf-4 -O0", "-Cdebuginfo=2"),
    "x86_64-unknown-none": ("-gdwarf-5 -O2", "-Cdebuginfo=2 -Zdwarf-version=5"),
}
"""How each target's debug information is made, so that every version is read."""

LINK_LD = """\
ENTRY(_start)
MEMORY { FLASH (rx) : ORIGIN = 0x100000, LENGTH = 1M  RAM (rw) : ORIGIN = 0x20000000, LENGTH = 1M }
SECTIONS
{
  .text : { *(.text .text.*) *(.rodata .rodata.*) } > FLASH
  .data : { *(.data .data.* .sdata .sdata.* .got .got.*) } > RAM AT> FLASH
  .bss (NOLOAD) : { *(.bss .bss.* .sbss .sbss.* COMMON) } > RAM
  /DISCARD/ : { *(.ARM.exidx*) *(.eh_frame*) *(.note.GNU-stack) }
}
"""

MISMATCHES = {
    # subject: rule, what C says, what Rust says
    "struct short_one and app::ShortOne, member second": ("layout-struct", "uint32_t at offset 4", "no such member"),
    "struct swapped and app::Swapped, member c": ("layout-struct", "uint8_t at offset 4", "u8 at offset 1"),
    "struct packed and app::Packed, member b": ("layout-struct", "uint32_t at offset 1", "u32 at offset 4"),
    "struct unsigned_one and app::UnsignedOne, member value": ("layout-struct", "int32_t at", "u32 at"),
    "struct number and app::Number, member value": ("layout-struct", "float at", "u32 at"),
    "struct address and app::Address, member base": ("layout-struct", "void * at", "usize at"),
    "struct row and app::Row, member bytes": ("layout-struct", "uint8_t[6] at", "[u8; 4] at"),
    "struct inner and app::Inner, member value": ("layout-struct", "uint16_t, 2 bytes at", "u32, 4 bytes at"),
    "union either and app::Either": ("layout-struct", "a union", "a struct"),
    "struct longer and app::Longer, member more": ("layout-struct", "no such member", "u32 at offset 4"),
    "struct aligned and app::Aligned": ("layout-struct", "aligned to 4", "aligned to 16"),
    "struct flags and app::Flags, member on": ("layout-struct", "uint8_t at", "bool, which may hold 0 and 1 alone at"),
    "struct letter and app::Letter, member letter": ("layout-struct", "uint32_t at", "char, which may hold Unicode"),
    "struct callback and app::Callback, member done": (
        "layout-struct",
        "void (*)(uint32_t, void *), argument 1: uint32_t, 4 bytes at offset 0",
        'core::option::Option<extern "C" fn(u16, *mut core::ffi::c_void)>, argument 1: u16, 2 bytes at offset 0',
    ),
    "struct tail and app::Tail, member more": ("layout-struct", "uint32_t at offset 4", "no such member"),
    "struct twice and app::Twice, member other": ("layout-struct", "uint32_t, 4 bytes at", "u16, 2 bytes at"),
    "spot_t and app::Spot, member x": ("layout-struct", "uint16_t at offset 0", "u16 at offset 2"),
    "enum wide and app::Wide": ("layout-enum", "4 bytes", "1 byte"),
    "enum level and app::Level": ("layout-enum", "LEVEL_HIGH = 2", "High = 3"),
    "enum state and app::State": ("layout-enum", "STATE_BROKEN = 2", "no value 2"),
    "few_arguments": ("layout-prototype", "2 arguments (uint32_t, uint32_t)", "1 argument (u32)"),
    "many_arguments": ("layout-prototype", "1 argument (uint32_t)", "2 arguments (u32, u32)"),
    "int_for_float, argument 1": ("layout-prototype", "uint32_t", "f32"),
    "narrow, argument 1": ("layout-prototype", "uint64_t, 8 bytes", "u32, 4 bytes"),
    "slice, argument 1": ("layout-prototype", "const uint8_t *", "&[u8]"),
    "truth, argument 1": ("layout-prototype", "uint8_t", "bool, which may hold 0 and 1 alone"),
    "further": ("layout-prototype", "takes further arguments (...)", "takes no further arguments"),
    "words, argument 1": ("layout-prototype", "uint32_t *, 4 bytes", "*mut u16, 2 bytes"),
    "deep, argument 1": ("layout-prototype", "uint16_t **, 2 bytes", "*mut *mut u32, 4 bytes"),
    "by_value, argument 1": ("layout-prototype", "struct inner", "f32"),
    "returns_nothing, what it returns": ("layout-prototype", "uint32_t", "()"),
    "returns_a_word, what it returns": ("layout-prototype", "void", "u32"),
    "returns_double, what it returns": ("layout-prototype", "float, 4 bytes", "f64, 8 bytes"),
    "shared_word": ("layout-static", "uint32_t, 4 bytes", "u64, 8 bytes"),
    "shared_row": ("layout-static", "uint16_t[4]", "[u16; 5]"),
    "struct gauge and app::Gauge, member low": ("layout-struct", "uint16_t, 2 bytes at", "u32, 4 bytes at"),
    "struct gauge and app::Gauge, member high": ("layout-struct", "uint16_t at offset 2", "u32 at offset 4"),
    "struct listed_in_c and app::ListedInRust, member scale": ("layout-struct", "float at", "u32 at"),
}
WARNINGS = ("enum state and app::State", "struct gauge and app::Gauge")


def write_project(folder: Path, name: str, target: str) -> Project:
    cflags, rustflags = FORMATS[target]
    project = add_targets(Project(folder)).sconstruct(SCONSTRUCT).write("link.ld", LINK_LD)
    for path, suffix in (("c/shared.c", "c"), (f"c/{name}.h", "h"), ("src/lib.rs", "rs")):
        project.write(path, (DATA / f"{name}.{suffix}").read_text(encoding="utf-8"))
    return project.write(
        "firmware.toml",
        f"""\
[firmware]
name = "app"
targets = ["{target}"]

[rust]
crate = "src/lib.rs"
rustflags = {json.dumps([*rustflags.split(), "-Zdebug-info-type-line-numbers=yes", "-Zmerge-functions=disabled"])}

[c]
sources = ["c/*.c"]
include = ["c"]
cflags = {json.dumps(cflags.split())}

[link]
script = "link.ld"
""",
    )


def audit(folder: Path, name: str, target: str, pairs: tuple[TypePair, ...] = ()) -> LayoutAudit:
    need_tool(TARGETS[target])
    project = write_project(folder, name, target)
    elf = f"build/{target}/release/app/app.elf"
    project.build(elf)
    return check_layout(project.read_bytes(elf), elf, pairs)


@pytest.mark.parametrize("target", TARGETS)
def test_every_mismatch_is_found_and_nothing_else(target: str, tmp_path: Path) -> None:
    found = audit(tmp_path, "mismatch", target, (TypePair("struct listed_in_c", "ListedInRust", "firmware.toml:1"),))
    by_subject: dict[str, Finding] = {finding.subject: finding for finding in found.findings}
    assert set(by_subject) == set(MISMATCHES)
    for subject, (rule, c, rust) in MISMATCHES.items():
        finding = by_subject[subject]
        assert finding.rule == rule
        assert finding.wanted.startswith(f"C: {c}"), finding
        assert finding.found.startswith(f"Rust: {rust}"), finding
        assert finding.level == ("warning" if subject.startswith(WARNINGS) else "error"), finding
        # both declarations, where they stand
        assert "(c/mismatch.h:" in finding.wanted, finding
        assert "(src/lib.rs:" in finding.found, finding
    assert not found.notes


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found_where_all_agrees(target: str, tmp_path: Path) -> None:
    found = audit(tmp_path, "match", target)
    assert found.findings == ()
    assert found.subject == "26 shared functions, 18 shared types"


def test_nothing_is_found_in_the_example_product_on_any_target(tmp_path: Path) -> None:
    need_tool("aarch64-linux-gnu-gcc", *TARGETS.values())
    project = copy_product(tmp_path)
    for firmware in ("hello", "telemetry"):
        # the crate's alone: with [rust] debug every core would be built again
        project.edit(f"firmware/{firmware}/firmware.toml", "[rust]\n", '[rust]\nrustflags = ["-Cdebuginfo=2"]\n')
        project.edit(f"firmware/{firmware}/firmware.toml", "[c]\n", "[c]\ndebug = 2\n")
    project.build("firmware=hello,telemetry", "audit")
    reports = [
        json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("build/*/release/*/*.layout-audit.json")
    ]
    assert len(reports) >= 12
    for report in reports:
        types = 3 if report["image"].startswith("hello") else 1
        assert report["subject"].endswith(f", {types} shared type{'s' if types > 1 else ''}"), report
        assert (report["findings"], report["notes"]) == ([], [])
