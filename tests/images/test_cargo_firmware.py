"""Cargo packages as people have them: binaries on cortex-m-rt, registries, git, vendored sources, cargo's own code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from cargo_firmware import TARGET, write_cargo_firmware
from conftest import need_tool
from processes import watch
from project import CHECKOUT, SCONS, SCONSTRUCT, Project
from readmes import blocks, sconstruct_of_another_project
from rust_examples import git_cargo
from tiny import FIRMWARE_TOML as TINY_TOML
from tiny import LIB_RS, LINK_LD, MAIN_C, MAIN_H, copy_project

OUT = f"build/{TARGET}/release"
ELF = f"{OUT}/blinky/blinky.elf"
LINK = "RUSTC blinky 0.1.0"
FILES = {
    "firmware.toml": f"""\
[firmware]
name = "blinky"
targets = ["{TARGET}"]

[rust]
package = "Cargo.toml"

[c]
sources = ["c/*.c"]

[image]
formats = ["bin"]

[run]
expect = ["answer 42"]
""",
    "Cargo.toml": """\
[package]
name = "blinky"
version = "0.1.0"
edition = "2021"

[dependencies]
cortex-m = "0.7"
cortex-m-rt = "0.7"
cortex-m-semihosting = "0.5"
panic-halt = "1"

[profile.release]
opt-level = "s"
""",
    ".cargo/config.toml": (
        f'[build]\ntarget = "{TARGET}"\n\n[target.{TARGET}]\n'
        'rustflags = ["-C", "link-arg=-Tlink.x", "-C", "link-arg=--nmagic"]\n'
    ),
    "memory.x": (
        "MEMORY\n{\n  FLASH : ORIGIN = 0x00000000, LENGTH = 256K\n  RAM : ORIGIN = 0x20000000, LENGTH = 64K\n}\n"
    ),
    "src/main.rs": """\
#![no_std]
#![no_main]
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use panic_halt as _;
extern "C" {
    fn twice(n: u32) -> u32;
}
#[entry]
fn main() -> ! {
    hprintln!("answer {}", unsafe { twice(21) });
    debug::exit(debug::EXIT_SUCCESS);
    loop {}
}
""",
    "c/twice.c": "unsigned twice(unsigned n) { return 2 * n; }\n",
}
MEMORY = """
[memory]
FLASH = { origin = 0x0000_0000, length = "256K" }
RAM   = { origin = 0x2000_0000, length = "64K" }
"""


def write_blinky(folder: Path) -> Project:
    need_tool("cargo", "arm-none-eabi-gcc", "ld.lld-22")
    project = Project(folder).sconstruct(SCONSTRUCT)
    for path, text in FILES.items():
        project.write(path, text)
    shutil.copy(CHECKOUT / "tests/data/cargo/blinky/Cargo.lock", folder)
    (folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{TARGET}.json", folder / "targets")
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = write_blinky(tmp_path_factory.mktemp("blinky") / "blinky")
    project.build("linker=lld")
    return project


@pytest.fixture
def blinky(built: Project, tmp_path: Path) -> Project:
    return copy_project(built, tmp_path / "blinky")


def test_it_boots(built: Project) -> None:
    need_tool("qemu-system-arm")
    assert "pass  blinky" in built.build("linker=lld", "check").stdout


def test_the_second_build_starts_no_process(built: Project, tmp_path: Path) -> None:
    built.build("linker=lld")
    done, started = watch([*SCONS, "linker=lld"], built.folder, tmp_path)
    assert done.returncode == 0, done.stderr
    assert started == []


def test_ten_lines_are_enough_for_a_cargo_firmware(blinky: Project) -> None:
    (example,) = (block for block in blocks("README.md", "toml") if "package" in block)
    assert len(example.splitlines()) <= 10
    blinky.write("firmware.toml", example).write("SConstruct", sconstruct_of_another_project())
    blinky.edit("src/main.rs", "unsafe { twice(21) }", "42")
    assert LINK in blinky.build().steps
    assert blinky.read_bytes(f"{OUT}/blinky/blinky.hex").startswith(b":")


def test_all_that_rustc_links_is_audited_and_in_the_map(built: Project) -> None:
    report = json.loads(built.read_bytes(f"{OUT}/blinky/blinky.audit.json"))
    assert report["image"] == f"blinky  {TARGET}"
    count = int(report["subject"].split()[0])
    text = built.read_bytes(f"{OUT}/blinky/blinky.map").decode()
    taken = {*re.findall(r"\S+\.o\b", text)}
    assert any("blinky-" in name for name in taken)
    assert any("libcortex_m_rt" in name for name in taken)
    assert count >= len(taken) - 1 > 5, "all but the list of what rustc exports"
    assert str(built.folder) not in text
    assert not re.search(r"rustc\w{6}/|\.part/", text)


@pytest.mark.parametrize("linker", ["lld", "ld"])
def test_a_failed_link_is_explained(blinky: Project, linker: str) -> None:
    blinky.edit("src/main.rs", "twice(", "twices(").edit("memory.x", "256K", "1K")
    run = blinky.fail(f"linker={linker}")
    assert "no object, archive or library of this link defines twices" in run.stderr
    assert f"{OUT}/blinky/c/twice.c.o defines twice\n" in run.stderr
    assert len(run.stderr) < 5000
    run = blinky.edit("src/main.rs", "twices(", "twice(").fail(f"linker={linker}")
    assert re.search(r"cause +region FLASH overflows by \d+ bytes\n", run.stderr)
    assert re.search(r"region +FLASH +origin 0x00000000 +length 1024 \(1 KiB\) +memory.x:3\n", run.stderr)
    assert re.search(r"largest +\.text \d+ +\.vector_table 1024", run.stderr)


def test_what_the_specification_says_of_the_link_holds_for_a_binary_too(blinky: Project) -> None:
    path = f"targets/{TARGET}.json"
    args = {"pre-link-args": {"gnu": ["--defsym=before=1"]}, "post-link-args": {"gnu-lld": ["--defsym=behind=2"]}}
    blinky.write(path, json.dumps({**json.loads(blinky.read_bytes(path)), **args, "link-script": "in_script = 3;\n"}))
    run = blinky.build("linker=lld")
    assert LINK in run.steps
    assert "RUSTC core" not in run.steps
    with open(blinky.folder / ELF, "rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        values = {symbol.name: symbol["st_value"] for symbol in table.iter_symbols()}
    assert [values[name] for name in ("before", "behind", "in_script")] == [1, 2, 3]


def test_memory_x_is_an_input_of_the_link(blinky: Project) -> None:
    blinky.edit("memory.x", "64K", "60K")
    assert LINK in blinky.build("linker=lld").steps
    assert "61440 (60.0 KiB)" in blinky.build("linker=lld", "size").stdout


def test_memory_x_is_generated_where_the_firmware_says_its_regions(blinky: Project) -> None:
    need_tool("qemu-system-arm")
    (blinky.folder / "memory.x").unlink()
    blinky.write("firmware.toml", FILES["firmware.toml"] + MEMORY)
    assert "pass  blinky" in blinky.build("linker=lld", "check").stdout


def test_the_configuration_names_the_linker_where_nobody_else_does(blinky: Project) -> None:
    blinky.edit(
        ".cargo/config.toml", f"[target.{TARGET}]\n", f'[target.{TARGET}]\nlinker = "ld.lld-22"\nrunner = "probe-rs"\n'
    )
    blinky.edit("src/main.rs", "#![no_main]", "#![no_main] // linked anew")
    configured, asked = blinky.build("-n", "verbose=1"), blinky.build("-n", "verbose=1", "linker=ld")
    assert f"-Clinker={shutil.which('ld.lld-22')} " in configured.stdout
    assert "-Clinker-flavor=gnu-lld " in configured.stdout
    assert "-Clinker-flavor=gnu " in asked.stdout
    blinky.edit(".cargo/config.toml", '"ld.lld-22"', '"ld.lld-0"')
    assert ".cargo/config.toml: the linker 'ld.lld-0' is not on PATH" in blinky.fail("-n").stderr
    # flags win, as with cargo
    blinky.edit(".cargo/config.toml", "rustflags = [", 'rustflags = ["-C", "linker=ld.lld-00", ')
    assert ".cargo/config.toml: the linker 'ld.lld-00' is not on PATH" in blinky.fail("-n").stderr
    assert "-Clinker-flavor=gnu " in blinky.build("-n", "verbose=1", "linker=ld").stdout


def test_a_build_script_may_name_the_scripts(blinky: Project) -> None:
    need_tool("qemu-system-arm")
    (blinky.folder / "memory.x").rename(blinky.folder / "board.x")
    blinky.write(".cargo/config.toml", "")
    blinky.write(
        "build.rs",
        "fn main() {\n"
        '    let out = std::env::var("OUT_DIR").unwrap();\n'
        '    std::fs::copy("board.x", format!("{out}/memory.x")).unwrap();\n'
        '    println!("cargo:rustc-link-search={out}");\n'
        '    println!("cargo:rerun-if-changed=board.x");\n'
        '    println!("cargo:rustc-link-arg-bins=--nmagic");\n'
        '    println!("cargo:rustc-link-arg-bins=-Tlink.x");\n'
        "}\n",
    )
    assert "pass  blinky" in blinky.build("linker=lld", "images", "check").stdout
    assert blinky.up_to_date("linker=lld")
    blinky.edit("board.x", "64K", "60K")
    assert "61440 (60.0 KiB)" in blinky.build("linker=lld", "size").stdout


def test_gnu_ld_links_it_too(blinky: Project) -> None:
    need_tool("qemu-system-arm")
    assert "pass  blinky" in blinky.build("linker=ld", "check").stdout


def test_vendored_packages_need_no_network(blinky: Project, tmp_path: Path) -> None:
    argv = ["cargo", "vendor", "--locked", "third_party"]
    done = subprocess.run(argv, cwd=blinky.folder, capture_output=True, text=True, check=True)
    config = blinky.folder / ".cargo/config.toml"
    config.write_text(config.read_text(encoding="utf-8") + done.stdout, encoding="utf-8")
    home = {"CARGO_HOME": str(tmp_path / "empty")}
    blinky.build("linker=lld", "offline=1", env=home)
    file = "third_party/panic-halt/src/lib.rs"
    blinky.write(file, blinky.read_bytes(file).decode() + "// edited\n")
    run = blinky.fail("linker=lld", "offline=1", env=home)
    assert f"{file}: edited; expected the file of panic-halt 1.0.0" in run.stderr


CLINK = {
    "clink/Cargo.toml": (
        '[package]\nname = "clink"\nversion = "1.0.0"\nedition = "2021"\nlinks = "clink"\n\n'
        '[build-dependencies]\ncc = "1"\n'
    ),
    "clink/build.rs": 'fn main() {\n    cc::Build::new().file("c.c").include("inc").compile("clink");\n}\n',
    "clink/inc/n.h": "#define N 2\n",
    "clink/c.c": '#include "n.h"\nint clink(int n) { return N * n; }\n',
    "clink/src/lib.rs": (
        '#![no_std]\nextern "C" {\n    fn clink(n: i32) -> i32;\n}\n'
        "pub fn twice(n: i32) -> i32 {\n    unsafe { clink(n) }\n}\n"
    ),
}


def test_a_build_script_compiles_c_for_the_target(blinky: Project) -> None:
    need_tool("qemu-system-arm")
    for path, text in CLINK.items():
        blinky.write(path, text)
    blinky.edit("Cargo.toml", "panic-halt", 'clink = { path = "clink" }\npanic-halt')
    blinky.edit("src/main.rs", "unsafe { twice(21) }", "clink::twice(unsafe { twice(10) } as i32) + 2")
    assert "Cargo.lock is out of date" in blinky.fail("linker=lld").stderr
    subprocess.run(["cargo", "update", "--workspace", "--quiet"], cwd=blinky.folder, check=True)
    assert "pass  blinky" in blinky.build("linker=lld", "check").stdout
    blinky.edit("clink/inc/n.h", "2", "3")
    assert "FAIL  blinky" in blinky.fail("linker=lld", "check").stdout
    blinky.edit("clink/build.rs", 'compile("', 'flag("-fshort-wchar").compile("')
    told = blinky.build("linker=lld", "audit").stdout
    assert re.search(r"release/crates/clink-\w+/libclink-\w+\.rlib\(\w+-c\.o\): Tag_ABI_PCS_wchar_t", told), told


def test_firmwares_of_a_workspace_share_crates_also_from_git(tmp_path: Path) -> None:
    need_tool("cargo", "git", "arm-none-eabi-gcc")
    repository = tmp_path / "repository"
    Project(repository).write("Cargo.toml", '[package]\nname = "three"\nversion = "0.2.0"\nedition = "2021"\n').write(
        "src/lib.rs", "#![no_std]\npub const THREE: u32 = 3;\n"
    )
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "All"]):
        subprocess.run(["git", *words], cwd=repository, check=True)
    project = Project(tmp_path / "project")
    project.sconstruct(SCONSTRUCT.replace("firmware.toml", "one.toml") + 'env.Firmware("two.toml")\n')
    project.write(
        "Cargo.toml",
        '[workspace]\nmembers = ["one", "two", "shared"]\nresolver = "2"\n\n[profile.release]\nopt-level = "s"\n',
    )
    dependencies = {"shared": f'three = {{ git = "file://{repository}" }}', **dict.fromkeys(("one", "two"), SHARED)}
    for name, dependency in dependencies.items():
        head = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n'
        project.write(f"{name}/Cargo.toml", f"{head}{dependency}\n")
        project.write(f"{name}/src/lib.rs", LIB_RS.replace("42", "shared::NINE") if name != "shared" else NINE)
    for name in ("one", "two"):
        text = TINY_TOML.replace('"tiny"', f'"{name}"').replace(
            'crate = "src/lib.rs"', f'package = "{name}/Cargo.toml"'
        )
        project.write(f"{name}.toml", text)
    project.write("link.ld", LINK_LD).write("c/main.c", MAIN_C).write("c/main.h", MAIN_H)
    home = {"CARGO_HOME": str(tmp_path / "home")}
    subprocess.run([git_cargo(), "generate-lockfile", "--quiet"], cwd=project.folder, check=True)
    run = project.build(env=home)
    assert "FETCH what one/Cargo.toml needs" in run.stdout
    assert sorted(step for step in run.steps if "0.1.0" in step or "0.2.0" in step) == [
        "RUSTC one 0.1.0",
        "RUSTC shared 0.1.0",
        "RUSTC three 0.2.0",
        "RUSTC two 0.1.0",
    ]
    assert run.steps.count("RUSTC core") == 1
    project.edit("shared/src/lib.rs", "3 *", "4 *")
    assert sorted(project.build("firmware=two", env=home).steps)[-3:] == [
        "RUSTC two 0.1.0",
        "RUSTC two_umbrella",
        "SIZE two.elf",
    ]
    (source,) = (tmp_path / "home/git/checkouts").glob("*/*/src/lib.rs")
    source.write_text(source.read_text(encoding="utf-8") + "// edited\n", encoding="utf-8")
    assert f"{source}: edited; expected the file of three 0.2.0" in project.fail(env=home).stderr


SHARED = 'shared = { path = "../shared" }'
NINE = "#![no_std]\npub const NINE: u32 = 3 * three::THREE;\n"


@pytest.fixture
def fetching(tmp_path: Path) -> Project:
    """Give a package with one dependency, which no cargo of the test's own home has."""
    project = write_cargo_firmware(tmp_path / "project")
    project.edit("Cargo.toml", "mac = {", 'cfg-if = "=1.0.0"\nmac = {')
    return project.edit("Cargo.lock", ' "board",\n "mac"', ' "board",\n "cfg-if",\n "mac"').edit(
        "Cargo.lock",
        '[[package]]\nname = "mac"',
        '[[package]]\nname = "cfg-if"\nversion = "1.0.0"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        'checksum = "baf1de4339761588bc0619e3cbc0120ee582ebb74b53b4efbf79117bd2da40fd"\n\n'
        '[[package]]\nname = "mac"',
    )


def test_fetching_is_said_and_verified(fetching: Project, tmp_path: Path) -> None:
    home = {"CARGO_HOME": str(tmp_path / "home")}
    refused = fetching.fail("offline=1", env=home)
    assert "a package that Cargo.lock names is not on this machine, and offline=1 fetches nothing" in refused.stderr
    run = fetching.build("fetch", env=home)
    assert "FETCH what Cargo.toml needs" in run.stdout
    assert "Cargo.lock  1 packages are here, as locked" in run.stdout
    assert run.steps == []
    assert "FETCH" not in fetching.build("offline=1", env=home).stdout
    (source,) = (tmp_path / "home/registry/src").glob("*/cfg-if-1.0.0/src/lib.rs")
    source.write_text(source.read_text(encoding="utf-8") + "// edited\n", encoding="utf-8")
    edited = fetching.fail("offline=1", env=home)
    assert f"{source}: edited; expected the file of cfg-if 1.0.0" in edited.stderr


RISCV = "riscv32imac-unknown-none-elf"
RISCV_FILES = {
    "firmware.toml": f"""\
[firmware]
name = "rv"
targets = ["{RISCV}"]

[rust]
package = "Cargo.toml"

[run]
expect = ["hello riscv-rt"]
""",
    "Cargo.toml": """\
[package]
name = "rv"
version = "0.1.0"
edition = "2021"

[dependencies]
riscv-rt = "0.13"
panic-halt = "1"

[profile.release]
opt-level = "s"
""",
    ".cargo/config.toml": (
        "[target.'cfg(target_arch = \"riscv32\")']\n"
        'rustflags = ["-C", "link-arg=-Tmemory.x", "-C", "link-arg=-Tlink.x"]\n'
    ),
    "memory.x": "MEMORY { RAM : ORIGIN = 0x80000000, LENGTH = 1M }\n"
    + "".join(f'REGION_ALIAS("REGION_{name}", RAM);\n' for name in ("TEXT", "RODATA", "DATA", "BSS", "HEAP", "STACK")),
    "src/main.rs": """\
#![no_std]
#![no_main]
use panic_halt as _;
#[riscv_rt::entry]
fn main() -> ! {
    for byte in b"hello riscv-rt\\n" {
        unsafe { (0x1000_0000 as *mut u8).write_volatile(*byte) }
    }
    unsafe { (0x10_0000 as *mut u32).write_volatile(0x5555) };
    loop {}
}
""",
}


def test_riscv_rt_boots(tmp_path: Path) -> None:
    need_tool("cargo", "riscv64-unknown-elf-gcc", "qemu-system-riscv32")
    project = Project(tmp_path / "rv").sconstruct(SCONSTRUCT)
    for path, text in RISCV_FILES.items():
        project.write(path, text)
    shutil.copy(CHECKOUT / "tests/data/cargo/riscv/Cargo.lock", project.folder)
    (project.folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{RISCV}.json", project.folder / "targets")
    assert "pass  rv" in project.build("check").stdout


def test_it_boots_optimised_over_all_crates(tmp_path: Path) -> None:
    need_tool("qemu-system-arm")
    project = write_blinky(tmp_path / "blinky")
    for old, new in (('"s"\n', '"s"\nlto = "fat"\n'), ('"fat"', '"thin"')):
        project.edit("Cargo.toml", old, new)
        run = project.build("linker=lld", "images", "check", "verbose=1")
        assert "pass  blinky" in run.stdout
        assert f"-Clto={new.split(chr(34))[-2]}" in run.stdout
    # one core with bitcode serves both
    assert len(list((project.folder / OUT).glob("sysroot-*"))) == 1
    assert project.up_to_date("linker=lld")
