"""CargoToolchain: one cargo, and what it can do."""

from __future__ import annotations

import re
from typing import NamedTuple

from steelmill.errors import ToolchainError

_LIBGIT2 = re.compile(r"(?P<major>\d+)\.(?P<minor>\d+)\.\d+ \(sys:0\.(?P<binding>\d+)\.\d+ (?P<origin>\w+)\)")
_NEW_BINDING, _NEW_LIBRARY = 18, (1, 8)
"""From this libgit2-sys on, structures have a version that the library before this one refuses."""
_JSON_TARGETS = (1, 95)
"""The release from which cargo and rustc take a target specification only with an unstable option."""
_OLDEST = (1, 85)
"""The first release that knows edition 2024."""


class CargoToolchain(NamedTuple):
    """A cargo."""

    program: str
    """Absolute path of the real binary, no proxy."""
    release: str
    """``1.96.0``."""
    fetches_git: bool
    """False where it is linked with a libgit2 that is too old for it, as in Debian 12."""

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor number."""
        major, minor = self.release.split(".")[:2]
        return int(major), int(minor)

    @property
    def unstable(self) -> tuple[str, ...]:
        """The options that a unit graph for a target specification needs."""
        json_targets = ("-Zjson-target-spec",) if self.numbers >= _JSON_TARGETS else ()
        return ("-Zunstable-options", *json_targets)


def parse_cargo_version(program: str, text: str) -> CargoToolchain:
    """Read the output of ``cargo -vV``; raise ToolchainError where it is none."""
    rows = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    if "release" not in rows:
        first = text.strip().splitlines()[0] if text.strip() else "nothing"
        raise ToolchainError(f"`{program} -vV` printed {first!r}; expected its version", remedy="give another cargo=")
    library = _LIBGIT2.match(rows.get("libgit2", ""))
    too_old = (
        library is not None
        and library["origin"] == "system"
        and int(library["binding"]) >= _NEW_BINDING
        and (int(library["major"]), int(library["minor"])) < _NEW_LIBRARY
    )
    return CargoToolchain(program, rows["release"], not too_old)


def resolve_fault(cargo: CargoToolchain, rustc: tuple[int, int]) -> str:
    """Say why a cargo cannot resolve for a release of rustc; empty where it can."""
    if cargo.numbers < _OLDEST:
        return f"older than {'.'.join(map(str, _OLDEST))}, and knows no edition 2024"
    if cargo.numbers < _JSON_TARGETS <= rustc:
        newer = ".".join(map(str, _JSON_TARGETS))
        return f"cannot ask rustc {'.'.join(map(str, rustc))} about a target specification; {newer} or newer can"
    return ""


def choose_cargo(found: tuple[CargoToolchain, ...], *, rustc: tuple[int, int], git: bool) -> CargoToolchain | None:
    """Give the newest release that resolves for a rustc, of equal ones the first; None where none does.

    For packages from ``git`` one that can fetch those is taken first.
    """
    able = [cargo for cargo in found if not resolve_fault(cargo, rustc)]
    return _newest([cargo for cargo in able if cargo.fetches_git and git] or able)


def choose_fetcher(found: tuple[CargoToolchain, ...]) -> CargoToolchain | None:
    """Give the newest release that can fetch from git; what it fetched, every other one finds."""
    return _newest([cargo for cargo in found if cargo.fetches_git and cargo.numbers >= _OLDEST])


def _newest(found: list[CargoToolchain]) -> CargoToolchain | None:
    return max(found, key=lambda cargo: ("-" not in cargo.release, cargo.numbers), default=None)
