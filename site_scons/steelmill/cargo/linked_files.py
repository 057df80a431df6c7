"""LinkedFiles: what the linker read when rustc ran it, by the linker's own list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_TEMPORARY = r"\brustc\w{6}/"
"""The folder in which rustc prepares a link; its name is another each time."""


class LinkedFiles(NamedTuple):
    """The files of one link, each kind in the linker's order."""

    objects: tuple[str, ...]
    """What rustc made for this link alone, and removes again."""
    archives: tuple[str, ...]
    """Copies of rlibs that it made: without the code that link-time optimisation has taken over."""
    others: tuple[str, ...]
    """All else, relative to the top folder where it is below: objects, rlibs, archives, scripts."""


def list_linked(paths: Iterable[str], folder: str, top: str) -> LinkedFiles:
    """Sort what a linker read; ``folder`` is where rustc wrote, relative to ``top``."""
    known = tuple(dict.fromkeys(path.removeprefix(f"{top}/") for path in paths))
    own = [path for path in known if path.startswith(f"{folder}/")]
    return LinkedFiles(
        objects=tuple(path for path in own if path.endswith(".o")),
        archives=tuple(path for path in own if path.endswith((".a", ".rlib"))),
        others=tuple(path for path in known if path not in own),
    )


def stable_map(text: str, folder: str, top: str) -> str:
    """Take out of a map file what differs from one place, or from one run, to the next."""
    return re.sub(_TEMPORARY, "", text.replace(f"{top}/", "").replace(f"{folder}/", ""))
