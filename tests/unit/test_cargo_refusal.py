"""What cargo says where it does not resolve, as cargo 1.95 and 1.96 say it."""

from __future__ import annotations

import pytest

from steelmill.cargo.refusal import explain_absence, explain_refusal, lacks_sources

NO_LOCK = """\
error: cannot create the lock file /p/Cargo.lock because --locked was passed to prevent this
help: to generate the lock file without accessing the network, remove the --locked flag and use --offline instead.
"""
OLD_LOCK = NO_LOCK.replace("create", "update")
NOT_HERE = """\
error: no matching package named `nb` found
location searched: crates.io index
required by package `p v0.1.0 (/p)`
note: offline mode (via `--offline`) can sometimes cause surprising resolution failures
"""
TWO_LINKS = """\
error: failed to select a version for `b`.
    ... required by package `p v0.1.0 (/p)`
versions that meet the requirements `*` are: 0.1.0

package `b` links to the native library `foo`, but it conflicts with a previous package which links to `foo` as well:
package `a v0.1.0 (/p/a)`
    ... which satisfies path dependency `a` of package `p v0.1.0 (/p)`
note: only one package in the dependency graph may specify the same links value to ensure that only one copy of a \
native library is linked in the final binary
"""
LOCKED_TWICE = """\
error: Attempting to resolve a dependency with more than one crate with links=foo.
This will not build as is. Consider rebuilding the .lock file.
"""
SYNTAX = "error: unclosed table, expected `]`\n --> Cargo.toml:3:5\n"


@pytest.mark.parametrize(
    ("stderr", "what", "remedy"),
    [
        (NO_LOCK, "the package has no Cargo.lock", "cargo generate-lockfile --manifest-path app/Cargo.toml"),
        (OLD_LOCK, "Cargo.lock is out of date", "cargo update --workspace --manifest-path app/Cargo.toml"),
        (TWO_LINKS, "two packages link the native library foo,", "one of them, in one version"),
        (LOCKED_TWICE, "two packages link the native library foo,", "which names both and who asks for them"),
        ("error: invalid version 0 on git_proxy_options\n", "this cargo cannot fetch from git", "cargo=PATH"),
        (SYNTAX, "cargo refuses app/Cargo.toml: unclosed table, expected `]`", "correct what it names"),
        ("", "cargo refuses app/Cargo.toml: it does not say why", "correct"),
    ],
)
def test_a_refusal_is_explained(stderr: str, what: str, remedy: str) -> None:
    error = explain_refusal(stderr, "app/Cargo.toml", "firmware.toml:5")
    assert error.what.startswith(what)
    assert remedy in error.remedy
    assert error.place == "firmware.toml:5"


def test_what_cargo_says_beyond_its_first_line_is_shown() -> None:
    assert explain_refusal(SYNTAX, "Cargo.toml", "x").details == (("cargo", "--> Cargo.toml:3:5"),)


@pytest.mark.parametrize(
    ("stderr", "lacking"), [(NOT_HERE, True), (NO_LOCK, False), (OLD_LOCK, False), (SYNTAX, False)]
)
def test_only_missing_sources_are_fetched(stderr: str, lacking: bool) -> None:
    assert lacks_sources(stderr) is lacking


def test_a_missing_source_that_may_not_be_fetched_says_how() -> None:
    assert str(explain_absence(NOT_HERE, "Cargo.toml", "firmware.toml:5")) == (
        "firmware.toml:5: a package that Cargo.lock names is not on this machine, and offline=1 fetches nothing\n"
        "  package   Cargo.toml\n"
        "  cargo     no matching package named `nb` found\n"
        "  remedy    run `scons fetch` once without offline=1, or vendor the packages: `cargo vendor`"
    )
