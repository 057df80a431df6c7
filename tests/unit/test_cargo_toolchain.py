from __future__ import annotations

import pytest

from steelmill.cargo.toolchain import CargoToolchain, choose_cargo, parse_cargo_version
from steelmill.errors import ToolchainError

VERSION = """\
cargo 1.96.0 (30a34c682 2026-05-25)
release: 1.96.0
commit-hash: 30a34c6821b57de0aaec83a901aca39f88f6778c
host: x86_64-unknown-linux-gnu
libgit2: {libgit2}
os: Debian 12.0.0 (bookworm) [64-bit]
"""


@pytest.mark.parametrize(
    ("libgit2", "fetches"),
    [
        ("1.9.2 (sys:0.20.4 vendored)", True),
        ("1.5.1 (sys:0.20.4 system)", False),
        ("1.9.0 (sys:0.20.4 system)", True),
        ("1.5.1 (sys:0.14.2 system)", True),
        ("something else", True),
    ],
)
def test_a_system_library_that_is_too_old_fetches_no_git(libgit2: str, fetches: bool) -> None:
    cargo = parse_cargo_version("/usr/bin/cargo", VERSION.format(libgit2=libgit2))
    assert cargo == CargoToolchain("/usr/bin/cargo", "1.96.0", fetches)


@pytest.mark.parametrize(("text", "shown"), [("", "nothing"), ("hello\nworld\n", "hello")])
def test_what_is_no_cargo_is_refused(text: str, shown: str) -> None:
    with pytest.raises(ToolchainError, match=f"printed '?{shown}'?; expected its version"):
        parse_cargo_version("/usr/bin/cargo", text)


OLD, NEW = CargoToolchain("/old", "1.85.0", True), CargoToolchain("/new", "1.96.0", False)
NIGHTLY, TWIN = CargoToolchain("/nightly", "1.97.0-nightly", True), CargoToolchain("/twin", "1.96.0", False)


@pytest.mark.parametrize(
    ("found", "git", "chosen"),
    [
        ((), False, None),
        ((OLD, NEW), False, NEW),
        ((OLD, NEW), True, OLD),
        ((NEW, TWIN), False, NEW),
        ((NEW,), True, NEW),
        ((OLD, NIGHTLY), False, OLD),
        ((NIGHTLY,), False, NIGHTLY),
    ],
)
def test_the_newest_release_is_chosen(
    found: tuple[CargoToolchain, ...], git: bool, chosen: CargoToolchain | None
) -> None:
    assert choose_cargo(found, git=git) == chosen


def test_a_target_specification_needs_an_option_of_newer_ones() -> None:
    assert OLD.unstable == ("-Zunstable-options",)
    assert NEW.unstable == ("-Zunstable-options", "-Zjson-target-spec")
