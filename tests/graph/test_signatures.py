from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from rust_firmware.journal import Journal
from rust_firmware.signatures import SignatureFile, SignatureModule


def open_signatures(folder: Path, save: Callable[[], None] = lambda: None) -> SignatureFile:
    return SignatureModule(Journal(str(folder / "unfinished")), save).open(str(folder / "build" / ".sconsign"), "c")


def entries(**signatures: str) -> bytes:
    return pickle.dumps(dict(signatures))


def test_what_is_synced_is_read_back(tmp_path: Path) -> None:
    signatures = open_signatures(tmp_path)
    signatures["build/a"] = entries(one="1")
    signatures["build/b"] = entries(two="2")
    signatures.sync()
    again = open_signatures(tmp_path)
    assert sorted(again.keys()) == sorted(again) == ["build/a", "build/b"]
    assert again["build/a"] == entries(one="1")
    with pytest.raises(KeyError):
        again["build/c"]


def test_opening_and_closing_write_nothing(tmp_path: Path) -> None:
    signatures = open_signatures(tmp_path)
    signatures["build/a"] = entries(one="1")
    signatures.close()
    assert list(tmp_path.iterdir()) == []


def test_a_null_build_leaves_the_file_alone(tmp_path: Path) -> None:
    signatures = open_signatures(tmp_path)
    signatures["build/a"] = entries(one="1")
    signatures.sync()
    path = tmp_path / "build" / ".sconsign"
    before = os.stat(path)
    again = open_signatures(tmp_path)
    again["build/a"] = entries(one="1")
    again.sync()
    after = os.stat(path)
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert os.listdir(tmp_path / "build") == [".sconsign"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80",
        b"not a pickle",
        pickle.dumps(["a", "list"]),
        pickle.dumps({"build": b"x"})[:-4],
        b"cno.such\nname\n.",
    ],
)
def test_a_corrupt_file_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / ".sconsign").write_bytes(content)
    signatures = open_signatures(tmp_path)
    assert signatures.keys() == []
    signatures["build/a"] = entries(one="1")
    signatures.sync()
    assert open_signatures(tmp_path).keys() == ["build/a"]


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    assert open_signatures(tmp_path).keys() == []


def test_stored_signatures_clear_the_journal(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "unfinished"))
    journal.note(("build/a/one",))
    open_signatures(tmp_path).sync()
    assert not (tmp_path / "unfinished").exists()


def test_unfinished_outputs_have_no_signature(tmp_path: Path) -> None:
    signatures = open_signatures(tmp_path)
    signatures["build/a"] = entries(one="1", two="2")
    signatures["."] = entries(note="3")
    signatures.sync()
    Journal(str(tmp_path / "unfinished")).note(("build/a/one", "build/elsewhere/three", "note"))
    again = open_signatures(tmp_path)
    assert pickle.loads(again["build/a"]) == {"two": "2"}
    assert pickle.loads(again["."]) == {}
    # until they are stored, the journal keeps saying so
    assert pickle.loads(open_signatures(tmp_path)["build/a"]) == {"two": "2"}
    again.sync()
    assert not (tmp_path / "unfinished").exists()
    assert pickle.loads(open_signatures(tmp_path)["build/a"]) == {"two": "2"}


def test_a_damaged_folder_with_unfinished_outputs_is_forgotten_whole(tmp_path: Path) -> None:
    signatures = open_signatures(tmp_path)
    signatures["build/a"] = b"not a pickle"
    signatures.sync()
    Journal(str(tmp_path / "unfinished")).note(("build/a/one",))
    assert pickle.loads(open_signatures(tmp_path)["build/a"]) == {}


def test_signatures_that_cannot_be_stored_keep_the_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signatures = open_signatures(tmp_path)
    signatures["build/a"] = entries(one="1")
    (tmp_path / "build").write_text("a file where a folder should be", encoding="utf-8")
    Journal(str(tmp_path / "unfinished")).note(("build/a/one",))
    signatures.sync()
    assert Journal(str(tmp_path / "unfinished")).unfinished == {"build/a/one"}
    assert capsys.readouterr().err.endswith("; the next build repeats this one's steps\n")


def test_what_goes_with_the_signatures_is_saved_with_them(tmp_path: Path) -> None:
    saved: list[str] = []
    signatures = open_signatures(tmp_path, lambda: saved.append("scans"))
    assert saved == []
    signatures.sync()
    assert saved == ["scans"]
