"""Overlays in a build: what an edit of one, or of its base, rebuilds; where they are found; what is wrong with some."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import need_tool
from processes import watch
from project import CHECKOUT, SCONS, SCONSTRUCT, Project
from rust_examples import built_in_spec
from tiny import TARGET, copy_project, write_tiny

BOARD = "targets/board.toml"
BASE = "targets/base.json"
SHIPPED = json.loads((CHECKOUT / f"targets/{TARGET}.json").read_text(encoding="utf-8"))
TARGET_STEPS = ("TARGET board", "PROBE board")
LINK = ("LINK tiny.elf",)
OPTION = "--build-id=none"
"""What changes no byte: there is no build id without it either."""
CODE = (*TARGET_STEPS, "RUSTC core", "RUSTC compiler_builtins", "RUSTC tiny", "CC c/main.c", *LINK, "SIZE tiny.elf")
"""What a change of the code rebuilds; the image's bytes need not change."""


@pytest.fixture(scope="module")
def built_overlay(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build for an overlay whose base is a JSON file; for copying only."""
    need_tool("arm-none-eabi-gcc")
    project = write_tiny(tmp_path_factory.mktemp("overlay") / "tiny").edit("firmware.toml", f'"{TARGET}"', '"board"')
    project.write(BASE, json.dumps(SHIPPED)).write(BOARD, 'inherits = "base.json"\n\n[set]\ncpu = "cortex-m4"\n')
    project.build()
    return project


@pytest.fixture
def overlay(built_overlay: Project, tmp_path: Path) -> Project:
    return copy_project(built_overlay, tmp_path / "tiny")


def with_base(**more: object) -> Callable[[Project], Project]:
    return lambda project: project.write(BASE, json.dumps({**SHIPPED, **more}, indent=3, sort_keys=True))


def saying(text: str) -> Callable[[Project], Project]:
    return lambda project: project.write(BOARD, text)


def in_two_steps(project: Project) -> Project:
    project.write("targets/middle.toml", '[set]\ncpu = "cortex-m4"\n'.join(['inherits = "base.json"\n', ""]))
    return project.write(BOARD, 'inherits = "middle.toml"\n')


def with_the_base_of_rustc(project: Project) -> Project:
    """Make the base what rustc has built in, which differs in its cpu."""
    return project.write(BASE, json.dumps(dict(built_in_spec(TARGET).keys))).write(BOARD, 'inherits = "base.json"\n')


class Row(NamedTuple):
    """One edit and the Steps that it makes run."""

    name: str
    edit: Callable[[Project], Project]
    steps: tuple[str, ...] = ()


ROWS = (
    Row("comment", saying('# note\ninherits = "base.json"\n[set]\ncpu = "cortex-m4" # the same\n')),
    Row("what the base says already", saying('inherits = "base.json"\n')),
    Row("another spelling of the base", saying('inherits = "../targets/base.json"\n')),
    Row("an overlay between", in_two_steps),
    Row("base re-indented", with_base()),
    Row("base with a description", with_base(metadata={"description": "of no weight"})),
    Row("argument of the link", saying(f'inherits = "base.json"\n[set.late-link-args]\ngnu = ["{OPTION}"]\n'), LINK),
    Row("argument of the link in the base", with_base(**{"late-link-args": {"gnu": [OPTION]}}), LINK),
    Row("base of other code", with_the_base_of_rustc, CODE),
    Row("another base", saying(f'inherits = "{TARGET}"\n'), CODE),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_edit_rebuilds_what_it_reaches(overlay: Project, row: Row) -> None:
    row.edit(overlay)
    assert set(overlay.build("-k").steps) - {"IMAGE tiny.bin"} == set(row.steps)
    assert overlay.up_to_date()


def test_a_null_build_starts_nothing_and_reads_no_toml(overlay: Project, tmp_path: Path) -> None:
    tail = 'import atexit\natexit.register(lambda: print("heavy", {"tomllib", "jsonschema"} & set(sys.modules)))\n'
    overlay.sconstruct(f"{SCONSTRUCT}{tail}").build()
    done, started = watch([*SCONS], overlay.folder, tmp_path)
    assert started == []
    assert "heavy set()" in done.stdout
    overlay.write(BOARD, f'# {tmp_path}: read for the first time\ninherits = "base.json"\n')
    assert "'tomllib'" in overlay.build().stdout


def test_the_overlay_gives_the_name(overlay: Project) -> None:
    toml = (overlay.folder / "firmware.toml").read_text(encoding="utf-8")
    overlay.write("firmware.toml", f'{toml}[target."board".image]\nformats = ["hex"]\n')
    overlay.build("target=board")
    assert overlay.read_bytes("build/board/release/tiny/tiny.hex")
    canonical = [path.name for path in (overlay.folder / "build/board/target").glob("*.json")]
    assert canonical == [f"{TARGET}.json"]


@pytest.mark.parametrize("where", ["boards/mine.toml", "{elsewhere}/mine.toml"])
def test_an_overlay_elsewhere(overlay: Project, tmp_path: Path, where: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    path = where.format(elsewhere=elsewhere)
    base = f"{overlay.folder}/{BASE}" if elsewhere.name in path else "../targets/base.json"
    overlay.edit("firmware.toml", 'targets     = ["board"]\n', "").write(path, f'inherits = "{base}"\n')
    named = path if path.startswith("boards") else "mine"
    overlay.build(f"target={named}", env={"RUST_TARGET_PATH": str(elsewhere)})
    assert overlay.read_bytes("build/mine/release/tiny/tiny.elf")


def test_an_overlay_may_have_the_name_of_the_built_in_target_that_it_inherits_from(overlay: Project) -> None:
    overlay.write(f"targets/{TARGET}.toml", f'inherits = "{TARGET}"\n[set]\ncpu = "cortex-m4"\n')
    run = overlay.build("-Q", "target-spec", f"target={TARGET}")
    assert json.loads(run.stdout)["cpu"] == "cortex-m4"
    assert run.stderr == f'targets/{TARGET}.toml differs from rustc {TARGET} in\n  + cpu  "cortex-m4"\n'


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {BOARD: 'inherits = "bas.json"\n'},
            "targets/board.toml:1: 'inherits' is 'bas.json', and there is no targets/bas.json; "
            "did you mean 'base.json'?\n  remedy   correct the path\n",
        ),
        (
            {BOARD: '# ours\ninherits = "thumbv7em-none-eabihff"\n'},
            "targets/board.toml:2: unknown target 'thumbv7em-none-eabihff'; did you mean 'thumbv7em-none-eabihf'?\n"
            "  looked at   targets/, RUST_TARGET_PATH, the targets built into rustc\n"
            "  remedy      name one of base, board, or a path to a JSON or TOML file\n",
        ),
        (
            {BOARD: 'inherits = "board"\n'},
            "targets/board.toml:1: unknown target 'board'\n",
        ),
        (
            {BOARD: '\ninherits = "other"\n', "targets/other.toml": 'inherits = "board.toml"\n'},
            "targets/board.toml:2: the overlays inherit from one another in a circle\n"
            "  circle   targets/board.toml -> targets/other.toml -> targets/board.toml\n"
            "  remedy   let one of them inherit from a target built into rustc, or from a JSON file\n",
        ),
        (
            {BOARD: 'inherits = "board.toml"\n'},
            "targets/board.toml:1: the overlays inherit from one another in a circle\n"
            "  circle   targets/board.toml -> targets/board.toml\n",
        ),
        (
            {BOARD: 'inherits = "base"\n', "targets/base.toml": 'inherits = "board"\n'},
            "base: targets/base.json and targets/base.toml have one name\n"
            "  remedy   remove one of them, or rename it\n",
        ),
        (
            {BOARD: 'inherits = "base.json"\ncpu = "x"\n'},
            "targets/board.toml:2: unknown key 'cpu'; keys of the target ",
        ),
        ({BASE: "{"}, "targets/base.json:1: not JSON: "),
        ({BOARD: 'inherits = "base.json"\n[set]\ncpu = "cortex-m99"\n'}, "targets/board.toml:3: cpu: "),
        ({BOARD: 'inherits = "base.json"\nfeatures = ["+warp"]\n'}, "targets/board.toml:2: features: "),
        ({BASE: json.dumps({**SHIPPED, "cpu": "m99"}, indent=1)}, "targets/base.json:7: cpu: "),
    ],
    ids=["path", "name", "itself", "circle", "own-path", "two-files", "key", "base", "cpu", "features", "base-cpu"],
)
def test_what_is_wrong_is_told(overlay: Project, files: dict[str, str], message: str) -> None:
    for path, text in files.items():
        overlay.write(path, text)
    run = overlay.fail()
    assert message in run.output
    assert "remedy" in run.output


def test_bytes_that_are_no_text_are_told(overlay: Project) -> None:
    (overlay.folder / BOARD).write_bytes(b'inherits = "\xff"\n')
    assert "targets/board.toml: cannot be read" in overlay.fail().stderr


def test_help_lists_it(overlay: Project) -> None:
    assert "\n  base\n  board\n" in overlay.build("-h").stdout


def test_a_dry_run_leaves_the_tree_as_it_was(overlay: Project) -> None:
    shutil.rmtree(overlay.folder / "build")
    overlay.build("-n")
    assert not (overlay.folder / "build").exists()
