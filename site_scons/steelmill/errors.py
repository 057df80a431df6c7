"""Errors a user can cause or mend: what is wrong, where, and what to do about it.

Each is printed as one block, never as a traceback::

    targets/board.json:3: unknown key 'lvm-target'; did you mean 'llvm-target'?
      remedy   rename the key
"""

from __future__ import annotations

from collections.abc import Sequence


class SteelmillError(Exception):
    """The base of every error that is shown to a user.

    what     what is wrong and what was expected, one sentence without a full stop
    place    ``path`` or ``path:line`` of the cause, or None where there is none
    details  rows (label, text) that stand under the message
    remedy   what to do about it, in the imperative
    see      where more is written about it, or None
    """

    def __init__(
        self,
        what: str,
        *,
        remedy: str,
        place: str | None = None,
        details: Sequence[tuple[str, str]] = (),
        see: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.details = tuple(details)
        self.remedy = remedy
        self.see = see

    def __str__(self) -> str:
        head = f"{self.place}: {self.what}" if self.place else self.what
        rows = (*self.details, ("remedy", self.remedy), *((("see", self.see),) if self.see else ()))
        width = max(len(label) for label, _ in rows) + 2
        return "\n".join([head, *(f"  {label:<{width}} {text}" for label, text in rows)])


class InputError(SteelmillError):
    """The user's files or command line are wrong: their author mends it."""


class ToolchainError(SteelmillError):
    """A tool is missing or does not fit: whoever keeps the machine mends it."""


class StepFailed(SteelmillError):
    """A tool ran and refused its input."""
