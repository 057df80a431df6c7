from __future__ import annotations

import os
from pathlib import Path

import pytest

from project import Project
from rust_firmware.tree import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("fn f() {}\n", encoding="utf-8")
    return Tree(str(tmp_path))


def test_a_path_below_the_top_is_relative_and_another_absolute(tree: Tree) -> None:
    for spelling in ("src/lib.rs", "./src/lib.rs", "src/../src//lib.rs", f"{tree.top}/src/lib.rs"):
        assert tree.relative(spelling) == "src/lib.rs"
    assert tree.relative("/usr/include/stdio.h") == "/usr/include/stdio.h"
    assert tree.relative("../beside/a.c") == f"{os.path.dirname(tree.top)}/beside/a.c"
    assert tree.relative(f"{tree.top}-two/a.c") == f"{tree.top}-two/a.c"


def test_files_are_read_from_the_top_whatever_the_working_directory(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "src")
    assert tree.read("src/lib.rs") == "fn f() {}\n"
    assert tree.exists("src/lib.rs")
    assert tree.read("lib.rs") is None
    assert not tree.exists("lib.rs")


def test_a_folder_is_no_file(tree: Tree) -> None:
    assert tree.read("src") is None
    assert not tree.exists("src")


def test_bytes_of_any_encoding_are_read(tree: Tree) -> None:
    Path(tree.absolute("src/latin.c")).write_bytes(b"// caf\xe9\n")
    text = tree.read("src/latin.c")
    assert text is not None
    assert text.encode(errors="surrogateescape") == b"// caf\xe9\n"


SCONSTRUCT = """
import sys
sys.path.insert(0, TOOLPATH)
from rust_firmware.tree import Tree

DefaultEnvironment(tools=[])
env = Environment(tools=[])
env.Command("build/generated.rs", "template.txt", Copy("$TARGET", "$SOURCE"))
tree = Tree(Dir("#").abspath)
for path in ("build/generated.rs", "build/../build/generated.rs", "build/other.rs", "template.txt", "build"):
    print(path, tree.exists(path), repr(tree.read(path)))
"""


def test_a_file_that_is_still_to_be_built_counts_as_there(tmp_path: Path) -> None:
    project = Project(tmp_path / "p").sconstruct(SCONSTRUCT).write("template.txt", "fn g() {}\n")
    before = project.build("-Q", "-n").stdout
    assert before.splitlines()[:5] == [
        "build/generated.rs True ''",
        "build/../build/generated.rs True ''",
        "build/other.rs False None",
        "template.txt True 'fn g() {}\\n'",
        "build False None",
    ]
    assert not (project.folder / "build").exists()
    project.build("-Q")
    assert project.build("-Q").stdout.startswith("build/generated.rs True 'fn g() {}\\n'")
