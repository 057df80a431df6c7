"""What cargo's configuration says about core and its like, and what cargo is told in its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from steelmill.cargo.config import Config, read_config
from steelmill.cargo.config_text import builds_std, format_config, without_build_std
from steelmill.cargo.library_config import LibraryConfig, read_library_config
from steelmill.errors import InputError

FOLDER, HOME = "/work/team/board", "/home/user/.cargo"
PATH = f"{FOLDER}/.cargo/config.toml"


def config(text: str, variables: Mapping[str, str] | None = None, above: str = "") -> Config:
    files = {PATH: text, "/work/team/.cargo/config.toml": above}
    return read_config(FOLDER, HOME, variables or {}, files.get)


@pytest.mark.parametrize(
    ("text", "variables", "said"),
    [
        ("", {}, LibraryConfig()),
        ("build-std = []\nbuild-std-features = []", {}, LibraryConfig()),
        (
            'build-std = ["core,alloc", "compiler_builtins", "core"]',
            {},
            LibraryConfig(("core", "alloc", "compiler_builtins")),
        ),
        ("", {"CARGO_UNSTABLE_BUILD_STD": "core,alloc"}, LibraryConfig(("core", "alloc"))),
        ('build-std-features = ["compiler-builtins-mem"]', {}, LibraryConfig(mem=True)),
        ('build-std-features = ["panic_immediate_abort"]', {}, LibraryConfig(immediate_abort=True)),
        (
            'build-std-features = ["debug_refcell,optimize_for_size"]',
            {},
            LibraryConfig(features=("optimize_for_size", "debug_refcell")),
        ),
    ],
)
def test_what_is_said_is_read(text: str, variables: Mapping[str, str], said: LibraryConfig) -> None:
    assert read_library_config(config(f"[unstable]\n{text}\n", variables), crates=True, features=True) == said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            'build-std = ["std", "panic_abort"]',
            "unstable.build-std: 'std': std needs an operating system for files, threads and time, and firmware has "
            "none",
        ),
        (
            'build-std = ["core", "panic_abort"]',
            "unstable.build-std: 'panic_abort': what a panic does is decided elsewhere",
        ),
        ('build-std = ["aloc"]', "unstable.build-std: 'aloc' is unknown; did you mean 'alloc'?"),
        (
            'build-std-features = ["backtrace"]',
            "unstable.build-std-features: 'backtrace': backtrace is a feature of std, which firmware has not",
        ),
        (
            'build-std-features = ["optimise_for_size"]',
            "unstable.build-std-features: 'optimise_for_size' is unknown; did you mean 'optimize_for_size'?",
        ),
    ],
)
def test_what_firmware_cannot_have_is_explained_where_it_stands(line: str, message: str) -> None:
    said = config(f"[unstable]\n{line}\n")
    with pytest.raises(InputError) as caught:
        read_library_config(said, crates=True, features=True)
    assert (caught.value.place, caught.value.what) == (f"{PATH}:2", message)
    assert " in firmware.toml, which holds in its place" in caught.value.remedy
    assert read_library_config(said, crates=False, features=False) == LibraryConfig()


def test_a_cargo_that_only_resolves_is_told_all_but_build_std() -> None:
    text = """\
paths = ["../patched"]
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "third_party"
[unstable]
build-std = ["core"]
build-std-features = ["compiler-builtins-mem"]
bindeps = true
[profile.release]
opt-level = "s"
strip = false
lto = "fat"
[target.'cfg(target_arch = "arm")']
rustflags = ["-Clink-arg=-Tlink.x"]
[env]
QUOTED = 'a "b" \\ c ü'
"""
    said = config(text, above="[net]\nretry = 3\n[profile.release]\nopt-level = 3\n")
    assert builds_std(said)
    assert tomllib.loads(format_config(said)) == {
        **{key: value for key, value in tomllib.loads(text).items() if key != "unstable"},
        "unstable": {"bindeps": True},
        "paths": ["/work/team/patched"],
        "source": {"crates-io": {"replace-with": "vendored"}, "vendored": {"directory": f"{FOLDER}/third_party"}},
        "net": {"retry": 3},
    }
    variables = (("CARGO_UNSTABLE_BUILD_STD", "core"), ("RUSTFLAGS", "-g"))
    assert without_build_std(variables) == {"RUSTFLAGS": "-g"}


def test_a_configuration_without_build_std_is_taken_as_it_is() -> None:
    assert not builds_std(config("[unstable]\nbindeps = true\n"))
