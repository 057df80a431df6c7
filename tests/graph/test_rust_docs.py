"""doc: one site for an image, of its own crates and of what they use."""

from __future__ import annotations

import shutil
from pathlib import Path

from cargo_firmware import TARGET, write_cargo_firmware
from project import Project
from tiny import write_tiny

SITE = f"build/{TARGET}/release/app/doc"
PART = """\
#![no_std]
/// A number of [missing].
pub struct Part(pub u32);
/// One more.
pub fn more(n: u32) -> u32 {
    n + 1
}
"""
GIVES_PART = """\
/// Gives a part.
pub fn part() -> part::Part {
    part::Part(NUMBER)
}
#[doc = include_str!("../NOTES.md")]
#[no_mangle]
"""


def page(project: Project, path: str, site: str = SITE) -> str:
    return (project.folder / site / path).read_text(encoding="utf-8")


def test_crates_of_a_package_link_to_each_other(tmp_path: Path) -> None:
    project = write_cargo_firmware(tmp_path / "project")
    project.write("part/src/lib.rs", PART).write("NOTES.md", "Read me.\n")
    project.edit("src/lib.rs", "#[no_mangle]\n", GIVES_PART)
    run = project.build("doc")
    assert sorted(step for step in run.steps if step.startswith("DOC")) == [
        "DOC app 0.1.0",
        "DOC board 0.1.0",
        f"DOC {SITE}",
        "DOC mac 0.1.0",
        "DOC part 0.1.0",
    ]
    assert "warning: unresolved link to `missing`" in run.stdout
    assert f"doc  4 crates, 1 warning; {SITE}\n" in run.stdout
    assert "../part/struct.Part.html" in page(project, "app/fn.part.html")
    assert "Read me." in page(project, "app/fn.answer.html")
    assert "part" in page(project, "crates.js")
    assert page(project, "src/part/lib.rs.html")
    again = project.build("doc")
    assert again.steps == []
    assert f"doc  4 crates, 1 warning; {SITE}\n" in again.stdout
    project.write("NOTES.md", "Read it.\n")
    assert [step for step in project.build("doc").steps if step.startswith("DOC")] == ["DOC app 0.1.0", f"DOC {SITE}"]
    project.edit("part/src/lib.rs", "pub fn more", "pub fn much").edit("src/lib.rs", "part::more", "part::much")
    project.build("doc")
    assert not (project.folder / SITE / "part/fn.more.html").exists()
    shutil.rmtree(project.folder / SITE)
    assert project.build("doc").steps == [f"DOC {SITE}"]


def test_crates_of_no_package_are_documented_too(tmp_path: Path) -> None:
    project = write_tiny(tmp_path / "tiny")
    project.edit(
        "firmware.toml",
        'crate = "src/lib.rs"',
        'crate = "src/lib.rs"\ndependencies = ["number"]\n\n[rust.crates.number]\ncrate = "number/lib.rs"',
    )
    project.write("number/lib.rs", "#![no_std]\n/// A number.\npub struct Number(pub u32);\n")
    gives = "/// Gives it.\npub fn number() -> number::Number {\n    number::Number(1)\n}\n#[unsafe(no_mangle)]\n"
    project.edit("src/lib.rs", "#[unsafe(no_mangle)]\n", gives)
    run = project.build("doc")
    site = f"build/{TARGET}/release/tiny/doc"
    assert f"doc  2 crates, no warnings; {site}\n" in run.stdout
    assert "../number/struct.Number.html" in page(project, "tiny/fn.number.html", site)
    assert project.build("doc").steps == []
    project.edit("number/lib.rs", "pub struct Number(pub u32);", "pub struct Number(pub u32)")
    assert "error: expected one of `;`" in project.fail("doc").stderr
