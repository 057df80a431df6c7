from __future__ import annotations

from dataclasses import replace

import pytest

from rust_examples import TOOLCHAIN, ask_rustc
from steelmill.errors import ToolchainError
from steelmill.rustc.toolchain import age_fault, parse_edition, parse_unstable_options, parse_version
from steelmill.step import OUT

PRINTED = """\
rustc 1.96.0 (ac68faa20 2026-05-25)
binary: rustc
commit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96
commit-date: 2026-05-25
host: x86_64-unknown-linux-gnu
release: 1.96.0
LLVM version: 22.1.8
"""

HELP = """\

Available unstable options:

    -Z                              embed-metadata=val -- embed metadata in rlibs (default: yes)
    -Z                         self-profile-events=val -- specify the events recorded by the self profiler;
        for example: `-Z self-profile-example=default,query-keys`
    -Z                                     threads=val -- use a thread pool with N threads
"""


def test_a_version_is_read() -> None:
    version = parse_version(PRINTED)
    assert version.release == "1.96.0"
    assert version.commit == "ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96"
    assert version.host == "x86_64-unknown-linux-gnu"
    assert version.llvm == "22.1.8"
    assert version.numbers == (1, 96)


@pytest.mark.parametrize(
    ("release", "nightly"),
    [("1.96.0", False), ("1.97.0-beta.3", False), ("1.98.0-nightly", True), ("1.98.0-dev", True)],
)
def test_only_a_nightly_takes_unstable_options_unasked(release: str, nightly: bool) -> None:
    version = parse_version(PRINTED.replace("release: 1.96.0", f"release: {release}"))
    assert version.is_nightly is nightly
    assert version.numbers[0] == 1
    env = dict(replace(TOOLCHAIN, version=version).env)
    assert env.get("RUSTC_BOOTSTRAP") == (None if nightly else "1")


def test_a_distribution_may_leave_the_commit_out() -> None:
    text = "".join(line for line in PRINTED.splitlines(True) if "commit" not in line)
    assert parse_version(text).commit == "unknown"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [("", "nothing"), ("\n", "nothing"), ("error: no default toolchain\n", "error: no default toolchain")],
)
def test_what_is_no_version_is_an_error(printed: str, shown: str) -> None:
    with pytest.raises(ToolchainError) as caught:
        parse_version(printed)
    assert str(caught.value) == (
        f"`rustc -vV` printed {shown!r}; expected its version\n  remedy   point rustc= at a rustc"
    )


def test_the_rustc_at_hand_is_understood() -> None:
    version = parse_version(ask_rustc("-vV"))
    assert version.numbers >= (1, 80)
    assert version.llvm.split(".")[0].isdigit()


@pytest.mark.parametrize(
    ("release", "fault"),
    [
        ("1.84.1", "rustc 1.84.1 is too old: it takes 1.85 or newer"),
        ("1.9.0", "rustc 1.9.0 is too old: it takes 1.85 or newer"),
        ("1.85.0", ""),
        ("1.98.0-nightly", ""),
        ("2.0.0", ""),
    ],
)
def test_the_oldest_release_is_1_85(release: str, fault: str) -> None:
    assert age_fault(parse_version(PRINTED.replace("1.96.0", release))) == fault


def test_unstable_options_are_read_by_name() -> None:
    assert parse_unstable_options(HELP) == {"embed-metadata", "self-profile-events", "threads"}
    assert parse_unstable_options("") == frozenset()


def test_the_options_of_the_rustc_at_hand_are_understood() -> None:
    options = parse_unstable_options(ask_rustc("-Zhelp"))
    assert {"threads", "remap-cwd-prefix", "binary-dep-depinfo", "unstable-options"} <= options
    assert all(name.replace("-", "").replace("_", "").isalnum() for name in options)


@pytest.mark.parametrize(
    ("manifest", "edition"),
    [
        ('[package]\nname = "core"\nedition = "2024"\n', "2024"),
        ("[package]\nedition='2021'\n", "2021"),
        ('[package]\nedition = "2021" # until rust#1\n', "2021"),
        ('[package]\nname = "core"\n', "2015"),
    ],
)
def test_the_edition_of_a_library_crate_is_read(manifest: str, edition: str) -> None:
    assert parse_edition(manifest) == edition


def test_the_environment_is_complete_and_sorted() -> None:
    env = replace(TOOLCHAIN, loader_path="/opt/llvm/lib").env
    assert dict(env) == {
        "LC_ALL": "C.UTF-8",
        "LD_LIBRARY_PATH": "/opt/llvm/lib",
        "PATH": "/usr/bin:/bin",
        "RUSTC_BOOTSTRAP": "1",
        "TMPDIR": OUT,
    }
    assert list(env) == sorted(env)
    assert "LD_LIBRARY_PATH" not in dict(TOOLCHAIN.env)


def test_a_swapped_compiler_or_library_is_another_tool() -> None:
    assert replace(TOOLCHAIN, rustc_identity="other").compiler != TOOLCHAIN.compiler
    assert replace(TOOLCHAIN, version=replace(TOOLCHAIN.version, commit="other")).compiler != TOOLCHAIN.compiler
    assert replace(TOOLCHAIN, library_identity="other").library_sources != TOOLCHAIN.library_sources
    assert replace(TOOLCHAIN, library_identity="other").compiler == TOOLCHAIN.compiler
    assert TOOLCHAIN.compiler.name == "rustc 1.96.0"
