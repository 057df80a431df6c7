"""Broken words of cargo and broken files that cargo reads, and their exact messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from project import CHECKOUT
from steelmill.cargo.checksum import parse_checksums
from steelmill.cargo.config import read_config
from steelmill.cargo.library_config import read_library_config
from steelmill.cargo.lock import parse_lock
from steelmill.cargo.manifest import Manifest, lint_rustflags
from steelmill.cargo.metadata import parse_metadata
from steelmill.cargo.target_config import read_target_config
from steelmill.cargo.unit_graph import parse_unit_graph
from steelmill.errors import InputError, SteelmillError
from steelmill.rustc.cfg import Cfg

CORPUS = CHECKOUT / "tests/data/cargo/invalid"
INVALID = sorted(path for path in CORPUS.iterdir() if path.suffix != ".txt")


def read_all(text: str) -> object:
    config = read_config("/board", "/home/user/.cargo", {}, {"/board/.cargo/config.toml": text}.get)
    read_library_config(config, crates=True, features=True)
    return read_target_config(config, "thumbv7em-none-eabihf", Cfg())


READERS: Mapping[str, Callable[[str], object]] = {
    "checksums_": lambda text: parse_checksums(text, "vendor/hal/.cargo-checksum.json"),
    "config_": read_all,
    "lock_": lambda text: parse_lock(text, "Cargo.lock"),
    "manifest_": lambda text: lint_rustflags(Manifest(text, "Cargo.toml"), None),
    "metadata_": parse_metadata,
    "unit_graph_": parse_unit_graph,
}
"""What reads a file of the corpus, by how its name begins."""


def reader_of(path: Path) -> Callable[[str], object]:
    (reader,) = (reader for start, reader in READERS.items() if path.name.startswith(start))
    return reader


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_what_is_invalid_gives_the_exact_message(path: Path) -> None:
    with pytest.raises(SteelmillError) as caught:
        reader_of(path)(path.read_text(encoding="utf-8"))
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_reader_has_broken_files_and_every_message_a_file() -> None:
    assert {path.stem for path in INVALID} == {path.stem for path in CORPUS.glob("*.txt")}
    assert all(any(path.name.startswith(start) for path in INVALID) for start in READERS)


def test_values_of_two_files_that_cannot_be_joined() -> None:
    files = {"/board/.cargo/config.toml": 'build.rustflags = "-Ca"', "/.cargo/config": 'build.rustflags = ["-Cb"]'}
    with pytest.raises(InputError) as caught:
        read_config("/board", "/home/user/.cargo", {}, files.get)
    assert str(caught.value) == (
        "/board/.cargo/config.toml:1: build.rustflags: a string, where /.cargo/config has an array\n"
        "  remedy   correct it there\n"
        "  see      https://doc.rust-lang.org/cargo/reference/config.html"
    )


def test_words_that_are_nested_too_deeply() -> None:
    with pytest.raises(SteelmillError, match=r"printed no unit graph: not JSON: nested too deeply"):
        parse_unit_graph('{"version": ' + "[" * 100_000)
