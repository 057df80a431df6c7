"""The dependency contract of Cargo packages: which input changed -> exactly which Steps run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cargo_firmware import BUILD_RS, ELF, FIRMWARE_TOML, TARGET, write_cargo_firmware
from processes import watch
from project import SCONS, Project
from tiny import copy_project

APP, PART, BOARD = (f"RUSTC {name} 0.1.0" for name in ("app", "part", "board"))
RUN_APP, RUN_BOARD = (f"RUN build script of {name} 0.1.0" for name in ("app", "board"))
MAC = "RUSTC mac 0.1.0"
UMBRELLA = "RUSTC app_umbrella"
LINK = "LINK app.elf"
IMAGE = (UMBRELLA, LINK, "SIZE app.elf")
"""What follows when the library's bytes change."""
HOST_APP, HOST_BOARD = APP, BOARD
"""Build scripts are called like their packages."""


PART_LOCKED = 'name = "part"\nversion = "0.1.0"'


@dataclass(frozen=True)
class Row:
    """One change and what it rebuilds."""

    name: str
    edit: Callable[[Project], object]
    steps: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


def edit(path: str, old: str, new: str) -> Callable[[Project], object]:
    return lambda project: project.edit(path, old, new)


def edits(*all_edits: tuple[str, str, str]) -> Callable[[Project], object]:
    return lambda project: [project.edit(*one) for one in all_edits]


def write(path: str, text: str) -> Callable[[Project], object]:
    return lambda project: project.write(path, text)


def writes(files: Mapping[str, str]) -> Callable[[Project], object]:
    return lambda project: [project.write(path, text) for path, text in files.items()]


def remove_out_dir(project: Project) -> None:
    (folder,) = (path.parent for path in project.folder.glob("build/*/release/crates/app-*/out/number.rs"))
    shutil.rmtree(folder)


def nothing(_project: Project) -> None:
    """Change no file: the row is about the environment."""


ROWS = (
    Row("code that is left out", edit("src/lib.rs", "1000", "2000"), (APP, UMBRELLA)),
    Row("a comment in a source", edit("src/lib.rs", "#![no_std]", "#![no_std] // small"), (APP, UMBRELLA)),
    Row("a source that changes code", edit("src/lib.rs", "+ loud", "+ 7 * loud + 1"), (APP, *IMAGE)),
    Row("a path dependency", edit("part/src/lib.rs", "{ 1 }", "{ 5 }"), (PART, APP, *IMAGE)),
    Row("a proc macro", edit("mac/src/lib.rs", "1u32", "2u32"), (MAC, APP, *IMAGE)),
    Row("a comment in a proc macro", edit("mac/src/lib.rs", "TokenStream;", "TokenStream; // x"), (MAC, APP, UMBRELLA)),
    Row("a comment in a build script", write("build.rs", f"{BUILD_RS}// x\n"), (HOST_APP,)),
    Row(
        "a build script that says another thing",
        edit("build.rs", "GREETING=hi", "GREETING=high"),
        (HOST_APP, RUN_APP, APP, *IMAGE),
    ),
    Row("a file of rerun-if-changed", write("number.txt", "41\n"), (RUN_APP, APP, *IMAGE)),
    Row("such a file, to the same end", write("number.txt", "40 \n"), (RUN_APP,)),
    Row("a variable of rerun-if-env-changed", nothing, (RUN_APP, APP, *IMAGE), {"GREET": "ng"}),
    Row("another variable", nothing, (), {"GREAT": "ng"}),
    Row("a file that nothing names, of a package whose script names none", write("board/new.txt", ""), (RUN_BOARD,)),
    Row("a file of a package below that one", writes({"board/sub/Cargo.toml": "", "board/sub/new.txt": ""})),
    Row("a hidden file in it", write("board/.notes", "")),
    Row("metadata of a links key", write("board/pins/list.txt", "one\n"), (RUN_BOARD, RUN_APP, APP, *IMAGE)),
    Row("an OUT_DIR that was removed", remove_out_dir, (RUN_APP,)),
    Row("a file beside the package", write("notes.txt", "")),
    Row("Cargo.toml, a comment", edit("Cargo.toml", "[workspace]", "# x\n[workspace]")),
    Row("an example of the package", write("examples/tool.rs", "fn main() {}\n"), (RUN_APP,)),
    Row(
        "a feature that firmware.toml turns on",
        edit("firmware.toml", "features = []", 'features = ["loud"]'),
        (HOST_APP, RUN_APP, APP, *IMAGE),
    ),
    Row("a feature of a dependency", edit("Cargo.toml", "features = []", 'features = ["extra"]'), (PART, APP, *IMAGE)),
    Row(
        "a dependency's version",
        edits(
            ("part/Cargo.toml", "0.1.0", "0.2.0"), ("Cargo.lock", PART_LOCKED, PART_LOCKED.replace("0.1.0", "0.2.0"))
        ),
        ("RUSTC part 0.2.0", APP, *IMAGE),
    ),
    Row(
        "what Cargo.toml says to people, which env! may read",
        edit("Cargo.toml", 'edition = "2021"', 'edition = "2021"\ndescription = "small"'),
        (HOST_APP, RUN_APP, APP),
    ),
    Row(
        "what Cargo.toml says to a registry",
        edit("Cargo.toml", 'edition = "2021"', 'edition = "2021"\nkeywords = ["small"]\npublish = false'),
    ),
    Row(
        "the profile of a dependency",
        edit("Cargo.toml", '"s"', '"s"\n\n[profile.release.package.part]\nopt-level = 3'),
        (PART, APP, *IMAGE),
    ),
    Row(
        "the profile",
        edit("Cargo.toml", '"s"', '"s"\nrpath = true'),
        (HOST_APP, HOST_BOARD, MAC, RUN_APP, RUN_BOARD, PART, BOARD, APP, *IMAGE),
    ),
    Row(
        "the environment of config.toml",
        write(".cargo/config.toml", '[env]\nUNUSED = "1"\n'),
        (HOST_APP, HOST_BOARD, MAC, RUN_APP, RUN_BOARD, PART, BOARD, APP, UMBRELLA, LINK),
    ),
    Row(
        "flags of config.toml, which reach nothing of the host",
        write(".cargo/config.toml", '[build]\nrustflags = ["--cfg", "from_config"]\n'),
        (RUN_APP, RUN_BOARD, PART, BOARD, APP, UMBRELLA, LINK),
    ),
    Row(
        "what config.toml says in the place of a build script",
        write(".cargo/config.toml", f'[target.{TARGET}.board]\npins = "1"\nrustc-cfg = ["wide"]\n'),
        (RUN_BOARD, BOARD, RUN_APP, APP, *IMAGE),
    ),
    Row(
        "build-std of config.toml",
        write(".cargo/config.toml", '[unstable]\nbuild-std = ["core", "alloc"]\n'),
        ("RUSTC alloc", RUN_APP, RUN_BOARD, PART, BOARD, APP, UMBRELLA, LINK),
    ),
    Row(
        "what config.toml says of it, where firmware.toml says it too",
        writes(
            {
                ".cargo/config.toml": '[unstable]\nbuild-std = ["std"]\n',
                "firmware.toml": FIRMWARE_TOML.replace("features = []", 'features = []\nbuild-std = ["core"]'),
            }
        ),
    ),
    Row(
        "RUSTFLAGS",
        nothing,
        (RUN_APP, RUN_BOARD, PART, BOARD, APP, UMBRELLA, LINK),
        {"RUSTFLAGS": "--cfg from_environment"},
    ),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = write_cargo_firmware(tmp_path_factory.mktemp("cargo") / "built")
    project.build()
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    return copy_project(built, tmp_path / "project")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_change_rebuilds_what_it_reaches(project: Project, row: Row) -> None:
    row.edit(project)
    run = project.build(env=row.env)
    assert sorted(run.steps) == sorted(row.steps)
    assert project.build("-Q", env=row.env).steps == []


def test_flags_for_code_generation_reach_core(project: Project) -> None:
    project.write(".cargo/config.toml", '[build]\nrustflags = ["-Cforce-frame-pointers=yes"]\n')
    assert {"RUSTC core", "RUSTC compiler_builtins", APP} <= set(project.build("-n").steps)


def test_the_second_build_starts_no_process(built: Project, tmp_path: Path) -> None:
    built.build()
    done, started = watch([*SCONS], built.folder, tmp_path)
    assert done.returncode == 0, done.stderr
    assert started == []


def test_another_folder_gives_the_same_bytes(built: Project, tmp_path: Path) -> None:
    other = write_cargo_firmware(tmp_path / "elsewhere")
    other.build()
    assert other.read_bytes(ELF) == built.read_bytes(ELF)
    names = sorted(
        str(path.relative_to(other.folder)) for path in (other.folder / "build").rglob("*") if path.is_file()
    )
    assert names == sorted(
        str(path.relative_to(built.folder)) for path in (built.folder / "build").rglob("*") if path.is_file()
    )


def test_a_profile_of_cargo_toml_is_picked_by_its_name(project: Project, tmp_path: Path) -> None:
    project.edit(
        "Cargo.toml",
        "[profile.release]",
        '[profile.tiny]\ninherits = "release"\npackage.part.opt-level = 3\n\n[profile.release]',
    )
    project.edit("firmware.toml", "[link]", '[profile.release.c]\ndefines = ["RELEASED"]\n\n[link]')
    project.edit("c/main.h", "#define NUMBER", "#ifndef RELEASED\n#error\n#endif\n#define NUMBER")
    project.edit("build.rs", "GREETING=hi", "GREETING=hi-{}").edit(
        "build.rs", 'env::var("GREET")', 'env::var("PROFILE").unwrap(), env::var("GREET")'
    )
    project.build("profile=tiny")
    (part,) = project.folder.glob(f"build/{TARGET}/tiny/crates/part-*/.steps/*")
    assert "-Copt-level=3" in part.read_text(encoding="utf-8")
    (said,) = project.folder.glob(f"build/{TARGET}/tiny/crates/app-*/env.json")
    assert '"hi-release"' in said.read_text(encoding="utf-8")
    done, started = watch([*SCONS, "profile=tiny"], project.folder, tmp_path)
    assert (done.returncode, started) == (0, [])
    run = project.fail("profile=tny")
    assert "profile=tny: no profile is called 'tny'; did you mean 'tiny'?" in run.stderr


CHECKSUM = "0" * 64
VENDORED = {
    ".cargo/config.toml": '[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "vendor"\n',
    **{
        f"vendor/small-{version}/{path}": text
        for version in ("1.0.0", "1.0.1")
        for path, text in {
            "Cargo.toml": f'[package]\nname = "small"\nversion = "{version}"\nedition = "2021"\n',
            "src/lib.rs": f"#![no_std]\npub const PATCH: u32 = {version[-1]};\n",
            ".cargo-checksum.json": f'{{"files": {{}}, "package": "{CHECKSUM}"}}\n',
        }.items()
    },
}
LOCKED = f"""
[[package]]
name = "small"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "{CHECKSUM}"
"""


def test_another_version_of_a_dependency_rebuilds_what_uses_it(project: Project) -> None:
    for path, text in VENDORED.items():
        project.write(path, text)
    project.edit("part/Cargo.toml", "[dependencies]\n", '[dependencies]\nsmall = "1"\n')
    project.edit("part/src/lib.rs", "{ 1 }", "{ 1 + small::PATCH }")
    project.edit(
        "Cargo.lock",
        'name = "part"\nversion = "0.1.0"\n',
        'name = "part"\nversion = "0.1.0"\ndependencies = [\n "small",\n]\n' + LOCKED,
    )
    assert "RUSTC small 1.0.0" in project.build("offline=1").steps
    project.edit("Cargo.lock", 'name = "small"\nversion = "1.0.0"', 'name = "small"\nversion = "1.0.1"')
    run = project.build("offline=1")
    assert sorted(run.steps) == sorted(("RUSTC small 1.0.1", PART, APP, *IMAGE))


@dataclass(frozen=True)
class Mistake:
    """What is wrong, and what a user reads of it."""

    name: str
    edit: Callable[[Project], object]
    says: tuple[str, ...]


def remove(path: str) -> Callable[[Project], object]:
    return lambda project: (project.folder / path).unlink()


def link_twice(project: Project) -> None:
    project.write(
        "again/Cargo.toml", '[package]\nname = "again"\nversion = "0.1.0"\nedition = "2021"\nlinks = "board"\n'
    )
    project.write("again/src/lib.rs", "#![no_std]\n").write("again/build.rs", "fn main() {}\n")
    project.edit("Cargo.toml", "[dependencies]\n", '[dependencies]\nagain = { path = "again" }\n')


MISTAKES = (
    Mistake(
        "no Cargo.lock",
        remove("Cargo.lock"),
        (
            "firmware.toml:6: the package has no Cargo.lock, which says which versions are built\n",
            "run `cargo generate-lockfile --manifest-path Cargo.toml`, and keep Cargo.lock under version control\n",
        ),
    ),
    Mistake(
        "a lock file that is out of date",
        edit("Cargo.lock", ' "part",\n', ""),
        (
            "firmware.toml:6: Cargo.lock is out of date: Cargo.toml asks for what it does not name\n",
            "run `cargo update --workspace --manifest-path Cargo.toml`",
        ),
    ),
    Mistake(
        "an unknown feature",
        edit("firmware.toml", "features = []", 'features = ["lout"]'),
        ("firmware.toml:7: app has no feature 'lout'; did you mean 'loud'?\n  remedy   choose among loud\n",),
    ),
    Mistake(
        "an unknown binary",
        edit("firmware.toml", "features = []", 'bin = "ap"'),
        ("firmware.toml:7: app has no binary 'ap'\n  remedy   take bin out: the package has a library alone\n",),
    ),
    Mistake(
        "two packages with one links key",
        link_twice,
        ("firmware.toml:6: two packages link the native library board, and an image takes one\n",),
    ),
    Mistake(
        "a package that needs std",
        edit("part/src/lib.rs", "#![no_std]\n", ""),
        (
            "the crate root does not say #![no_std], so it wants std, which no bare-metal target has\n",
            "write #![no_std] as the first line of the crate root\n",
        ),
    ),
    Mistake(
        "a build script that fails",
        edit(
            "build.rs",
            "let number =",
            'eprintln!("no number in {}", env::var("TARGET").unwrap());\n    std::process::exit(3);\n    let number =',
        ),
        (
            "build.rs: the build script of app 0.1.0 failed: exit status 3\n"
            f"  stderr   no number in {TARGET}\n  remedy   mend what it names\n",
        ),
    ),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_explained_in_a_few_lines(project: Project, mistake: Mistake) -> None:
    mistake.edit(project)
    run = project.fail("offline=1")
    for words in mistake.says:
        assert words in run.stderr
    assert len(run.stderr) < 3000
    assert "CARGO_PKG" not in run.output
