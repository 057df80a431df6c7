"""target-spec and new-target in a whole product, and the page that shows them."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from pathlib import Path

import pytest

from board import copy_product
from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project, Run
from rust_examples import built_in_spec
from steelmill.target_spec.overlay_toml import parse_overlay

BASE = "thumbv7em-none-eabihf"
NAME = "thumbv7em-acme-none-eabihf"
PATH = f"targets/{NAME}.toml"
PAGE = (CHECKOUT / "targets/README.md").read_text(encoding="utf-8")
SHIPPED = json.loads((CHECKOUT / f"targets/{BASE}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("arm-none-eabi-gcc", "qemu-system-arm")
    return copy_product(tmp_path_factory.mktemp("new_target") / "product")


@pytest.fixture
def product(tmp_path: Path) -> Project:
    return copy_product(tmp_path / "product")


def new_target(project: Project, *more: str, like: str = BASE, name: str = NAME) -> Run:
    return project.build("-Q", "new-target", f"like={like}", f"name={name}", *more)


def blocks(heading: str) -> list[tuple[str, str]]:
    """Give the fenced blocks below a heading of the page: (language, text)."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^ *```(\w+)\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)
    return [(language, textwrap.dedent(text)) for language, text in found]


def without_what_varies(text: str) -> str:
    """Take versions, times and the number of names that LLVM has out of a text."""
    return re.sub(r"\d+\.\d+\.\d+|\d+\.\d s|and \d+ more", "*", text)


def test_the_page_shows_what_is_printed(shared: Project) -> None:
    """The blocks in their order: a command is run, a file is written, a text is what the last command printed."""
    printed = ""
    counts = {"sh": 0, "toml": 0, "text": 0}
    for language, text in blocks("Add a target"):
        counts[language] += 1
        if language == "sh":
            command = text.partition(" > ")[0].split()
            assert command[0] == "scons"
            printed = without_what_varies(shared.build(*command[1:]).output)
        elif language == "toml":
            shared.write(PATH, text)
        else:
            for part in without_what_varies(text).split("...\n"):
                assert part in printed
    assert counts == {"sh": 3, "toml": 1, "text": 3}


def test_the_examples_of_overlays_are_overlays() -> None:
    rows = [line.split(" | ") for line in PAGE.partition("## Overlays\n")[2].splitlines() if line.startswith("| `")]
    assert [row[0].strip("|` []") for row in rows] == ["inherits", "features", "unset", "set"]
    for row in rows:
        example = row[4].strip("`| ")
        base = "" if example.startswith("inherits") else 'inherits = "base"\n'
        assert tomllib.loads(f"{base}{example}\n")
        parse_overlay(f"{base}{example}\n", "targets/board.toml")


def test_a_new_target_is_built_when_it_is_listed(shared: Project) -> None:
    if not (shared.folder / PATH).exists():
        new_target(shared)
    shared.write(PATH, f'inherits = "{BASE}"\n[set]\nvendor = "acme"\n')
    shared.edit("firmware/hello/firmware.toml", f'"{BASE}",', f'"{BASE}", "{NAME}",')
    shared.edit("SConstruct", f'"{BASE}"', f'"{BASE}", "{NAME}"')
    run = shared.build("firmware=hello", f"target={NAME}", "images", "check")
    assert f"pass  hello  {NAME}" in run.stdout
    assert shared.up_to_date("firmware=hello", f"target={NAME}")


def test_the_whole_specification_as_json(product: Project) -> None:
    run = new_target(product, "format=json", like="thumbv7m-none-eabi", name="thumbv7m-acme-none-eabi")
    path = "targets/thumbv7m-acme-none-eabi.json"
    assert f"wrote {path}\n" in run.stdout
    written = json.loads(product.read_bytes(path))
    assert written.pop("vendor") == "acme"
    assert written == json.loads(product.read_bytes("targets/thumbv7m-none-eabi.json"))


def test_a_target_of_rustc_as_json_has_neither_mark_nor_metadata(tmp_path: Path) -> None:
    # no folder targets/ here: it is made
    project = Project(tmp_path / "p").sconstruct('Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])\n')
    new_target(project, "format=json")
    built_in = dict(built_in_spec(BASE).keys)
    assert {"metadata", "linker"} < built_in.keys()
    del built_in["metadata"]
    assert json.loads(project.read_bytes(f"targets/{NAME}.json")) == {**built_in, "vendor": "acme"}


def test_an_overlay_of_a_file_elsewhere(product: Project) -> None:
    product.write("boards/one.toml", f'inherits = "{BASE}"\n')
    new_target(product, like="boards/one.toml")
    assert product.read_bytes(PATH) == b'inherits = "../boards/one.toml"\n\n[set]\nvendor = "acme"\n'
    assert json.loads(product.build("-s", "target-spec", f"target={NAME}").stdout) == {**SHIPPED, "vendor": "acme"}


def test_a_missing_c_compiler_is_told_and_no_error(product: Project) -> None:
    run = product.build("-Q", "new-target", f"like={BASE}", f"name={NAME}", "cc=/bin/false")
    assert "  C compiler    /bin/false --version printed " in run.stdout
    assert (product.folder / PATH).exists()


def test_nothing_is_planned_or_built(product: Project) -> None:
    product.write("firmware/hello/firmware.toml", '[firmware]\nname = "hello"\n[rust]\ncrate = "gone.rs"\n')
    run = product.build("-Q", "target-spec", f"target={BASE}")
    assert json.loads(run.stdout) == SHIPPED
    new_target(product)
    assert not (product.folder / "build").exists()


def test_nothing_is_written_by_a_dry_run(product: Project) -> None:
    before = sorted(product.folder.rglob("*"))
    product.build("-n", "new-target", f"like={BASE}", f"name={NAME}")
    assert sorted(product.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("target", "difference"),
    [
        ("thumbv7m-none-eabi", "targets/thumbv7m-none-eabi.json differs from rustc thumbv7m-none-eabi in\n  + cpu "),
        ("riscv32imc-unknown-none-elf", "rustc riscv32imc-unknown-none-elf is built in\n"),
        ("i686-unknown-none", "targets/i686-unknown-none.json: no target built into rustc is like it\n"),
        ("boards/mine.json", f"boards/mine.json differs from rustc {BASE} in\n"),
    ],
)
def test_the_difference(product: Project, target: str, difference: str) -> None:
    product.write("boards/mine.json", json.dumps(SHIPPED))
    run = product.build("-Q", "target-spec", f"target={target}")
    assert run.stderr.startswith(difference)
    assert json.loads(run.stdout)["llvm-target"]
    assert product.build("-s", "target-spec", f"target={target}").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["target-spec"], "target=: target-spec prints one target; none is chosen\n  remedy   say scons target-spec "),
        (["target-spec", f"target={BASE},i686-unknown-none"], "target-spec prints one target; 2 are chosen"),
        (["target-spec", "target=thumbv7em"], "target=: unknown target 'thumbv7em'"),
        (["target-spc", f"target={BASE}"], "nothing is called 'target-spc'; did you mean 'target-spec'?"),
        (["new-target", f"name={NAME}"], "new-target needs like=\n  remedy   say scons new-target like=TARGET "),
        (["new-target", f"like={BASE}"], "new-target needs name=\n"),
        (["new-target", f"like={BASE}x", f"name={NAME}"], f"like=: unknown target '{BASE}x'; did you mean '{BASE}'?"),
        (["new-target", f"like={BASE}", "name=board"], "expected thumbv7em-VENDOR-none-eabihf"),
        (["new-target", "like=thumbv7m-none-eabi", f"name={NAME}"], "expected thumbv7m-VENDOR-none-eabi"),
        (["new-target", f"like={BASE}", f"name={NAME}", "format=yaml"], "'yaml' is no value of format"),
        (
            ["new-target", "like=riscv32imac-unknown-none-elf", "name=riscv32imac-unknown-none-elf"],
            "targets/riscv32imac-unknown-none-elf.json: it is there already, and stays as it is\n",
        ),
        (
            ["new-target", "like=riscv32imc-unknown-none-elf", "name=riscv32imc-unknown-none-elf"],
            "name=: 'riscv32imc-unknown-none-elf' is built into rustc\n",
        ),
        ([f"name={NAME}"], f"name={NAME}: name= belongs to the verb new-target\n  remedy   say scons new-target name="),
        (["check", f"like={BASE}"], f"like={BASE}: like= belongs to the verb new-target\n"),
        (["target-spec", "format=json"], "format=json: format= belongs to the verb new-target\n"),
    ],
)
def test_what_is_wrong_is_told(shared: Project, arguments: list[str], message: str) -> None:
    run = shared.fail(*arguments)
    assert message in run.output
    assert "remedy" in run.output


def test_a_file_that_is_there_stays(product: Project) -> None:
    new_target(product)
    product.write(PATH, "# mine\n")
    for form in ("toml", "json"):
        run = product.fail("new-target", f"like={BASE}", f"name={NAME}", f"format={form}")
        assert f"{PATH}: it is there already, and stays as it is" in run.output
    assert product.read_bytes(PATH) == b"# mine\n"
    assert not (product.folder / f"targets/{NAME}.json").exists()


def test_a_base_that_rustc_refuses_leaves_nothing_behind(product: Project) -> None:
    product.write("boards/bad.toml", f'inherits = "{BASE}"\n[set]\ncpu = "cortex-m99"\n')
    run = product.fail("new-target", "like=boards/bad.toml", f"name={NAME}")
    assert "boards/bad.toml:3: cpu: " in run.output
    assert not (product.folder / PATH).exists()


def test_a_project_may_have_variables_of_these_names(tmp_path: Path) -> None:
    project = Project(tmp_path / "p").sconstruct(
        SCONSTRUCT.replace("[TOOLPATH])", '[TOOLPATH], STEELMILL_ARGUMENTS=["name"])')
    )
    project.write("firmware.toml", '[firmware]\nname = "x"\ntargets = []\n[c]\nsources = ["x.c"]\n')
    assert "no target is chosen" in project.fail("name=anything").stderr
