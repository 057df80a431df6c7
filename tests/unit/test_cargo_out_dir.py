from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.cargo.out_dir import FolderFile, format_manifest, is_volatile, parse_manifest

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
NAMES = (
    st.binary(min_size=1)
    .filter(lambda name: b"\0" not in name)
    .map(lambda name: name.decode(errors="surrogateescape"))
    .filter(lambda name: not is_volatile(name))
)
"""As the system gives them: bytes that are no UTF-8 become surrogates."""
FOLDERS = st.dictionaries(NAMES, DIGESTS).map(lambda files: [FolderFile(*file) for file in files.items()])


@given(FOLDERS)
def test_a_manifest_holds_the_folder(folder: list[FolderFile]) -> None:
    assert set(parse_manifest(format_manifest(folder))) == set(folder)


@given(FOLDERS, st.randoms(use_true_random=False))
def test_the_order_of_a_walk_does_not_matter(folder: list[FolderFile], random: object) -> None:
    shuffled = list(folder)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert format_manifest(shuffled) == format_manifest(folder)


def test_a_changed_a_new_and_a_renamed_file_change_it() -> None:
    folder = [FolderFile("a.rs", "1" * 64), FolderFile("sub/b.rs", "2" * 64)]
    others = [
        [FolderFile("a.rs", "3" * 64), folder[1]],
        [*folder, FolderFile("c.rs", "1" * 64)],
        [FolderFile("c.rs", "1" * 64), folder[1]],
        folder[:1],
    ]
    assert len({format_manifest(files) for files in [folder, *others]}) == 5


@pytest.mark.parametrize("name", ["config.log", "sub/config.log", "CMakeFiles/x/y.o", "a/CMakeFiles/y", ".ninja_log"])
def test_notes_that_tools_leave_for_themselves_do_not_count(name: str) -> None:
    folder = [FolderFile("a.rs", "1" * 64)]
    assert format_manifest([*folder, FolderFile(name, "2" * 64)]) == format_manifest(folder)


@pytest.mark.parametrize("name", ["config.logs", "myconfig.h", "sub/CMakeFiles.rs", "generated.rs"])
def test_what_only_looks_like_them_does(name: str) -> None:
    assert parse_manifest(format_manifest([FolderFile(name, "2" * 64)])) == (FolderFile(name, "2" * 64),)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_it_is_what_sha256sum_writes(tmp_path: Path) -> None:
    names = ["a b.rs", "back\\slash", "new\nline", "z", "Ä"]
    for name in names:
        (tmp_path / name).write_text(name)
    text = subprocess.run(["sha256sum", *sorted(names, key=str.encode)], cwd=tmp_path, capture_output=True, text=True)
    assert format_manifest(parse_manifest(text.stdout)) == text.stdout
    assert {file.path for file in parse_manifest(text.stdout)} == set(names)
