"""Several Cargo packages in one image: of one workspace and of two, by firmware.toml and by SConscript."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cargo_firmware import TARGET
from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project
from tiny import FIRMWARE_TOML, LINK_LD, MAIN_C, MAIN_H, copy_project

OUT = f"build/{TARGET}/release"
HEAD = '[package]\nversion = "0.1.0"\nedition = "2021"\n'
PANIC = "#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! {\n    loop {}\n}\n"
PROFILE = '\n[profile.release]\nopt-level = "s"\n'
SHARED = '\n[dependencies]\nshared = {{ path = "{path}" }}\n'
FILES = {
    "main/Cargo.toml": '[workspace]\nmembers = ["one", "two", "shared"]\nresolver = "2"\n' + PROFILE,
    "main/Cargo.lock": (
        'version = 4\n\n[[package]]\nname = "one"\nversion = "0.1.0"\ndependencies = [\n "shared",\n]\n\n'
        '[[package]]\nname = "shared"\nversion = "0.1.0"\n\n'
        '[[package]]\nname = "two"\nversion = "0.1.0"\ndependencies = [\n "shared",\n]\n'
    ),
    "main/one/Cargo.toml": HEAD + 'name = "one"\n' + SHARED.format(path="../shared"),
    "main/one/src/lib.rs": (
        f'#![no_std]\n{PANIC}#[no_mangle]\npub extern "C" fn one() -> u32 {{\n    shared::number() + 1\n}}\n'
    ),
    "main/two/Cargo.toml": (
        HEAD
        + 'name = "two"\n\n[features]\ndefault = ["ten"]\nten = []\nhundred = []\n'
        + SHARED.format(path="../shared")
    ),
    "main/two/src/lib.rs": (
        '#![no_std]\n#[cfg(any(feature = "ten", not(feature = "hundred")))]\ncompile_error!("other features");\n'
        '#[no_mangle]\npub extern "C" fn two() -> u32 {\n    shared::number() + 2\n}\n'
    ),
    "main/shared/Cargo.toml": HEAD + 'name = "shared"\n',
    "main/shared/src/lib.rs": "#![no_std]\n#[inline(never)]\npub fn number() -> u32 {\n    7\n}\n",
    "other/Cargo.toml": HEAD + 'name = "two"\n' + SHARED.format(path="../main/shared") + PROFILE,
    "other/Cargo.lock": (
        'version = 4\n\n[[package]]\nname = "shared"\nversion = "0.1.0"\n\n'
        '[[package]]\nname = "two"\nversion = "0.1.0"\ndependencies = [\n "shared",\n]\n'
    ),
    "other/src/lib.rs": ('#![no_std]\n#[no_mangle]\npub extern "C" fn three() -> u32 {\n    shared::number() + 3\n}\n'),
    "c/main.c": MAIN_C.replace(
        "extern unsigned answer(void);", "extern unsigned one(void), two(void), three(void);"
    ).replace("answer()", "one() + two() + three()"),
    "c/main.h": MAIN_H,
    "link.ld": LINK_LD,
    "memory.x": "MEMORY { FLASH : ORIGIN = 0, LENGTH = 64K\n RAM : ORIGIN = 0x20000000, LENGTH = 16K }\n",
    "firmware.toml": FIRMWARE_TOML.replace(
        'crate = "src/lib.rs"\n',
        'package = "main/one/Cargo.toml"\n\n'
        '[rust.packages.two]\npackage = "main/two/Cargo.toml"\nfeatures = ["hundred"]\ndefault-features = false\n\n'
        '[rust.packages.three]\npackage = "other/Cargo.toml"\n',
    ),
}
SCONSCRIPT = f"""\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="{TARGET}")
rust = env.CargoPackage("rust", {{"main/one/Cargo.toml": [], "main/two/Cargo.toml": "hundred", "other/Cargo.toml": []}},
                        CARGO_DEFAULT_FEATURES=False)
env.FirmwareElf("all", [rust, "c/main.c"], LDSCRIPT="link.ld", CPPPATH=["c"], LIBPATH=["."])
single = env.CargoPackage("single", "main/one/Cargo.toml")
env.FirmwareElf("one", [single, "one.c"], LDSCRIPT="link.ld", LIBPATH=["."])
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("cargo", "arm-none-eabi-gcc")
    project = Project(tmp_path_factory.mktemp("together") / "built").sconstruct(SCONSTRUCT)
    for path, text in FILES.items():
        project.write(path, text)
    (project.folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{TARGET}.json", project.folder / "targets")
    run = project.build()
    crates = [step for step in run.steps if step.endswith(" 0.1.0")]
    assert sorted(crates) == ["RUSTC one 0.1.0", "RUSTC shared 0.1.0", "RUSTC two 0.1.0", "RUSTC two 0.1.0"]
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    return copy_project(built, tmp_path / "project")


def test_all_libraries_are_in_the_image_with_their_own_features(built: Project) -> None:
    (source,) = built.folder.glob(f"{OUT}/tiny/*_umbrella.rs")
    names = source.read_text(encoding="utf-8").split("extern crate ")[1:]
    assert [name.partition("_")[0].strip(";\n") for name in names] == ["one", "two", "two"]
    assert built.up_to_date()


def test_an_edit_reaches_what_names_it(project: Project) -> None:
    project.edit("other/src/lib.rs", "+ 3", "+ 4")
    image = {"LINK tiny.elf", "SIZE tiny.elf", "IMAGE tiny.bin"}
    assert {*project.build().steps} == {"RUSTC two 0.1.0", "RUSTC tiny_umbrella", *image}


def test_profiles_that_contradict_each_other_are_refused(project: Project) -> None:
    project.edit("other/Cargo.toml", '"s"', '"s"\nlto = "fat"')
    run = project.fail()
    assert "other/Cargo.toml: [profile.release] says lto = 'fat', and that of the first package 'false'" in run.stderr


def test_a_binary_takes_no_package_beside_it(project: Project) -> None:
    project.write("main/one/src/main.rs", "")
    run = project.fail()
    assert "firmware.toml:9: the binary of one is an image by itself, and takes no package beside it" in run.stderr
    project.edit("firmware.toml", 'one/Cargo.toml"', 'one/Cargo.toml"\nlib = true')
    assert project.build("-n").steps == []


PAIR_RS = """\
#[repr(C)]
pub struct Pair { first: u8, second: u16 }
include!(env!("LAYOUT_PAIR"));
"""


def test_a_header_is_asserted_in_a_crate_of_the_packages(project: Project) -> None:
    project.write("c/pair.h", "#include <stdint.h>\nstruct pair { uint8_t first; uint16_t second; };\n")
    project.edit("main/shared/src/lib.rs", "#![no_std]\n", f"#![no_std]\n{PAIR_RS}")
    layout = '[[audit.layout]]\nheader = "pair.h"\ntypes = { "struct pair" = "Pair" }\n'
    project.edit("firmware.toml", "[memory]", f'{layout}crate = "shard"\n\n[memory]')
    words = "firmware.toml:28: no local crate of the packages is called 'shard'; did you mean 'shared'?"
    assert words in project.fail().stderr
    project.edit("firmware.toml", '"shard"', '"shared"').build()
    project.edit("c/pair.h", "uint16_t second", "uint32_t second")
    run = project.fail()
    assert "struct pair.second of c/pair.h is at offset 4 in C, Pair.second is not" in run.stderr


def test_sconscripts_link_packages_too(project: Project) -> None:
    project.write("one.c", MAIN_C.replace("answer", "one").replace('"main.h"', '"c/main.h"'))
    project.sconstruct(SCONSCRIPT)
    run = project.build()
    assert {"LINK all.elf", "LINK one.elf", "RUSTC rust_umbrella", "RUSTC single_umbrella"} <= set(run.steps)
    assert project.up_to_date()
    project.edit("SConstruct", '[single, "one.c"]', '[single, rust, "one.c"]')
    assert "of Cargo packages make one CargoPackage, from the list of their Cargo.toml" in project.fail().stderr
