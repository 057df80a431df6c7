"""Every mistake of the table in one project: scons -k meets them all, and each is explained under the tool's words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from board import add_targets
from conftest import need_tool
from errors_by_scons import ARM, MISTAKES, Mistake
from project import Project

_BLOCK = re.compile(r"^(\w+ \S+)  \S+: exit status \d+$", re.MULTILINE)
_ARM_FLAGS = "-mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -fshort-enums -ffreestanding"


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build everything, whatever fails; give what was said of each Step."""
    need_tool("arm-none-eabi-gcc", "arm-none-eabi-g++", "riscv64-unknown-elf-gcc", "ld.lld-22")
    project = add_targets(Project(tmp_path_factory.mktemp("mistakes")))
    for path, text in ((path, text) for mistake in MISTAKES for path, text in mistake.files.items()):
        project.write(path, text)
    _write_vendor(project.folder / "vendor")
    calls = dict.fromkeys(f"env.{mistake.call}\n" for mistake in MISTAKES)
    project.sconstruct(
        'env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], LINKFLAGS=["-z", "noexecstack"])\n'
        f'two = env.RustStaticLibrary("two", "rust-twice/two.rs", TARGET_SPEC="{ARM}")\n'
        'vendored = env.Command("vendor/libvendored.a", two, Copy("$TARGET", "$SOURCE"))\n' + "".join(calls)
    )
    run = project.scons("-k")
    assert "Traceback" not in run.output
    heads = list(_BLOCK.finditer(run.stderr))
    ends = [*(head.start() for head in heads[1:]), len(run.stderr)]
    said = {head[1]: run.stderr[head.start() : end] for head, end in zip(heads, ends, strict=True)}
    return {**said, "": run.stdout}


def _write_vendor(folder: Path) -> None:
    folder.mkdir()
    (folder / "phy.c").write_text("int ready;\nint phy(void) { return ready; }\n")
    (folder / "hand.s").write_text(".globl hand\nhand: ret\n")
    (folder / "noted.s").write_text('.section .note.GNU-stack,"",@progbits\n')
    commands = (
        f"arm-none-eabi-gcc {_ARM_FLAGS} -c phy.c",
        "arm-none-eabi-ar rcsD libphy.a phy.o",
        "as --64 hand.s -o hand.o",
        "as --64 noted.s -o noted.o",
    )
    for command in commands:
        subprocess.run(command.split(), cwd=folder, check=True)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{mistake.anchor}:{mistake.name}" for mistake in MISTAKES])
def test_a_mistake_is_explained(blocks: dict[str, str], mistake: Mistake) -> None:
    assert mistake.warning or mistake.label in blocks, sorted(blocks)
    text = blocks["" if mistake.warning else mistake.label]
    link = f"docs/errors.md#{mistake.anchor}\n"
    assert mistake.words in text
    assert link in text, text
    tool, _, below = text.partition("\n  cause ")
    assert mistake.words in tool
    for part in mistake.says:
        assert part in below, text


def test_what_is_explained_has_no_second_remedy(blocks: dict[str, str]) -> None:
    for label, text in blocks.items():
        if label:
            assert "the tool's own words above" not in text, text
            rows = re.findall(r"^  (cause|remedy|see) ", text, re.MULTILINE)
            assert rows == ["cause", "remedy", "see"] * (len(rows) // 3), text
