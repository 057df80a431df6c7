"""What C and Rust both declare: the assertions that a header becomes, and the audit of the linked layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import need_tool
from project import Project
from tiny import ELF, FIRMWARE_TOML, LIB_RS, MAIN_C, OUT, copy_project, write_tiny

RING_H = """\
#ifndef RING_H
#define RING_H
#include <stdint.h>
struct ring { uint8_t *bytes; uint16_t first; uint16_t count; };
uint32_t ring_take(struct ring *ring, uint8_t *bytes, uint32_t count);
#endif
"""
RING_RS = """\
#[repr(C)]
pub struct Ring { bytes: *mut u8, first: u16, count: u16 }
unsafe extern "C" { fn ring_take(ring: *mut Ring, bytes: *mut u8, count: u32) -> u32; }
#[cfg(not(unchecked))]
include!(env!("LAYOUT_RING"));
#[unsafe(no_mangle)]
pub unsafe extern "C" fn empty(ring: &mut Ring) -> u32 {
    let mut byte = 0;
    unsafe { ring_take(ring, &mut byte, 1) + ring.count as u32 }
}
"""
MAIN = MAIN_C.replace(
    '#include "main.h"', '#include "main.h"\n#include "ring.h"\nunsigned empty(struct ring *ring);'
).replace("answer() + NUMBER", "answer() + NUMBER + empty(0)")
TAKE_C = (
    '#include "ring.h"\nuint32_t ring_take(struct ring *ring, uint8_t *bytes, uint32_t count) { return ring->count; }\n'
)
LAYOUT = """
[[audit.layout]]
header    = "ring.h"
types     = { "struct ring" = "Ring" }
functions = ["ring_take"]
"""


def write_ring(folder: Path) -> Project:
    project = write_tiny(folder).write("c/ring.h", RING_H).write("c/take.c", TAKE_C).write("c/main.c", MAIN)
    project.write("src/ring.rs", RING_RS).write("src/lib.rs", LIB_RS.replace("#![no_std]", "#![no_std]\nmod ring;"))
    return project.write("firmware.toml", FIRMWARE_TOML + LAYOUT)


@pytest.fixture(scope="module")
def built_ring(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("arm-none-eabi-gcc")
    project = write_ring(tmp_path_factory.mktemp("built") / "ring")
    project.build()
    return project


@pytest.fixture
def ring(built_ring: Project, tmp_path: Path) -> Project:
    return copy_project(built_ring, tmp_path / "ring")


def test_a_header_becomes_assertions_and_is_built_once(ring: Project) -> None:
    assert ring.up_to_date()
    text = ring.read_bytes(f"{OUT}/tiny/layout/ring.rs").decode()
    assert text.startswith(
        "// What ring.h says of these types and functions, for the module that declares them in Rust:\n"
        '//     include!(env!("LAYOUT_RING"));\n'
        "// Written by the build, by firmware.toml.\n"
    )
    assert (
        '    assert!(::core::mem::offset_of!(Ring, count) == 6, "struct ring.count of c/ring.h is at offset 6' in text
    )
    assert '    assert!(::core::mem::size_of::<Ring>() == 8, "struct ring of c/ring.h has 8 bytes in C,' in text
    assert "assert!(matches!(ring_take_sizes(ring_take), [4, 4, 4, 4])," in text


def test_what_does_not_change_the_layout_compiles_no_rust(ring: Project) -> None:
    ring.edit("c/ring.h", "struct ring {", "/* a line\n   more */\nstruct ring {")
    assert ring.build().steps[:4] == ["CC c/main.c", "CC c/take.c", f"CC {OUT}/tiny/layout/ring.c", "LAYOUT ring.h"]
    assert not any(step.startswith("RUSTC") for step in ring.build().steps)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "uint16_t first;",
            "uint32_t first;",
            "struct ring.first of c/ring.h is uint32_t in C, 4 bytes; Ring.first is of another size",
        ),
        (
            "uint16_t first; uint16_t count;",
            "uint16_t count; uint16_t first;",
            "struct ring.count of c/ring.h is at offset 4 in C, Ring.count is not",
        ),
        ("count; };", "count; uint32_t more; };", "no field `more` on type `Ring`"),
        (
            "count; };",
            "count; } __attribute__((aligned(8)));",
            "struct ring of c/ring.h is aligned to 8 in C, Ring is not",
        ),
        (
            "uint32_t ring_take(struct ring *ring, uint8_t *bytes, uint32_t count)",
            "uint32_t ring_take(struct ring *ring, uint8_t *bytes, uint64_t count)",
            "C declares uint32_t ring_take(struct ring *, uint8_t *, uint64_t); "
            "what Rust declares has arguments or a result of other sizes",
        ),
        (
            "uint32_t ring_take(struct ring *ring, uint8_t *bytes, uint32_t count)",
            "uint32_t ring_take(struct ring *ring, uint8_t *bytes)",
            "incorrect number of function parameters",
        ),
    ],
    ids=["size", "offset", "missing", "alignment", "argument", "count"],
)
def test_a_changed_header_stops_the_build_before_the_link(ring: Project, old: str, new: str, message: str) -> None:
    ring.edit("c/ring.h", old, new)
    if "(" in old:
        ring.edit("c/take.c", old, new)
    run = ring.fail()
    assert message in run.output
    assert "RUSTC tiny" in run.output
    assert "LINK tiny.elf" not in run.steps


def test_the_other_language_may_follow(ring: Project) -> None:
    ring.edit("c/ring.h", "uint16_t count; };", "uint32_t count; };")
    ring.edit("src/ring.rs", "count: u16 }", "count: u32 }")
    ring.build()
    assert ring.up_to_date()


def test_only_the_crate_that_includes_them_waits_for_them(ring: Project) -> None:
    ring.edit("firmware.toml", 'functions = ["ring_take"]', "functions = []")
    assert [step for step in ring.build().steps if not step.startswith(("LINK", "SIZE", "IMAGE", "AUDIT"))] == [
        "WRITE ring.c",
        f"CC {OUT}/tiny/layout/ring.c",
        "LAYOUT ring.h",
        "RUSTC tiny",
    ]


def test_a_name_that_the_header_has_not_is_refused_by_the_c_compiler(ring: Project) -> None:
    ring.edit("firmware.toml", '"struct ring"', '"struct rnig"')
    run = ring.fail()
    assert "What firmware.toml lists of ring.h" in ring.read_bytes(f"{OUT}/tiny/layout/ring.c").decode()
    assert "struct rnig" in run.output


MISMATCH = {"uint16_t first;": "int16_t first;"}
MESSAGE = f"""\
{ELF}: the audit found 1 error in 2 shared functions, 1 shared type
  layout-struct   {ELF}: struct ring and tiny::ring::Ring, member first
                  found   Rust: u16 at offset 4 (src/ring.rs:2)
                  target  C: int16_t at offset 4 (c/ring.h:4)
"""


def with_debug_information(project: Project) -> Project:
    # the crate's alone: with [rust] debug core would be built again
    project.edit("firmware.toml", 'crate = "src/lib.rs"', 'crate = "src/lib.rs"\nrustflags = [\n"-Cdebuginfo=2",\n]')
    return project.edit("firmware.toml", 'include = ["c"]', 'include = ["c"]\ndebug = 2')


def test_the_audit_fails_the_image_and_names_both_declarations(ring: Project) -> None:
    with_debug_information(ring).edit(
        "firmware.toml", "-Cdebuginfo=2", '-Cdebuginfo=2", "-Zdebug-info-type-line-numbers'
    )
    ring.edit("c/ring.h", "uint16_t first;", "int16_t first;")
    run = ring.fail()
    assert MESSAGE in run.stderr
    assert "IMAGE tiny.bin" not in run.steps
    reason = "counts from below 0 in C alone"
    allow = f'allow = [{{ rule = "layout-struct", object = "tiny.elf", reason = "{reason}" }}]'
    ring.edit("firmware.toml", "[[audit.layout]]", f"[audit]\n{allow}\n\n[[audit.layout]]")
    ring.build()
    report = json.loads(ring.read_bytes(f"{OUT}/tiny/tiny.layout-audit.json"))
    assert [finding["allowed"] for finding in report["findings"]] == [reason]
    assert ring.up_to_date()


def test_without_debug_information_nothing_is_compared_and_the_audit_says_so(ring: Project) -> None:
    report = json.loads(ring.read_bytes(f"{OUT}/tiny/tiny.layout-audit.json"))
    assert report["subject"] == "no layout (no debug information of C and Rust; profile=dev gives it)"
    assert (report["findings"], report["notes"]) == ([], [])


def test_a_listed_type_that_no_debug_information_has_is_noted(ring: Project) -> None:
    with_debug_information(ring).edit("firmware.toml", 'header    = "ring.h"', "").edit(
        "firmware.toml", 'functions = ["ring_take"]', ""
    )
    ring.edit("firmware.toml", '"Ring"', '"other::Ring"').edit(
        "firmware.toml", "-Cdebuginfo=2", '-Cdebuginfo=2", "--cfg=unchecked'
    )
    ring.build()
    report = json.loads(ring.read_bytes(f"{OUT}/tiny/tiny.layout-audit.json"))
    place = ring.read_bytes("firmware.toml").decode().split("[[audit")[0].count("\n") + 1
    assert report["notes"] == [
        f"firmware.toml:{place}: the debug information of Rust has no other::Ring: misspelt, or not used"
    ]
