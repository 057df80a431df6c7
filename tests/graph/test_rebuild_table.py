"""The dependency contract: which input changed -> exactly which Steps run, and where equal bytes stop the rebuild."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import need_tool
from mixed_project import TARGET, make_mixed_project, prebuild
from project import Project
from rust_examples import SYSTEM_RUSTC
from toolchain_farms import cross_gcc_farm, rustc_farm

OUT = f"build/{TARGET}/release/app"
JSON = f"targets/{TARGET}.json"

C, SPARE, AS, CXX = "CC c/main.c", "CC c/spare.c", "AS c/boot.S", "CXX c/part.cpp"
PROTO, APP = "RUSTC proto", "RUSTC app"
LINK, SIZE, MEMORY = "LINK app.elf", "SIZE app.elf", "MEMORY memory.x"
IMAGE = (LINK, "IMAGE app.bin", "IMAGE app.hex", SIZE)
"""What follows when bytes that are linked change."""
SYSROOT = ("RUSTC core", "RUSTC compiler_builtins")
PROBE = f"PROBE {TARGET}"
TARGET_STEPS = (f"TARGET {TARGET}", PROBE)
ALL = (*TARGET_STEPS, "WRITE probe.rs", *SYSROOT, PROTO, APP, C, SPARE, AS, CXX, MEMORY, *IMAGE)


@dataclass(frozen=True)
class Row:
    """One change and what it rebuilds."""

    name: str
    edit: Callable[[Project], object]
    steps: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """Of the build after the change."""


def edit(path: str, old: str, new: str) -> Callable[[Project], object]:
    return lambda project: project.edit(path, old, new)


def write(path: str, text: str) -> Callable[[Project], object]:
    return lambda project: project.write(path, text)


def nothing(_project: Project) -> None:
    """Change no file: the row is about its arguments."""


def rewrite_json(change: Callable[[dict[str, object]], dict[str, object]], indent: int | None) -> Callable[..., object]:
    def apply(project: Project) -> None:
        content = change(json.loads(project.read_bytes(JSON)))
        project.write(JSON, json.dumps(content, indent=indent))

    return apply


def touch_everything(project: Project) -> None:
    for path in sources(project):
        os.utime(path)


def edit_everything_and_back(project: Project) -> None:
    """Do what checking an older revision out and back does."""
    for path in sources(project):
        before = path.read_bytes()
        path.write_bytes(before + b"\n# older\n")
        path.write_bytes(before)


def sources(project: Project) -> Iterator[Path]:
    yield from (path for path in project.folder.rglob("*") if path.is_file() and "build" not in path.parts)


def replace_module_by_folder(project: Project) -> None:
    text = (project.folder / "src/clock.rs").read_text(encoding="utf-8")
    (project.folder / "src/clock.rs").unlink()
    project.write("src/clock/mod.rs", text)


def add_module(project: Project) -> None:
    project.edit("src/lib.rs", "mod clock;", "mod clock;\nmod extra;")
    project.edit("src/lib.rs", "clock::ticks()", "clock::ticks() + extra::more()")
    project.write("src/extra.rs", "pub fn more() -> u32 {\n    100\n}\n")


def add_source(project: Project) -> None:
    project.write("c/added.c", "int added;\n")


def remove_source(project: Project) -> None:
    (project.folder / "c/spare.c").unlink()


ROWS = (
    Row("nothing", nothing),
    Row("every file touched", touch_everything),
    Row("every file edited and put back", edit_everything_and_back),
    # target specification
    Row("target JSON re-indented", rewrite_json(dict, None)),
    Row("target JSON reordered", rewrite_json(lambda content: dict(sorted(content.items(), reverse=True)), 8)),
    # Rust
    Row("crate root", edit("src/lib.rs", "{ 0 }", "{ 1 }"), (APP, *IMAGE)),
    Row("crate root: comment", edit("src/lib.rs", "/// What the", "/// What THE"), (APP,)),
    Row("crate root: white space", edit("src/lib.rs", "    proto::", "        proto::"), (APP,)),
    Row("module", edit("src/clock.rs", "    3", "    4"), (APP, *IMAGE)),
    Row("module: comment", edit("src/clock.rs", "    3", "    // ticks\n    3"), (APP,)),
    Row("#[path] module", edit("src/boards/dev.rs", "5", "6"), (APP, *IMAGE)),
    Row("module added", add_module, (APP, *IMAGE)),
    Row("module file replaced by a folder", replace_module_by_folder, (APP,)),
    Row("file of include_str!", write("src/greeting.txt", "good morning"), (APP, *IMAGE)),
    Row("env!", edit("firmware.toml", '"devkit"', '"starter kit"'), (APP, *IMAGE)),
    Row("env that nothing reads", edit("firmware.toml", 'BOARD = "devkit"', 'BOARD = "devkit", X = "1"'), (APP,)),
    Row("crate used by another", edit("proto/lib.rs", "0xff", "0xfe"), (PROTO, APP, *IMAGE)),
    Row("crate used by another: comment", edit("proto/lib.rs", "/// Sums.", "/// ADDS."), (PROTO, APP)),
    Row("features", edit("firmware.toml", "features     = []", 'features = ["fast"]'), (APP, *IMAGE)),
    Row("cfgs", edit("firmware.toml", "cfgs         = []", 'cfgs = ["turbo"]'), (APP, *IMAGE)),
    Row("rustflags", edit("firmware.toml", "rustflags    = []", 'rustflags = ["-Cdebuginfo=0"]'), (APP,)),
    # C, C++ and assembly
    Row("C", edit("c/main.c", "= rust_main(", "= 1 + rust_main("), (C, *IMAGE)),
    Row("C: comment", edit("c/main.c", "the first comment", "another comment\n\t * of two lines"), (C,)),
    Row("C: white space", edit("c/main.c", "for (;;)", "for ( ; ; )"), (C,)),
    Row("C++", edit("c/part.cpp", "11", "12"), (CXX, *IMAGE)),
    Row("assembly", edit("c/boot.S", "\tb .", "\tnop\n\tb ."), (AS, *IMAGE)),
    Row("assembly: comment", edit("c/boot.S", "\tb .", "\tb . /* for ever */"), (AS,)),
    Row("header", edit("c/second/config.h", "+ 1", "+ 2"), (C, *IMAGE)),
    Row("header: comment", edit("c/second/config.h", "+ 1)", "+ 1) /* sum */"), (C,)),
    Row("header of a header", edit("c/second/nested.h", "4", "5"), (C, *IMAGE)),
    Row("header that newly shadows", write("c/first/config.h", "#define CONFIG 9\n"), (C, *IMAGE)),
    Row(
        "header that newly shadows with the same text",
        write("c/first/config.h", '#include "../second/config.h"\n'),
        (C,),
    ),
    Row("-include", edit("c/forced.h", "FORCED 2", "FORCED 3"), (C, SPARE, CXX, *IMAGE)),
    Row("-include: comment", edit("c/forced.h", "FORCED 2", "FORCED 2 /* two */"), (C, SPARE, CXX)),
    Row(".incbin in assembly", write("c/blob.bin", "BLOB"), (AS, *IMAGE)),
    Row(".incbin in C", write("c/inline.bin", "INLINE"), (C, *IMAGE)),
    Row("cflags", edit("firmware.toml", "cflags         = []", 'cflags = ["-std=c11"]'), (C, SPARE)),
    Row("cxxflags", edit("firmware.toml", "cxxflags       = []", 'cxxflags = ["-std=c++17"]'), (CXX,)),
    Row("asmflags", edit("firmware.toml", "asmflags       = []", 'asmflags = ["-DSTACK_TOP=0x20008000"]'), (AS,)),
    Row("source added under a glob", add_source, ("CC c/added.c", LINK)),
    Row("source removed under a glob", remove_source, (LINK,)),
    # link
    Row("linker script", edit("ld/link.ld", "\tINCLUDE", "\t.pad : { LONG(1) } > FLASH\n\tINCLUDE"), IMAGE),
    Row("linker script: comment", edit("ld/link.ld", "SECTIONS", "/* layout */ SECTIONS"), (LINK, SIZE)),
    Row("linker script: white space", edit("ld/link.ld", "ENTRY(Reset)", "ENTRY ( Reset )\n"), (LINK, SIZE)),
    Row("INCLUDE", edit("ld/sections.ld", ".text :", ".text : ALIGN(32)"), IMAGE),
    Row("INCLUDE of an INCLUDE", edit("ld/constants.ld", ".rodata :", ".rodata : ALIGN(64)"), IMAGE),
    Row("INCLUDE of an INCLUDE: comment", edit("ld/constants.ld", "FLASH", "FLASH /* here */"), (LINK, SIZE)),
    Row("memory table: origin", edit("firmware.toml", "0x2000_0000", "0x2000_8000"), (MEMORY, *IMAGE)),
    Row("memory table: length", edit("firmware.toml", '"256K"', '"128K"'), (MEMORY, LINK, SIZE)),
    Row("memory table: spelling", edit("firmware.toml", '"256K"', "262144")),
    Row("link flags", edit("firmware.toml", '"noexecstack"]', '"noexecstack", "--build-id=none"]'), (LINK,)),
    Row("toolchain library", edit("firmware.toml", "asmflags ", 'libraries = ["gcc"]\nasmflags '), (LINK,)),
    Row("prebuilt object", lambda project: prebuild(project, 22), IMAGE),
    Row("prebuilt object made again", lambda project: prebuild(project, 21)),
    Row("linker", nothing, IMAGE, ("linker=lld",)),
    # firmware.toml as such
    Row("firmware.toml: comment", edit("firmware.toml", "# One input", "# At least one input")),
    Row("firmware.toml: white space", edit("firmware.toml", "[rust]\n", "\n\n[rust]\n\n")),
    Row(
        "firmware.toml: another profile", edit("firmware.toml", "[image]", '[profile.dev.c]\ncflags = ["-g3"]\n[image]')
    ),
    Row("firmware.toml: formats", edit("firmware.toml", '"hex"]', '"hex", "srec"]'), ("IMAGE app.srec",)),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build the mixed project once; tests work on copies."""
    need_tool("arm-none-eabi-gcc", "arm-none-eabi-g++")
    project = make_mixed_project(Project(tmp_path_factory.mktemp("rebuild") / "mixed"))
    assert sorted(project.build().steps) == sorted(ALL)
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    return copy_of(built, tmp_path / "copy")


def copy_of(project: Project, folder: Path) -> Project:
    shutil.copytree(project.folder, folder, symlinks=True)
    return Project(folder)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_rebuilds_exactly(project: Project, row: Row) -> None:
    if "linker=lld" in row.arguments:
        need_tool("ld.lld-22")
    row.edit(project)
    assert sorted(project.build(*row.arguments).steps) == sorted(row.steps)
    assert project.up_to_date(*row.arguments)


@pytest.mark.parametrize(
    ("flag", "path", "text"),
    [
        ("-specs=c/more.specs", "c/more.specs", "*cc1:\n+ -DNUMBER={}\n"),
        ("-fprofile-use=counters", "counters/main.gcda", "{}"),
        ("-Btools", "tools/as", '#!/bin/sh\n# {}\nexec arm-none-eabi-as "$@"\n'),
    ],
)
def test_a_file_that_a_flag_names(project: Project, flag: str, path: str, text: str) -> None:
    project.write(path, text.format(1)).edit("firmware.toml", "cflags         = []", f'cflags = ["{flag}"]')
    (project.folder / path).chmod(0o755)
    project.build()
    project.write(path, text.format(2))
    assert sorted(project.build().steps) == sorted((C, SPARE))
    assert project.up_to_date()


def test_a_module_in_two_places_is_noticed(project: Project) -> None:
    project.write("src/clock/mod.rs", "pub fn ticks() -> u32 { 8 }\n")
    assert "E0761" in project.fail().output
    (project.folder / "src/clock.rs").unlink()
    assert sorted(project.build().steps) == sorted((APP, *IMAGE))


def test_a_new_module_is_tracked_from_its_first_build_on(project: Project) -> None:
    add_module(project)
    project.build()
    project.edit("src/extra.rs", "100", "200")
    assert sorted(project.build().steps) == sorted((APP, *IMAGE))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/lib.rs", "{ 0 }", "{ 1 }"),
        ("proto/lib.rs", "0xff", "0xf0"),
        ("c/main.c", "+ prebuilt()", "- prebuilt()"),
        ("c/second/nested.h", "4", "8"),
        ("ld/sections.ld", ".text :", ".text : ALIGN(32)"),
        ("firmware.toml", "0x2000_0000", "0x2000_8000"),
    ],
)
def test_edit_build_revert_build_gives_the_same_bytes(project: Project, path: str, old: str, new: str) -> None:
    before = outputs(project)
    project.edit(path, old, new).build()
    assert outputs(project) != before
    project.edit(path, new, old).build()
    assert outputs(project) == before
    assert project.up_to_date()


def test_what_a_failed_build_has_not_come_to_is_still_noticed(project: Project) -> None:
    project.edit("c/main.c", "= rust_main(", "= missing_parenthesis")
    project.edit("ld/link.ld", "\tINCLUDE", "\t.pad : { LONG(1) } > FLASH\n\tINCLUDE").fail()
    # SCons trusts times of change that are older than a second
    time.sleep(1.1)
    project.edit("c/main.c", "= missing_parenthesis", "= rust_main(")
    assert sorted(project.build().steps) == sorted((C, *IMAGE))
    assert project.up_to_date()


def outputs(project: Project) -> dict[str, bytes]:
    return {name: project.read_bytes(f"{OUT}/{name}") for name in ("app.elf", "app.bin", "app.hex")}


def test_a_removed_output_comes_back(project: Project) -> None:
    before = outputs(project)
    (project.folder / OUT / "app.bin").unlink()
    assert project.build().steps == ["IMAGE app.bin"]
    assert outputs(project) == before


def test_a_profile_has_a_folder_of_its_own(project: Project) -> None:
    # a dry run: another core takes half a minute
    planned = set(project.build("-n", "profile=dev").steps)
    assert planned == set(ALL) - set(TARGET_STEPS) - {"WRITE probe.rs"}
    assert project.up_to_date()


def test_a_renamed_target_shares_what_is_costly(project: Project) -> None:
    os.rename(project.folder / JSON, project.folder / "targets/board.json")
    project.edit("firmware.toml", f'"{TARGET}"]', '"board"]')
    project.build()
    for name in ("core", "compiler_builtins"):
        (before,) = project.folder.glob(f"build/{TARGET}/release/sysroot-*/lib{name}.rlib")
        (after,) = project.folder.glob(f"build/board/release/sysroot-*/lib{name}.rlib")
        assert before.read_bytes() == after.read_bytes()
    assert (project.folder / "build/board/release/app/app.bin").read_bytes() == project.read_bytes(f"{OUT}/app.bin")


def test_a_target_that_means_something_else_rebuilds_what_it_reaches(project: Project) -> None:
    # what rustc's own target of this name means, for which other tests have built core
    rewrite_json(lambda content: {key: value for key, value in content.items() if key != "cpu"}, 4)(project)
    steps = project.build().steps
    assert set(steps) >= {*TARGET_STEPS, *SYSROOT, PROTO, APP, C, SPARE, AS, CXX, LINK}
    assert MEMORY not in steps
    assert project.up_to_date()


def test_swapping_the_c_compiler_behind_its_driver_compiles_again(project: Project, tmp_path: Path) -> None:
    cc1 = cross_gcc_farm(tmp_path / "farm")
    cc = f"cc={tmp_path}/farm/bin/arm-none-eabi-gcc"
    # another path of the compiler, the same bytes
    assert sorted(project.build(cc).steps) == sorted((C, SPARE, AS, CXX, LINK))
    assert project.up_to_date(cc)
    with open(cc1, "ab") as file:
        file.write(b"\0")
    assert sorted(project.build(cc).steps) == sorted((C, SPARE, AS, CXX, LINK))
    assert project.up_to_date(cc)


def test_swapping_rustc_or_rust_src_compiles_core_again(project: Project, tmp_path: Path) -> None:
    need_tool(SYSTEM_RUSTC)
    project.build(f"rustc={SYSTEM_RUSTC}")
    (sysroot,) = (project.folder / f"build/{TARGET}/release").glob("sysroot-*")
    rustc, core = rustc_farm(tmp_path / "farm", shutil.copytree(sysroot, tmp_path / "sysroot"))
    arguments = (f"rustc={rustc}", f"cache={tmp_path}/cache")
    # another path of the compiler, the same bytes
    assert sorted(project.build(*arguments).steps) == sorted((PROBE, *SYSROOT, PROTO, APP))
    assert project.up_to_date(*arguments)
    script = rustc.read_text(encoding="utf-8")
    rustc.write_text(script + "# another one\n", encoding="utf-8")
    # dry runs, which name what a change reaches first
    assert sorted(project.build("-n", *arguments).steps) == sorted((PROBE, *SYSROOT, PROTO, APP))
    rustc.write_text(script, encoding="utf-8")
    assert project.up_to_date(*arguments)
    core.write_text(core.read_text(encoding="utf-8") + "// one comment more\n", encoding="utf-8")
    assert sorted(project.build("-n", *arguments).steps) == sorted(SYSROOT)


GENERATING_SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="thumbv7em-none-eabihf")
def generate(target, source, env):
    number = open(str(source[0])).read().strip()
    with open(str(target[0]), "w") as file:
        file.write(f"pub const NUMBER: u32 = {number};\\n")
table = env.Command("build/generated/table.rs", "number.txt", Action(generate, "GENERATE $TARGET"))
rust = env.RustStaticLibrary("app", ["src/lib.rs", table])
env.Default(rust)
"""


def test_a_generated_source_is_made_and_tracked(tmp_path: Path) -> None:
    project = Project(tmp_path / "generating").sconstruct(GENERATING_SCONSTRUCT)
    project.write("number.txt", "7\n")
    project.write(
        "src/lib.rs",
        """\
#![no_std]
#[path = "../build/generated/table.rs"]
mod table;
#[unsafe(no_mangle)]
pub extern "C" fn number() -> u32 { table::NUMBER }
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
""",
    )
    assert project.build().steps[-1] == APP
    assert project.up_to_date()
    project.write("number.txt", "8\n")
    run = project.build()
    assert run.steps == [APP]
    assert "GENERATE" in run.stdout
    # the generator runs, its bytes stay
    project.write("number.txt", "8 \n")
    run = project.build()
    assert run.steps == []
    assert "GENERATE" in run.stdout
