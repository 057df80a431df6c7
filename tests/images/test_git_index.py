from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import need_tool
from steelmill.cargo.git_index import is_blob, parse_index, read_head
from steelmill.errors import ToolchainError

FILES = {
    "Cargo.toml": b"[package]\n",
    "src/lib.rs": b"",
    "src/a name \xc3\xa4.rs": b"x\r\n",
    "src/" + "l" * 200: b"long",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_tool("git")
    folder = tmp_path_factory.mktemp("git")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "All"]):
        git(folder, *words)
    return folder


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=false"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_an_index_of_every_version_tells_what_was_checked_out(repository: Path, version: str) -> None:
    git(repository, "update-index", "--index-version", version)
    if version == "3":
        git(repository, "update-index", "--skip-worktree", "src/lib.rs")
    entries = parse_index((repository / ".git/index").read_bytes(), "index")
    if version == "3":
        git(repository, "update-index", "--no-skip-worktree", "src/lib.rs")
    assert set(entries) == set(FILES)
    for name, content in FILES.items():
        assert entries[name].kind == "file"
        assert is_blob(content, entries[name])
        assert not is_blob(content + b"!", entries[name])
    assert is_blob(b"[package]\r\n", entries["Cargo.toml"]), "checked out with other ends of lines"


def test_an_index_that_is_none_is_refused(repository: Path) -> None:
    content = (repository / ".git/index").read_bytes()
    for broken in (b"", b"DIRX" + content[4:], content[:40], content[: len(content) // 2]):
        with pytest.raises(ToolchainError, match="index: no index of git that this can read"):
            parse_index(broken, "index")


def test_head_is_found_where_git_keeps_it(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")

    def read(name: str) -> str | None:
        path = repository / ".git" / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    assert read_head(read) == commit
    git(repository, "pack-refs", "--all")
    assert read_head(read) == commit
    git(repository, "checkout", "-q", "--detach")
    assert read_head(read) == commit
    assert read_head({"HEAD": "ref: refs/heads/none\n"}.get) is None
