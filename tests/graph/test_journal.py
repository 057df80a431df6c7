from __future__ import annotations

from pathlib import Path

import pytest

from project import Project
from rust_firmware.journal import Journal


def test_outputs_stay_unfinished_until_the_signatures_are_stored(tmp_path: Path) -> None:
    path = str(tmp_path / "unfinished")
    journal = Journal(path)
    assert journal.unfinished == frozenset()
    journal.note(("build/a.o", "build/a.d"))
    journal.note(("build/b.o",))
    assert Journal(path).unfinished == {"build/a.o", "build/a.d", "build/b.o"}
    journal.clear()
    assert Journal(path).unfinished == frozenset()
    assert not Path(path).exists()


def test_looking_writes_nothing(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "no" / "such" / "folder"))
    assert journal.unfinished == frozenset()
    journal.clear()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "a b.o",
        "f\u00fcr \u96ea.o",
        "line\u2028separator.o",
        "next\x85line.o",
        b"caf\xe9.o".decode(errors="surrogateescape"),
    ],
)
def test_every_name_comes_back(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / "unfinished")
    Journal(path).note((f"build/{name}",))
    assert Journal(path).unfinished == {f"build/{name}"}


def test_a_line_cut_short_by_a_full_disk_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "unfinished"
    Journal(str(path)).note(("build/a.o",))
    path.write_bytes(path.read_bytes()[:-3])
    Journal(str(path)).note(("build/b.o",))
    assert "build/b.o" in Journal(str(path)).unfinished


SCONSTRUCT = """
import os, sys
sys.path.insert(0, TOOLPATH)
import SCons.SConsign
from rust_firmware.journal import Journal
from rust_firmware.signatures import SignatureModule

DefaultEnvironment(tools=[])
top = Dir("#").abspath
os.makedirs("build", exist_ok=True)
journal = Journal(f"{top}/build/.unfinished")
SCons.SConsign.File(f"{top}/build/.sconsign", SignatureModule(journal, lambda: None))

def copy(target, source, env):
    path = str(target[0])
    journal.note((path,))
    print("COPY", path)
    with open(path, "w") as file:
        file.write(open(str(source[0])).read())
    if ARGUMENTS.get("kill") == os.path.basename(path):
        os.kill(os.getpid(), 9)

env = Environment(tools=[])
for name in ("one", "two"):
    if name != ARGUMENTS.get("without"):
        node = env.Command(f"build/{name}.out", f"{name}.txt", Action(copy, None))
        env.Precious(node)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "p").sconstruct(SCONSTRUCT).write("one.txt", "1").write("two.txt", "2")
    assert built(project) == ["build/one.out", "build/two.out"]
    assert built(project) == []
    return project


def built(project: Project, *arguments: str) -> list[str]:
    run = project.build("-Q", *arguments)
    return [line.removeprefix("COPY ") for line in run.stdout.splitlines() if line.startswith("COPY ")]


def kill(project: Project, name: str) -> None:
    run = project.scons("-Q", f"kill={name}")
    assert run.status != 0


def test_a_killed_and_reverted_build_is_built_again(project: Project) -> None:
    project.write("one.txt", "edited")
    kill(project, "one.out")
    project.write("one.txt", "1")
    assert built(project) == ["build/one.out"]
    assert project.read_bytes("build/one.out") == b"1"
    assert built(project) == []


@pytest.mark.parametrize("between", [("build/two.out",), ("without=one",), ("-n",)])
def test_a_build_of_something_else_in_between_forgets_nothing(project: Project, between: tuple[str, ...]) -> None:
    project.write("one.txt", "edited")
    kill(project, "one.out")
    project.build("-Q", *between)
    project.write("one.txt", "1")
    assert built(project, "build/one.out") == ["build/one.out"]
    assert project.read_bytes("build/one.out") == b"1"


def test_asking_whether_all_is_up_to_date_forgets_nothing(project: Project) -> None:
    project.write("one.txt", "edited")
    kill(project, "one.out")
    project.write("one.txt", "1")
    assert project.scons("-Q", "-q").status == 1
    assert built(project) == ["build/one.out"]


def test_the_neighbours_of_an_unfinished_file_stay_as_they_are(project: Project) -> None:
    project.write("two.txt", "edited")
    kill(project, "two.out")
    assert built(project) == ["build/two.out"]
    assert project.read_bytes("build/two.out") == b"edited"
