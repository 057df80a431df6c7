"""Packages: what brings a program, by the package manager of the system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

INSTALL: Mapping[str, str] = {
    "apt-get": "apt-get install",
    "dnf": "dnf install",
    "pacman": "pacman -S --needed",
    "brew": "brew install",
}
"""Package manager -> its command, in the order of the table's columns."""


class Package(NamedTuple):
    """A package, perhaps with the oldest version that will do."""

    name: str
    oldest: str | None


Alternative = tuple[Package, ...]
"""Packages that go together."""


class Need(NamedTuple):
    """One row: programs of which one is enough, and what brings them."""

    programs: tuple[str, ...]
    packages: Mapping[str, tuple[Alternative, ...]]
    """Package manager -> alternatives, the best one first; managers that have none are absent."""


def parse_packages(text: str) -> tuple[Need, ...]:
    """Read the rows of packages.txt, whose head explains the form."""
    rows = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return tuple(
        Need(
            tuple(programs.split("|")),
            {
                manager: _parse_alternatives(words)
                for manager, words in zip(INSTALL, columns, strict=True)
                if words != "-"
            },
        )
        for _, programs, *columns in rows
    )


def find_need(needs: Sequence[Need], program: str) -> Need | None:
    """Give the row of a program, by its name without a folder."""
    return next((need for need in needs if program in need.programs), None)


def format_install(manager: str, packages: Alternative) -> str:
    """Write the command that installs packages."""
    return f"{INSTALL[manager]} {' '.join(package.name for package in packages)}"


def _parse_alternatives(words: str) -> tuple[Alternative, ...]:
    return tuple(tuple(_parse_package(word) for word in alternative.split(",")) for alternative in words.split("|"))


def _parse_package(word: str) -> Package:
    name, _, oldest = word.partition(">=")
    return Package(name, oldest or None)
