"""Whatever was edited, taken back, added, deleted or interrupted: a build gives the bytes of a clean build."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conftest import need_tool
from project import Project
from tiny import BIN, ELF, FIRMWARE_TOML, LIB_RS, LINK_LD, MAIN_C, copy_project, image_bytes, write_tiny

SEEDS = range(4)
CHANGES_PER_SEED = 14
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)

_TOML = FIRMWARE_TOML.replace('include = ["c"]', 'include = ["first", "second"]\ncflags = []')
_C = MAIN_C.replace('#include "main.h"', "#include <number.h>")
_RS = LIB_RS.replace("#![no_std]", "#![no_std]\nmod extra;").replace("42", "42 + extra::N")
_MORE_C = '__attribute__((section(".vectors"), used)) const int more = 0x55;\n'

VARIANTS: Mapping[str, tuple[str | None, ...]] = {
    "firmware.toml": (
        _TOML,
        _TOML.replace("cflags = []", 'cflags = ["-DOFFSET=3"]'),
        _TOML.replace("0x2000_0000", "0x2000_1000"),
        _TOML + "# the end\n",
    ),
    "src/lib.rs": (
        _RS,
        _RS.replace("42", "43"),
        _RS.replace("    loop", "    // for ever\n    loop"),
        "syntax error\n",
    ),
    "src/extra.rs": ("pub const N: u32 = 1;\n", "pub const N: u32 = 2;\n", None),
    "src/extra/mod.rs": (None, "pub const N: u32 = 4;\n"),
    "c/main.c": (
        _C.replace("NUMBER", "NUMBER + OFFSET").replace("extern", "#ifndef OFFSET\n#define OFFSET 0\n#endif\nextern"),
        _C.replace("NUMBER", "2 * NUMBER"),
        _C + "/* the end */\n",
    ),
    "c/more.c": (None, _MORE_C, _MORE_C.replace("0x55", "0xaa")),
    "first/number.h": (None, "#define NUMBER 100\n"),
    "second/number.h": ("#define NUMBER 1\n", "#define NUMBER 2\n", "#define NUMBER 1 /* one */\n", None),
    "link.ld": (LINK_LD, LINK_LD.replace(".text :", ".text : ALIGN(16)"), LINK_LD + "/* the end */\n"),
}
"""Texts that a file may have, the first one at the start; None where the file is missing."""

Sources = dict[str, str | None]
Oracle = Callable[[Sources], tuple[bytes, bytes] | None]


def write_sources(project: Project, sources: Sources) -> None:
    for path, text in sources.items():
        if text is not None:
            project.write(path, text)
        else:
            (project.folder / path).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build the first variant of everything once."""
    need_tool("arm-none-eabi-gcc")
    project = write_tiny(tmp_path_factory.mktemp("random") / "start")
    write_sources(project, {path: texts[0] for path, texts in VARIANTS.items()})
    project.build()
    return project


@pytest.fixture(scope="module")
def clean_build(start: Project, tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """Give what a clean build makes of sources, None where it fails; equal sources are built once."""
    known: dict[tuple[str | None, ...], tuple[bytes, bytes] | None] = {}

    def build(sources: Sources) -> tuple[bytes, bytes] | None:
        key = tuple(sources.values())
        if key not in known:
            clean = copy_project(start, tmp_path_factory.mktemp("clean") / "sources", build=False)
            write_sources(clean, sources)
            run = clean.scons()
            assert "Traceback" not in run.output, run.output
            known[key] = image_bytes(clean) if run.status == 0 else None
        return known[key]

    return build


@pytest.mark.parametrize("seed", SEEDS)
def test_incremental_bytes_are_clean_bytes(start: Project, clean_build: Oracle, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    project = copy_project(start, tmp_path / "tree")
    sources: Sources = {path: texts[0] for path, texts in VARIANTS.items()}
    history: list[str] = []
    for _ in range(CHANGES_PER_SEED):
        history += change(project, sources, chance)
        if chance.random() < 0.3:
            history.append(interrupt(project, chance))
            if chance.random() < 0.5:
                history += change(project, sources, chance)
        run = project.scons()
        history.append(f"build: {run.status} {run.steps}")
        assert "Traceback" not in run.output, run.output
        found = image_bytes(project) if run.status == 0 else None
        assert found == clean_build(sources), "\n".join([f"seed {seed}", *history, run.output])
    final = {path: texts[0] for path, texts in VARIANTS.items()}
    write_sources(project, final)
    run = project.build("why=1")
    assert image_bytes(project) == clean_build(final), "\n".join([f"seed {seed}", *history, run.output])
    assert project.up_to_date()


def change(project: Project, sources: Sources, chance: random.Random) -> list[str]:
    """Give one to three files another text, or take an output away; say what was done."""
    if chance.random() < 0.1:
        gone = chance.choice((ELF, BIN, ELF.replace("tiny.elf", "libtiny.a"), ELF.replace("tiny.elf", "memory.x")))
        (project.folder / gone).unlink(missing_ok=True)
        return [f"removed {gone}"]
    done = []
    for path in chance.sample(sorted(VARIANTS), chance.randint(1, 3)):
        # the first text again as often as any other, so that most sources can be built
        number = chance.choice((0, chance.randrange(len(VARIANTS[path]))))
        sources[path] = VARIANTS[path][number]
        write_sources(project, {path: sources[path]})
        done.append(f"{path}: variant {number}")
    return done


def interrupt(project: Project, chance: random.Random) -> str:
    """Start a build and end it at some moment, with or without its tools; say how."""
    ending, group, delay = chance.choice(ENDINGS), chance.random() < 0.5, chance.uniform(0.1, 1.2)
    process = project.start()
    time.sleep(delay)
    if process.poll() is None:
        (os.killpg if group else os.kill)(process.pid, ending)
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return f"{ending.name} to {'the group' if group else 'scons'} after {delay:.2f} s"
