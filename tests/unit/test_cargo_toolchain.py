from __future__ import annotations

import pytest

from steelmill.cargo.toolchain import (
    CargoToolchain,
    choose_cargo,
    choose_fetcher,
    parse_cargo_version,
    resolve_fault,
)
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
NEWER, ANCIENT = CargoToolchain("/newer", "1.95.0", True), CargoToolchain("/ancient", "1.84.0", True)


@pytest.mark.parametrize(
    ("found", "rustc", "git", "chosen"),
    [
        ((), (1, 96), False, None),
        ((OLD, NEW), (1, 96), False, NEW),
        ((NEWER, NEW), (1, 96), True, NEWER),
        # one that cannot resolve for this rustc may still fetch for the one that can
        ((OLD, NEW), (1, 96), True, NEW),
        ((OLD, NEW), (1, 94), True, OLD),
        ((OLD, NEW), (1, 85), False, NEW),
        ((OLD,), (1, 95), False, None),
        ((ANCIENT,), (1, 85), False, None),
        ((NEW, TWIN), (1, 96), False, NEW),
        ((NEW,), (1, 96), True, NEW),
        ((OLD, NIGHTLY), (1, 85), False, OLD),
        ((NIGHTLY,), (1, 96), False, NIGHTLY),
    ],
)
def test_the_newest_release_that_resolves_is_chosen(
    found: tuple[CargoToolchain, ...], rustc: tuple[int, int], git: bool, chosen: CargoToolchain | None
) -> None:
    assert choose_cargo(found, rustc=rustc, git=git) == chosen


def test_why_a_cargo_cannot_resolve_is_said() -> None:
    assert resolve_fault(NEW, (1, 98)) == resolve_fault(OLD, (1, 94)) == ""
    assert resolve_fault(OLD, (1, 95)) == "cannot ask rustc 1.95 about a target specification; 1.95 or newer can"
    assert resolve_fault(ANCIENT, (1, 85)) == "older than 1.85, and knows no edition 2024"


def test_the_newest_release_that_can_fetches_from_git() -> None:
    assert choose_fetcher((NEW, OLD, ANCIENT)) == OLD
    assert choose_fetcher((OLD, NEWER)) == NEWER
    assert choose_fetcher((NEW, ANCIENT)) is None


def test_a_target_specification_needs_an_option_of_newer_ones() -> None:
    assert OLD.unstable == ("-Zunstable-options",)
    assert NEW.unstable == ("-Zunstable-options", "-Zjson-target-spec")
