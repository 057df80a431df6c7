"""The audit as a part of the build: when it runs, what it stops, what it leaves alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import need_tool
from objects import ARM, M4, compile_object, make_archive
from project import CHECKOUT, Project
from tiny import BIN, ELF, OUT, write_tiny

OBJECTS = "AUDIT objects of tiny.elf"
AUDIT_ELF = "AUDIT tiny.elf"
LAYOUT = "AUDIT layout in tiny.elf"
REPORT = f"{OUT}/tiny/tiny.audit.json"
SOFT = ("-mcpu=cortex-m4", "-mfloat-abi=soft", "-fshort-enums")
"""Flags of an object that GNU ld refuses and LLD links without a word."""
REMEDY = (
    "  remedy      mend them; what is right here is allowed with its reason by [audit] allow in firmware.toml, "
    "by AUDITALLOW in a SConscript"
)
SUM_C = "float sum(float a, float b) { return a + b; }\n"
USES_SUM = "extern float sum(float, float); volatile float f; void use(void) { f = sum(f, f); }\n"

SOFT_FOUND = f"""\
{ELF}: the audit found 1 error in N objects
  float-abi   vendor/sum.o: Tag_ABI_VFP_args
              found   floats passed in integer registers (it calls __aeabi_fadd)
              target  floats passed in FPU registers (llvm-floatabi)
              mend    compile it with -mfloat-abi=hard
{REMEDY}
scons: *** [{REPORT}] {OBJECTS}  thumbv7em-none-eabihf failed
"""


@pytest.fixture
def vendor(tiny: Project) -> Project:
    """Give a built project that is about to link a vendor's object; it is compiled for soft floats."""
    compile_object(tiny, "vendor/sum.o", (*ARM, *SOFT), SUM_C)
    return tiny.edit("firmware.toml", "[link]", '[c.defines]\nNEW = 1\n\n[link]\nlinker = "lld"').edit(
        "firmware.toml", 'include = ["c"]', 'include = ["c"]\nobjects = ["vendor/sum.o"]'
    )


def errors(project: Project, *arguments: str) -> str:
    """Give what a build says that must fail; which objects LLD takes besides is its own affair."""
    return re.sub(r"in \d+ objects", "in N objects", project.fail(*arguments).stderr)


def facts(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.folder / "build/.facts").iterdir()}


def test_audits_are_shown_on_request_alone(tiny: Project) -> None:
    tiny.edit("c/main.h", "1", "2")
    assert [step for step in tiny.build("-n").steps if step.startswith("AUDIT")] == []
    steps = tiny.build("verbose=1").steps
    assert steps[:3] == ["CC c/main.c", OBJECTS, "LINK tiny.elf"]
    assert sorted(steps[3:]) == sorted([AUDIT_ELF, LAYOUT, "SIZE tiny.elf", "IMAGE tiny.bin"])
    assert steps.index(AUDIT_ELF) < steps.index("IMAGE tiny.bin")


def test_a_changed_object_is_read_again_and_no_other_file(tiny: Project) -> None:
    before = facts(tiny)
    assert len(before) == 2
    tiny.edit("c/main.h", "1", "2").build()
    after = facts(tiny)
    assert sum(after[name] != content for name, content in before.items()) == 1
    assert len(after) == 2


def test_damaged_facts_are_read_again(tiny: Project) -> None:
    before = facts(tiny)
    for name in before:
        (tiny.folder / "build/.facts" / name).write_bytes(before[name][: len(before[name]) // 2])
    (tiny.folder / REPORT).unlink()
    assert tiny.build("verbose=1").steps == [OBJECTS]
    assert facts(tiny) == before


def test_a_verdict_that_does_not_change_links_nothing(tiny: Project) -> None:
    allow = '[audit]\nallow = [{ rule = "fpu", object = "x.o", reason = "not there yet" }]\n'
    run = tiny.write("firmware.toml", (tiny.folder / "firmware.toml").read_text() + allow).build("verbose=1")
    assert set(run.steps) <= {OBJECTS, AUDIT_ELF, LAYOUT}
    assert "audit  tiny  thumbv7em-none-eabihf  no finding, 1 note; scons audit tells more" in run.stdout
    notes = json.loads(tiny.read_bytes(REPORT))["notes"]
    assert notes == ["firmware.toml:24: allow of fpu for 'x.o' matches nothing"]
    assert tiny.up_to_date("verbose=1")


def test_nothing_is_linked_after_an_error(vendor: Project) -> None:
    before = vendor.read_bytes(ELF)
    assert errors(vendor) == SOFT_FOUND
    assert (vendor.read_bytes(ELF), (vendor.folder / REPORT).exists()) == (before, False)
    # nor when all else is built, nor at the second attempt
    assert "LINK tiny.elf" not in vendor.fail("-k").steps
    assert errors(vendor) == SOFT_FOUND


def test_a_mended_object_is_linked(vendor: Project) -> None:
    vendor.fail()
    compile_object(vendor, "vendor/sum.o", (*ARM, *M4), SUM_C)
    assert vendor.build().steps[0] == "LINK tiny.elf"
    compile_object(vendor, "vendor/sum.o", (*ARM, *SOFT), SUM_C)
    assert errors(vendor) == SOFT_FOUND
    # the verdict of before is not believed again
    assert errors(vendor) == SOFT_FOUND


def test_what_is_allowed_is_linked_and_reported(vendor: Project) -> None:
    vendor.edit(
        "firmware.toml",
        "[image]",
        '[audit]\nallow = [{ rule = "float-abi", object = "sum.o", reason = "nobody calls it" }]\n\n[image]',
    )
    run = vendor.build()
    assert "LINK tiny.elf" in run.steps
    # who allowed it knows of it
    assert "scons audit" not in run.stdout
    (finding,) = json.loads(vendor.read_bytes(REPORT))["findings"]
    assert (finding["object"], finding["allowed"]) == ("vendor/sum.o", "nobody calls it")
    vendor.edit("firmware.toml", "float-abi", "enum-size")
    assert errors(vendor) == SOFT_FOUND


def test_members_of_archives_are_audited_if_the_link_takes_them(vendor: Project) -> None:
    make_archive(vendor, "vendor/libsum.a", "vendor/sum.o")
    vendor.edit("firmware.toml", "vendor/sum.o", "vendor/libsum.a")
    vendor.build()
    vendor.write("c/use.c", USES_SUM)
    found = SOFT_FOUND.replace("vendor/sum.o", "vendor/libsum.a(sum.o)")
    assert errors(vendor) == found


def test_objects_that_a_script_names_are_audited(vendor: Project) -> None:
    vendor.edit("firmware.toml", 'objects = ["vendor/sum.o"]', "")
    vendor.edit("link.ld", "ENTRY(reset)", "ENTRY(reset)\nINPUT(vendor/sum.o)")
    assert errors(vendor) == SOFT_FOUND
    compile_object(vendor, "vendor/sum.o", (*ARM, *M4), SUM_C)
    assert "LINK tiny.elf" in vendor.build().steps


def test_no_image_is_made_of_a_bad_elf(tiny: Project) -> None:
    before = tiny.read_bytes(BIN)
    run = tiny.edit("c/main.c", "0x20004000", "0x20004004").fail()
    assert "LINK tiny.elf" in run.steps
    assert "IMAGE tiny.bin" not in run.steps
    assert run.stderr.splitlines()[:4] == [
        f"{ELF}: the audit found 1 error in the ELF",
        f"  vector-table   {ELF}: .text",
        "                 found   its first word, the initial stack pointer, is 0x20004004",
        "                 target  a multiple of 8, in RAM 0x20000000..0x20003fff",
    ]
    assert tiny.read_bytes(BIN) == before
    assert set(tiny.fail().steps) <= {"SIZE tiny.elf"}
    assert "LINK tiny.elf" in tiny.edit("c/main.c", "0x20004004", "0x20004000").build().steps
    assert tiny.read_bytes(BIN) == before


def test_an_entry_that_nothing_defines(tiny: Project) -> None:
    run = tiny.edit("link.ld", "ENTRY(reset)", "ENTRY(Reset)").edit(
        "firmware.toml", "[link]", "[link]\ngc-sections = false"
    )
    assert f"  entry    {ELF}: Reset\n" in run.fail().stderr


def test_a_warning_is_told_once(tiny: Project) -> None:
    tiny.edit("c/main.c", "*const vectors", "*vectors")
    hint = "audit  tiny  thumbv7em-none-eabihf  1 warning; scons audit tells more\n"
    assert tiny.build().stdout.count(hint) == 1
    assert hint not in tiny.build().stdout


def test_the_verb_prints_and_writes_what_was_found(tiny: Project) -> None:
    run = tiny.edit("c/main.c", "*const vectors", "*vectors").build("-Q", "audit")
    assert "  warning  writable-code  " + ELF + ": .text" in run.stdout
    again = tiny.build("-Q", "audit")
    assert again.steps == []
    assert run.stdout.endswith("audit  1 warning; build/audit/audit.json .sarif\n")
    (result,) = json.loads(tiny.read_bytes("build/audit/audit.sarif"))["runs"][0]["results"]
    assert result["ruleId"] == "writable-code"
    content = json.loads(tiny.read_bytes("build/audit/audit.json"))
    assert content["complete"]
    assert [finding["rule"] for report in content["reports"] for finding in report["findings"]] == ["writable-code"]


def test_the_verb_reports_an_image_that_fails_and_goes_on(vendor: Project) -> None:
    sconstruct = (vendor.folder / "SConstruct").read_text()
    toml = (vendor.folder / "firmware.toml").read_text().replace('"tiny"', '"good"')
    vendor.write("good.toml", toml.replace('objects = ["vendor/sum.o"]', ""))
    vendor.write("SConstruct", sconstruct + 'env.Firmware("good.toml")\n')
    run = vendor.fail("-Q", "audit")
    assert "tiny  thumbv7em-none-eabihf  1 error in 5 objects\n  error    float-abi  vendor/sum.o" in run.stdout
    assert "  note     the rest could not be built\n" in run.stdout
    assert "good  thumbv7em-none-eabihf  no finding in " in run.stdout
    content = json.loads(vendor.read_bytes("build/audit/audit.json"))
    assert not content["complete"]
    (result,) = json.loads(vendor.read_bytes("build/audit/audit.sarif"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("float-abi", "error")


def test_the_verb_tells_of_an_image_that_cannot_be_compiled(tiny: Project) -> None:
    run = tiny.write("c/main.c", "wrong").fail("-Q", "audit")
    assert "tiny  thumbv7em-none-eabihf  not audited\n  note     it could not be built\n" in run.stdout
    assert "audit  no finding in what could be built; " in run.stdout


def test_the_verb_says_nothing_where_nothing_is_planned(tiny: Project) -> None:
    run = tiny.edit("firmware.toml", 'name        = "tiny"', "name = 3").fail("-Q", "audit")
    assert "no finding" not in run.output
    assert not (tiny.folder / "build/audit").exists()


def test_a_dry_run_of_the_verb_writes_nothing(tiny: Project) -> None:
    tiny.edit("c/main.h", "1", "2").build("-n", "audit")
    assert not (tiny.folder / "build/audit").exists()


SCONSCRIPT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="thumbv7em-none-eabihf", LINKER="lld")
rust = env.RustStaticLibrary("tiny", "src/lib.rs")
elf = env.FirmwareElf("tiny", [rust, "c/main.c", "vendor/sum.o"], LDSCRIPT="all.ld", AUDITALLOW=[])
env.FirmwareImage("tiny", elf)
"""
MEMORY = "MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 64K  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }\n"


def test_builders_of_a_sconscript_audit_too(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc", "ld.lld-22")
    project = write_tiny(tmp_path / "pieces").sconstruct(SCONSCRIPT)
    project.write("all.ld", MEMORY + (project.folder / "link.ld").read_text().replace("INCLUDE memory.x", ""))
    compile_object(project, "vendor/sum.o", (*ARM, *SOFT), SUM_C)
    assert errors(project) == SOFT_FOUND
    project.edit(
        "SConstruct", "AUDITALLOW=[]", 'AUDITALLOW=[{"rule": "float-abi", "object": "sum.o", "reason": "unused"}]'
    )
    project.build()
    assert "  allowed  float-abi  vendor/sum.o" in project.build("audit").stdout
    project.edit("SConstruct", '"float-abi"', '"float-abbi"')
    assert "AUDITALLOW of tiny: no rule is called 'float-abbi'; did you mean 'float-abi'?\n" in project.fail().stderr


def test_the_example_of_the_page_is_what_a_build_says() -> None:
    page = (CHECKOUT / "docs/audit.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in SOFT_FOUND.splitlines()[2:5]]
    assert all(line in page for line in lines)
