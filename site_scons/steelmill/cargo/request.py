"""Request: what cargo is asked to plan, for the packages of an image."""

from __future__ import annotations

from typing import NamedTuple


class Request(NamedTuple):
    """A command of cargo whose unit graph is asked for."""

    command: tuple[str, ...]
    """cargo's command and the options that are its own."""
    tested: tuple[str, ...] = ()
    """Ids of the packages whose tests are compiled for this machine; with none it is the image's target."""


BUILD = Request(("build",))
CHECK = Request(("check",))
DOC = Request(("doc",))


def request_tests(packages: tuple[str, ...]) -> Request:
    """Ask for the tests of packages, but for those in their documentation."""
    return Request(("test", "--no-run", "--tests"), packages)
