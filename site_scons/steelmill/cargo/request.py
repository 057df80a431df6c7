"""Request: what cargo is asked to plan, for the packages of an image."""

from __future__ import annotations

from typing import NamedTuple


class Request(NamedTuple):
    """A command of cargo whose unit graph is asked for."""

    command: tuple[str, ...]
    """cargo's command and the options that are its own."""


BUILD = Request(("build",))
CHECK = Request(("check",))
