"""Fault: one thing that is wrong with a target specification, and the one message that names all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.toml.place import KeyPath

START = "start from `rustc -Zunstable-options --print target-spec-json --target TUPLE`; see targets/README.md"
"""The remedy for what is no specification at all."""

Places = Callable[[KeyPath], str]
"""Key path -> ``path:line``."""


class Fault(NamedTuple):
    """What is wrong with one key."""

    path: KeyPath
    """The key; empty where the fault is of the file as a whole."""
    what: str
    """What is wrong, and behind a semicolon what is right."""
    remedy: str
    rule: str = ""
    """The id of the rule that found it."""


def fault_error(faults: Sequence[Fault], places: Places) -> InputError:
    """Give one error for all faults of a specification: the first one is the message, the others stand below it."""
    first, *others = faults
    return InputError(
        _sentence(first),
        place=places(first.path),
        details=[("also", f"{places(fault.path)}: {_sentence(fault)}") for fault in others],
        remedy=first.remedy,
    )


def format_key(path: KeyPath) -> str:
    """Write a key path as people read it: ``pre-link-args.gnu[0]``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _sentence(fault: Fault) -> str:
    return f"{format_key(fault.path)}: {fault.what}" if fault.path else fault.what
