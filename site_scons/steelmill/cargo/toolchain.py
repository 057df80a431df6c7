"""CargoToolchain: one cargo, and what it can do."""

from __future__ import annotations

import re
from typing import NamedTuple

from steelmill.errors import ToolchainError

_LIBGIT2 = re.compile(r"(?P<major>\d+)\.(?P<minor>\d+)\.\d+ \(sys:0\.(?P<binding>\d+)\.\d+ (?P<origin>\w+)\)")
_NEW_BINDING, _NEW_LIBRARY = 18, (1, 8)
"""From this libgit2-sys on, structures have a version that the library before this one refuses."""
_JSON_TARGETS = (1, 95)
"""The release from which cargo takes a target specification only with ``-Zjson-target-spec``."""


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


def choose_cargo(found: tuple[CargoToolchain, ...], *, git: bool) -> CargoToolchain | None:
    """Give the newest release, of equal ones the first; for packages from ``git`` among those that can fetch them."""
    able = [cargo for cargo in found if cargo.fetches_git] if git else []
    return max(able or found, key=lambda cargo: ("-" not in cargo.release, cargo.numbers), default=None)
