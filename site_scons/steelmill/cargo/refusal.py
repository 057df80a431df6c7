"""What cargo says where it does not resolve a package, in Steelmill's words."""

from __future__ import annotations

import re
from typing import NamedTuple

from steelmill.errors import InputError

_SHOWN = 12
"""Lines of cargo's words, at most."""
_LOCKED = "--locked was passed"
_NOT_HERE = re.compile(
    r"--offline|offline mode|no matching package|failed to (download|load source|get `)|unable to update"
)


class _Refusal(NamedTuple):
    pattern: re.Pattern[str]
    what: str
    """May name groups of the pattern."""
    remedy: str
    """May name ``{manifest}`` and groups of the pattern."""
    whole: bool = False
    """True where all of cargo's words are worth showing."""


_REFUSALS = (
    _Refusal(
        re.compile(rf"cannot create the lock file (?P<path>\S+) because {_LOCKED}"),
        "the package has no Cargo.lock, which says which versions are built",
        "run `cargo generate-lockfile --manifest-path {manifest}`, and keep Cargo.lock under version control",
    ),
    _Refusal(
        re.compile(rf"cannot update the lock file (?P<path>\S+) because {_LOCKED}"),
        "Cargo.lock is out of date: Cargo.toml asks for what it does not name",
        "run `cargo update --workspace --manifest-path {manifest}`, which adds it and keeps every other version",
    ),
    _Refusal(
        re.compile(rf"lock file \S+ needs to be updated but {_LOCKED}"),
        "Cargo.lock is out of date: Cargo.toml asks for what it does not name",
        "run `cargo update --workspace --manifest-path {manifest}`, which adds it and keeps every other version",
    ),
    _Refusal(
        re.compile(r"package `(?P<one>[^`]+)` links to the native library `(?P<links>[^`]+)`, but it conflicts"),
        "two packages link the native library {links}, and an image takes one",
        "let all depend on one of them, in one version: change the dependency that cargo names above",
        whole=True,
    ),
    _Refusal(
        # by a lock file that names both, and cargo does not say which they are
        re.compile(r"more than one crate with links=(?P<links>\S+)\.$", re.MULTILINE),
        "two packages link the native library {links}, and an image takes one",
        "run `cargo update --workspace --manifest-path {manifest}`, which names both and who asks for them; then let "
        "all depend on one of them, in one version",
    ),
    _Refusal(
        re.compile(r"invalid version \d+ on git_\w+|process didn't exit successfully.*SIGSEGV"),
        "this cargo cannot fetch from git: it is linked with a libgit2 that is too old",
        "install another cargo, rustup's for instance, or name one with cargo=PATH",
    ),
)


def lacks_sources(stderr: str) -> bool:
    """Tell whether cargo, told to stay offline, refused for what it has not fetched yet."""
    return _LOCKED not in stderr and _NOT_HERE.search(stderr) is not None


def explain_refusal(stderr: str, manifest: str, place: str) -> InputError:
    """Make the error of what cargo said; ``place`` names the package, ``manifest`` is the path of its Cargo.toml."""
    for known in _REFUSALS:
        match = known.pattern.search(stderr)
        if match:
            words = {**match.groupdict(), "manifest": manifest}
            return InputError(
                known.what.format(**words),
                place=place,
                details=(
                    ("package", manifest),
                    *(_words(stderr, 0) if known.whole else [("cargo", _first_line(stderr))]),
                ),
                remedy=known.remedy.format(**words),
            )
    return InputError(
        f"cargo refuses {manifest}: {_first_line(stderr)}",
        place=place,
        details=_words(stderr, 1),
        remedy="correct what it names",
    )


def explain_absence(stderr: str, manifest: str, place: str) -> InputError:
    """Make the error of sources that are not on this machine where nothing may be fetched."""
    return InputError(
        "a package that Cargo.lock names is not on this machine, and offline=1 fetches nothing",
        place=place,
        details=(("package", manifest), ("cargo", _first_line(stderr))),
        remedy="run `scons fetch` once without offline=1, or vendor the packages: `cargo vendor`",
    )


def _words(stderr: str, start: int) -> list[tuple[str, str]]:
    lines = stderr.strip().splitlines()[start:_SHOWN]
    return [("cargo", line.strip()) for line in lines if line.strip()]


def _first_line(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    found = next((line for line in lines if line.startswith("error")), lines[0] if lines else "it does not say why")
    return found.removeprefix("error: ")
