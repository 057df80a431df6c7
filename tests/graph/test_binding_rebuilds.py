"""Which edit makes bindings and generated headers again, what follows, and what is said where they cannot be made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bound_project import BINDINGS, HEADER, write_bound
from conftest import need_tool
from project import Project
from rust_examples import SYSTEM_RUSTC
from tiny import copy_project

C_MAIN, C_DRIVER, AS, BINDGEN, CBINDGEN = (
    "CC c/main.c",
    "CC c/driver.c",
    "AS c/start.s",
    "BINDGEN c/driver.h",
    "CBINDGEN app.h",
)
SYS, API, APP = "RUSTC driver_sys", "RUSTC api", "RUSTC app"
IMAGE = ("LINK app.elf", "IMAGE app.bin", "IMAGE app.hex", "SIZE app.elf")


class Row(NamedTuple):
    """One change of the tree as the rows before have left it, and what it rebuilds."""

    name: str
    edit: Callable[[Project], object]
    steps: tuple[str, ...]


def edit(path: str, old: str, new: str) -> Callable[[Project], object]:
    return lambda project: project.edit(path, old, new)


def own_config(project: Project) -> None:
    project.write("cbindgen.toml", 'language = "C"\ncpp_compat = true\nno_includes = true\n')
    project.edit("cbindgen.toml", "no_includes = true", 'sys_includes = ["stdint.h"]\nno_includes = true')
    project.edit("firmware.toml", 'header = "app.h"', 'header = "app.h"\nconfig = "cbindgen.toml"')


ROWS = (
    Row("nothing", lambda _project: None, ()),
    Row("included header", edit("c/reg map.h", "1", "2"), (BINDGEN, C_DRIVER, SYS, API, APP, *IMAGE)),
    # its bindings are the same bytes
    Row("included header: comment", edit("c/reg map.h", "2", "2 /* two */"), (BINDGEN, C_DRIVER)),
    Row(
        "header", edit("c/driver.h", "channel;", "channel; uint32_t spare;"), (BINDGEN, C_DRIVER, SYS, API, APP, *IMAGE)
    ),
    Row("bound by allowlist", edit("firmware.toml", '"LIMIT", ', ""), (BINDGEN,)),
    Row(
        "macro", edit("firmware.toml", "libraries =", 'defines = ["X=1"]\nlibraries ='), (BINDGEN, C_MAIN, C_DRIVER, AS)
    ),
    Row("Rust: comment", edit("api/report.rs", "#[repr(C)]", "// in C too\n#[repr(C)]"), (CBINDGEN, API, APP)),
    Row(
        "Rust: a type of the header",
        edit("api/report.rs", "total: u32", "total: u32,\npub more: u32"),
        (CBINDGEN, API, APP, C_MAIN, *IMAGE),
    ),
    Row("a configuration of its own", own_config, (CBINDGEN, C_MAIN)),
    Row(
        "configuration: no change of the header",
        edit("cbindgen.toml", "language", "usize_is_size_t = true\nlanguage"),
        (CBINDGEN,),
    ),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("arm-none-eabi-gcc", "bindgen", "cbindgen")
    project = write_bound(tmp_path_factory.mktemp("built") / "bound")
    project.build()
    return project


@pytest.fixture
def bound(built: Project, tmp_path: Path) -> Project:
    return copy_project(built, tmp_path / "bound")


def test_an_edit_rebuilds_what_it_reaches(bound: Project) -> None:
    for row in ROWS:
        row.edit(bound)
        assert sorted(bound.build().steps) == sorted(row.steps), row.name


def test_another_tool_makes_them_again_and_equal_bytes_stop_there(bound: Project, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bindgen", "cbindgen"):
        wrapper = tmp_path / "bin" / name
        wrapper.write_text(f'#!/bin/sh\nexec {shutil.which(name)} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
    other = bound.build(env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    assert sorted(other.steps) == sorted([BINDGEN, CBINDGEN])


def test_lost_files_are_made_again(bound: Project) -> None:
    before = bound.read_bytes(HEADER), bound.read_bytes(BINDINGS)
    for path in (HEADER, BINDINGS):
        (bound.folder / path).unlink()
    assert bound.build().steps == [CBINDGEN]
    assert (bound.read_bytes(HEADER), bound.read_bytes(BINDINGS)) == before


def test_what_is_missing_is_told_with_the_line_that_asks_for_it(bound: Project, tmp_path: Path) -> None:
    toml = bound.read_bytes("firmware.toml").decode()
    line = toml[: toml.index('header    = "c/driver.h"')].count("\n") + 1
    bound.write(
        "firmware.toml", toml.replace('"c/driver.h"', '"driver.h"').replace("libraries", 'include = ["c"]\nlibraries')
    )
    assert (
        f"firmware.toml:{line + 1}: [[bindgen]] header names driver.h, which does not exist; c/driver.h does\n"
        "  remedy   correct the path, which starts from the folder of this file\n"
    ) in bound.fail().stderr
    bound.write("firmware.toml", toml.replace('crate  = "api"', 'crate  = "api"\nconfig = "cbind.toml"'))
    assert "[[cbindgen]] config names cbind.toml, which does not exist" in bound.fail().stderr
    bound.write("firmware.toml", toml)
    run = bound.fail(f"rustc={SYSTEM_RUSTC}", env={"PATH": str(tmp_path)})
    assert f"firmware.toml:{line}: no bindgen on PATH\n" in run.stderr
    assert "cargo install --locked bindgen-cli" in run.stderr


def test_a_header_that_clang_refuses_is_shown_and_explained(bound: Project) -> None:
    before = bound.read_bytes(BINDINGS)
    bound.edit("c/reg map.h", "#define", "sise_t lost;\n#define")
    run = bound.fail(BINDINGS)
    assert "c/reg map.h:1:1: error: unknown type name 'sise_t'" in run.stderr
    assert "docs/errors.md#header-for-bindgen" in run.stderr
    bound.edit("c/reg map.h", "sise_t lost;\n", "")
    assert bound.build(BINDINGS).steps == [BINDGEN]
    assert bound.read_bytes(BINDINGS) == before
