from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rust_firmware.probes import Probes, ask_process, stamp
from steelmill.errors import ToolchainError

SITE = Path(__file__).resolve().parent.parent.parent / "site_scons"


class Counted:
    """A question that counts how often it is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        return self.answer


@pytest.mark.parametrize(
    "answer", ["text", "", None, 3, ["a", "b"], {"unstable": ["threads"], "n": None}, "\udce9 \u96ea"]
)
def test_an_answer_is_asked_for_once(tmp_path: Path, answer: Any) -> None:
    ask = Counted(answer)
    assert Probes(str(tmp_path)).remember("question", ["fact"], ask) == answer
    assert Probes(str(tmp_path)).remember("question", ["fact"], ask) == answer
    assert ask.asked == 1


def test_another_question_or_fact_is_asked_again(tmp_path: Path) -> None:
    probes = Probes(str(tmp_path))
    ask = Counted("answer")
    probes.remember("cfg", ["rustc", "spec"], ask)
    probes.remember("list", ["rustc", "spec"], ask)
    probes.remember("cfg", ["rustc", "other spec"], ask)
    probes.remember("cfg", ["rustcspec"], ask)
    probes.remember("cfg", [["rustc", "spec"]], ask)
    assert ask.asked == 5


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    def fail() -> str:
        raise ToolchainError("no", remedy="mend it")

    probes = Probes(str(tmp_path))
    with pytest.raises(ToolchainError):
        probes.remember("question", [], fail)
    assert probes.remember("question", [], Counted("now it works")) == "now it works"


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_answer_is_asked_for_again(tmp_path: Path, damage: bytes) -> None:
    probes = Probes(str(tmp_path))
    probes.remember("question", [], Counted("sound"))
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(damage)
    ask = Counted("sound")
    assert probes.remember("question", [], ask) == "sound"
    assert probes.remember("question", [], ask) == "sound"
    assert ask.asked == 1


def test_an_answer_appears_whole(tmp_path: Path) -> None:
    Probes(str(tmp_path)).remember("question", [], Counted("answer"))
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".json"]


def test_a_cache_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be", encoding="utf-8")
    probes = Probes(str(tmp_path / "cache"))
    ask = Counted("answer")
    assert probes.remember("question", [], ask) == probes.remember("question", [], ask) == "answer"
    assert ask.asked == 2


def test_processes_that_ask_at_once_agree(tmp_path: Path) -> None:
    text = (
        f"import sys; sys.path[:0] = [{str(SITE)!r}, {str(SITE / 'site_tools')!r}]\n"
        "from rust_firmware.probes import Probes\n"
        f"probes = Probes({str(tmp_path)!r})\n"
        "for n in range(200): assert probes.remember('question', [n], lambda: 'x' * 5000) == 'x' * 5000\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", text]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert len(list(tmp_path.rglob("*.json"))) == 200
    assert not list(tmp_path.rglob("*.part"))


def test_a_stamp_follows_links_and_content(tmp_path: Path) -> None:
    file, link = tmp_path / "cc", tmp_path / "link"
    file.write_bytes(b"old")
    link.symlink_to(file)
    assert stamp(str(link)) == stamp(str(file)) == (str(file), file.stat().st_mtime_ns, 3)
    before = stamp(str(file))
    os.utime(file, ns=(1, 1))
    assert stamp(str(file)) != before
    file.write_bytes(b"newer")
    os.utime(file, ns=(before[1], before[1]))
    assert stamp(str(file)) != before
    file.unlink()
    assert stamp(str(file)) == (str(file), 0, -1)


def test_files_are_digested_again_only_when_their_stat_changed(tmp_path: Path) -> None:
    file, cache = tmp_path / "libLLVM.so", tmp_path / "cache"
    file.write_bytes(b"one")
    digest = Probes(str(cache)).digest_of_files([str(file)])
    os.utime(file, ns=(1, 1))
    assert Probes(str(cache)).digest_of_files([str(file)]) == digest
    status = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert Probes(str(cache)).digest_of_files([str(file)]) == digest
    os.utime(file, ns=(2, 2))
    assert Probes(str(cache)).digest_of_files([str(file)]) != digest


def test_a_process_sees_its_environment_alone_and_an_empty_folder(tmp_path: Path) -> None:
    code = "import json, os, sys; json.dump([dict(os.environ), os.listdir(), os.getcwd()], sys.stdout)"
    answer = ask_process([sys.executable, "-I", "-c", code], {"ONLY": "this"}, files={"a.rs": "fn f() {}"})
    assert answer.status == 0
    environment, files, folder = json.loads(answer.stdout)
    assert environment.keys() <= {"ONLY", "TMPDIR", "LC_CTYPE"}
    assert environment["TMPDIR"] == folder
    assert files == ["a.rs"]
    assert not os.path.exists(folder)


def test_a_failing_process_answers_with_its_status_and_words() -> None:
    answer = ask_process(
        [sys.executable, "-c", "import sys; sys.stdin.read(); sys.stderr.buffer.write(b'\\xff no'); sys.exit(3)"], {}
    )
    assert (answer.status, answer.stdout, answer.stderr) == (3, "", "\ufffd no")


def test_a_tool_that_cannot_start_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError) as caught:
        ask_process([str(tmp_path / "rustc")], {})
    assert str(caught.value) == (
        f"{tmp_path / 'rustc'}: cannot run it: No such file or directory\n  remedy   install it, or name another one"
    )
    (tmp_path / "rustc").write_text("#!/bin/sh\n", encoding="utf-8")
    with pytest.raises(ToolchainError, match="cannot run it: Permission denied"):
        ask_process([str(tmp_path / "rustc")], {})
    os.chmod(tmp_path / "rustc", stat.S_IRWXU)
    assert ask_process([str(tmp_path / "rustc")], {}).status == 0


def test_an_answer_that_names_its_files_is_asked_again_when_one_changes(tmp_path: Path) -> None:
    probes = Probes(str(tmp_path / "cache"))
    manifest, absent = tmp_path / "Cargo.toml", tmp_path / "config.toml"
    manifest.write_text("[package]", encoding="utf-8")
    asked: list[str] = []

    def ask() -> tuple[str, list[str]]:
        asked.append(manifest.read_text(encoding="utf-8"))
        return asked[-1], [str(manifest), str(absent), f"glob:{tmp_path}/src/*.rs"]

    def changes(change: Callable[[], object]) -> int:
        before = len(asked)
        change()
        assert probes.remember_with_files("question", ["fact"], ask) == manifest.read_text(encoding="utf-8")
        return len(asked) - before

    source = tmp_path / "src/main.rs"
    assert changes(lambda: None) == 1
    assert changes(lambda: None) == 0
    assert changes(lambda: manifest.write_text("[package]\n", encoding="utf-8")) == 1
    assert changes(lambda: absent.touch()) == 1
    assert changes(source.parent.mkdir) == 0
    assert changes(source.touch) == 1
    assert changes(lambda: source.write_text("fn main() {}", encoding="utf-8")) == 0
