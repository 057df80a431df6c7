from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rust_firmware.shared_cache import SharedCache
from steelmill.step import OUT, Step, Tool

SITE = Path(__file__).resolve().parent.parent.parent / "site_scons"

SPEC = "build/board/target/thumbv7em-none-eabihf.json"
STEP = Step(
    label=("RUSTC", "core"),
    argv=("/usr/bin/rustc", "core.rs", "--target", SPEC, f"--emit=link={OUT}/libcore.rlib"),
    out_dir="build/board/release/sysroot",
    outputs=("libcore.rlib", "core.d"),
    inputs=(SPEC,),
    env=(("PATH", "/usr/bin"),),
    tools=(Tool("rustc 1.96.0", "digest-of-rustc"),),
    shared=True,
)


def make_outputs(folder: Path, content: bytes = b"rlib") -> str:
    folder.mkdir(parents=True)
    (folder / "libcore.rlib").write_bytes(content)
    (folder / "core.d").write_bytes(b"core.d: core.rs")
    return str(folder)


def make_folder(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


@pytest.fixture
def stored(tmp_path: Path) -> SharedCache:
    """A cache that holds the outputs of STEP under the key ``0011``."""
    cache = SharedCache(str(tmp_path / "cache"))
    cache.store("0011", STEP, make_outputs(tmp_path / "built"))
    return cache


def entry(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "outputs" / "00" / "0011"


def test_what_was_stored_is_fetched(tmp_path: Path, stored: SharedCache) -> None:
    folder = make_folder(tmp_path / "again")
    assert stored.fetch("0011", STEP, folder)
    assert sorted(os.listdir(folder)) == ["core.d", "libcore.rlib"]
    assert (tmp_path / "again" / "libcore.rlib").read_bytes() == b"rlib"


def test_another_key_is_not_there(tmp_path: Path, stored: SharedCache) -> None:
    assert not stored.fetch("0022", STEP, make_folder(tmp_path / "again"))


def test_a_fetched_file_is_a_copy(tmp_path: Path, stored: SharedCache) -> None:
    folder = make_folder(tmp_path / "again")
    stored.fetch("0011", STEP, folder)
    (tmp_path / "again" / "libcore.rlib").write_bytes(b"scribbled over")
    assert stored.fetch("0011", STEP, make_folder(tmp_path / "third"))
    assert (tmp_path / "third" / "libcore.rlib").read_bytes() == b"rlib"


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("libcore.rlib", b"rliB"),
        ("libcore.rlib", b""),
        ("libcore.rlib", None),
        ("core.d", None),
        ("manifest.json", b"{"),
        ("manifest.json", b"[]"),
        ("manifest.json", b"{}"),
        ("manifest.json", b'{"libcore.rlib": 3, "core.d": null}'),
        ("manifest.json", b"\xff"),
        ("manifest.json", None),
    ],
)
def test_a_damaged_entry_is_not_believed_and_makes_room(
    tmp_path: Path, stored: SharedCache, name: str, damage: bytes | None
) -> None:
    path = entry(tmp_path) / name
    path.unlink() if damage is None else path.write_bytes(damage)
    assert not stored.fetch("0011", STEP, make_folder(tmp_path / "again"))
    stored.store("0011", STEP, str(tmp_path / "built"))
    assert stored.fetch("0011", STEP, make_folder(tmp_path / "third"))
    assert (tmp_path / "third" / "libcore.rlib").read_bytes() == b"rlib"


def test_a_step_with_another_output_does_not_take_the_entry(tmp_path: Path, stored: SharedCache) -> None:
    step = replace(STEP, outputs=(*STEP.outputs, "libcore.rmeta"))
    assert not stored.fetch("0011", step, make_folder(tmp_path / "again"))


def test_outputs_that_are_missing_are_not_stored(tmp_path: Path) -> None:
    cache = SharedCache(str(tmp_path / "cache"))
    folder = make_outputs(tmp_path / "built")
    (tmp_path / "built" / "core.d").unlink()
    cache.store("0011", STEP, folder)
    assert not cache.fetch("0011", STEP, make_folder(tmp_path / "again"))
    assert list((tmp_path / "cache" / "outputs" / "00").iterdir()) == []


def test_the_first_of_two_who_store_wins(tmp_path: Path, stored: SharedCache) -> None:
    stored.store("0011", STEP, make_outputs(tmp_path / "other", b"the same, built later"))
    assert stored.fetch("0011", STEP, make_folder(tmp_path / "again"))
    assert (tmp_path / "again" / "libcore.rlib").read_bytes() == b"rlib"
    assert os.listdir(tmp_path / "cache" / "outputs" / "00") == ["0011"]


def test_others_may_read_an_entry(tmp_path: Path, stored: SharedCache) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(entry(tmp_path).stat().st_mode) == 0o777 & ~mask
    assert stat.S_IMODE((entry(tmp_path) / "libcore.rlib").stat().st_mode) == 0o666 & ~mask


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be", encoding="utf-8")
    cache = SharedCache(str(tmp_path / "cache"))
    cache.store("0011", STEP, make_outputs(tmp_path / "built"))
    assert not cache.fetch("0011", STEP, make_folder(tmp_path / "again"))


def test_processes_that_store_and_fetch_at_once_see_whole_entries(tmp_path: Path) -> None:
    built = make_outputs(tmp_path / "built", b"x" * 200_000)
    text = (
        f"import sys, tempfile; sys.path[:0] = [{str(SITE)!r}, {str(SITE / 'site_tools')!r}]\n"
        "from rust_firmware.shared_cache import SharedCache\n"
        "from steelmill.step import Step\n"
        "step = Step(('A', 'b'), ('a',), 'o', ('libcore.rlib', 'core.d'))\n"
        f"cache = SharedCache({str(tmp_path / 'cache')!r})\n"
        "folder = tempfile.mkdtemp()\n"
        "for n in range(40):\n"
        f"    cache.store(f'00{{n}}', step, {built!r})\n"
        "    assert cache.fetch(f'00{n}', step, folder)\n"
        "    assert len(open(f'{folder}/libcore.rlib', 'rb').read()) == 200_000\n"
    )
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    processes = [subprocess.Popen([sys.executable, "-c", text], env=env) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert len(os.listdir(tmp_path / "cache" / "outputs" / "00")) == 40


def key(step: Step = STEP, digests: dict[str, str] | None = None) -> str:
    return SharedCache("/nowhere").key(step, {SPEC: "d1"} if digests is None else digests)


def in_folder(folder: str) -> tuple[Step, dict[str, str]]:
    """Give STEP as another checkout has it, whose specification lies in ``folder``."""
    path = f"{folder}/thumbv7em-none-eabihf.json"
    argv = tuple(path if word == SPEC else word for word in STEP.argv)
    return replace(STEP, argv=argv, inputs=(path,), out_dir=f"{folder}/out"), {path: "d1"}


@pytest.mark.parametrize("folder", ["build/other/target", "/somewhere/else", "caf\u00e9 folder/target", 'a"b\\c'])
def test_the_folder_of_an_input_does_not_matter(folder: str) -> None:
    assert key(*in_folder(folder)) == key()


def test_the_name_of_an_input_does_matter() -> None:
    # the stem of the target specification is part of the identity of every crate (E0461)
    other = "build/board/target/board.json"
    argv = tuple(other if word == SPEC else word for word in STEP.argv)
    assert key(replace(STEP, argv=argv, inputs=(other,)), {other: "d1"}) != key()


@pytest.mark.parametrize(
    "change",
    [
        {"argv": (*STEP.argv, "-Copt-level=z")},
        {"env": ()},
        {"outputs": ("libcore.rlib",)},
        {"tools": (Tool("rustc 1.96.0", "digest-of-another"),)},
        {"tools": (Tool("rustc 1.97.0", "digest-of-rustc"),)},
        {"tools": ()},
    ],
)
def test_what_decides_the_bytes_decides_the_key(change: dict[str, Any]) -> None:
    assert key(replace(STEP, **change)) != key()


def test_contents_of_inputs_decide_the_key() -> None:
    assert key(digests={SPEC: "d2"}) != key()
    assert key(digests={SPEC: "d1", "build/libcore.rmeta": "d2"}) != key()


def test_inputs_that_swap_their_contents_have_another_key() -> None:
    step = replace(STEP, argv=("cc", "a.c", "b.c"), inputs=("a.c", "b.c"))
    assert key(step, {"a.c": "d1", "b.c": "d2"}) != key(step, {"a.c": "d2", "b.c": "d1"})


def test_a_thread_count_does_not_matter() -> None:
    assert key(replace(STEP, unsigned_argv=("-Zthreads=8",))) == key()


def test_a_removed_cache_is_an_empty_one(tmp_path: Path, stored: SharedCache) -> None:
    shutil.rmtree(tmp_path / "cache")
    assert not stored.fetch("0011", STEP, make_folder(tmp_path / "again"))
