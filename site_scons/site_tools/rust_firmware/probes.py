"""Probes: small questions to tools, asked once and kept in the cache folder.

A probe's answer is kept under everything it depends on, so a null build asks no tool anything.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rust_firmware.folder_files import list_files
from rust_firmware.whole_file import write_whole
from steelmill.errors import ToolchainError

_ABSENT: Any = object()
"""No answer is kept: None is one."""

_GLOB = "glob:"

_TOOLCHAIN = ("HOME", "PATH", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_HOME", "LD_LIBRARY_PATH")


class Answer(NamedTuple):
    """What a process said."""

    status: int
    stdout: str
    stderr: str


class Probes:
    """The answers kept in one cache folder."""

    def __init__(self, cache_dir: str) -> None:
        self._folder = os.path.join(cache_dir, "probes")

    def remember(self, question: str, facts: Sequence[object], ask: Callable[[], Any]) -> Any:
        """Give the kept answer to ``question``, or ``ask()`` and keep it.

        ``facts`` is all that the answer depends on, as JSON can write it; the answer is JSON too. A failure is raised
        and not kept.
        """
        path = self._path([question, facts])
        kept = _load(path)
        if kept is not _ABSENT:
            return kept
        answer = ask()
        keep(path, json.dumps(answer))
        return answer

    def remember_with_files(
        self, question: str, facts: Sequence[object], ask: Callable[[], tuple[Any, Sequence[str]]]
    ) -> Any:
        """Give the kept answer to a question whose answer says itself on which files it depends.

        ``ask`` gives the answer and their paths, also of what is not there. ``glob:PATTERN`` is what matches it.
        """
        known = self._path([f"{question}: files", *facts])
        paths = _load(known)
        if isinstance(paths, list):
            answer = _load(self._path([question, *facts, _states(paths)]))
            if answer is not _ABSENT:
                return answer
        answer, found = ask()
        paths = sorted(set(found))
        keep(self._path([question, *facts, _states(paths)]), json.dumps(answer))
        keep(known, json.dumps(paths))
        return answer

    def _path(self, facts: Sequence[object]) -> str:
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
        return os.path.join(self._folder, key[:2], f"{key}.json")

    def digest_of_files(self, paths: Sequence[str]) -> str:
        """Digest the contents of large files that hardly ever change, reading them only when their stat changed."""
        return str(self.remember("digest", [stamp(path) for path in paths], lambda: _digest(paths)))

    def digest_of_folders(self, folders: Sequence[str], suffix: str) -> str:
        """Digest the contents of all files below folders whose names end so, as ``digest_of_files`` does."""
        rows = sorted(row for folder in folders for row in list_files(folder) if row[0].endswith(suffix))
        return str(self.remember("digest", rows, lambda: _digest([path for path, _, _ in rows])))


def _load(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return _ABSENT


def _states(paths: Sequence[str]) -> list[object]:
    patterns = {path: path.removeprefix(_GLOB) for path in paths if path.startswith(_GLOB)}
    return [[path, sorted(glob.glob(patterns[path])) if path in patterns else stamp(path)] for path in paths]


def default_cache_dir() -> str:
    """Give the folder that all projects of a user share, where ``cache=`` names no other."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "steelmill")


def stamp(path: str) -> tuple[str, int, int]:
    """Give what tells one version of a file from another without reading it: real path, mtime in ns, bytes."""
    real = os.path.realpath(path)
    try:
        status = os.stat(real)
    except OSError:
        return real, 0, -1
    return real, status.st_mtime_ns, status.st_size


def plain_environment() -> dict[str, str]:
    """Give the environment for a tool that stands on the user's PATH, with its words in English."""
    return {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)}


def toolchain_environment() -> dict[str, str]:
    """Give what rustc and cargo, and rustup's proxies of them, need of the user's environment."""
    return {name: os.environ[name] for name in _TOOLCHAIN if name in os.environ}


def ask_process(
    argv: Sequence[str], env: Mapping[str, str], *, files: Mapping[str, str] | None = None, cwd: str | None = None
) -> Answer:
    """Run a tool in an empty folder, with ``files`` (name -> text) in it; raise ToolchainError where it cannot start.

    ``cwd`` is for tools that look at the folder they run in (rustup's overrides).
    """
    with tempfile.TemporaryDirectory(prefix="steelmill-") as folder:
        for name, text in (files or {}).items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        try:
            done = subprocess.run(
                argv,
                env={**env, "TMPDIR": folder},
                cwd=cwd or folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise ToolchainError(
                f"cannot run it: {error.strerror}", place=argv[0], remedy="install it, or name another one"
            ) from None
    return Answer(done.returncode, done.stdout, done.stderr)


def keep(path: str, text: str) -> None:
    """Write a file of a cache, whole or not at all; one that cannot be written costs time, not correctness."""
    with contextlib.suppress(OSError):
        write_whole(path, text)


def _digest(paths: Sequence[str]) -> str:
    total = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
