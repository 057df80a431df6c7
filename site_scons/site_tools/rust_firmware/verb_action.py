"""VerbAction: what a verb does when all SConscripts are read, as the action of an alias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import SCons.Errors

from rust_firmware import compat
from rust_firmware.session import Session
from steelmill.errors import SteelmillError


class VerbAction(compat.Action):  # type: ignore[misc] # SCons has no type information
    """Do what a verb asks for; it makes no file, so it has no signature."""

    def __init__(self, session: Session, function: Callable[[], str | None]) -> None:
        super().__init__(cmdstr=None)
        self._session = session
        self._function = function

    def get_presig(self, target: object, source: object, env: object, executor: object = None) -> bytes:
        """Give what SCons signs: nothing."""
        return b""

    def get_implicit_deps(self, target: object, source: object, env: object, executor: object = None) -> list[Any]:
        """Give no further dependency."""
        return []

    def strfunction(self, target: object, source: object, env: object, executor: object = None) -> None:
        """Print nothing: what the verb does says so itself."""

    def execute(self, target: object, source: object, env: object, executor: object = None) -> object:
        """Run the function; give 0, or an error that SCons reports where it says what failed."""
        try:
            failure = self._function()
        except SteelmillError as error:
            self._session.console.block(str(error), error=True)
            failure = error.what
        return SCons.Errors.BuildError(errstr=failure, status=1) if failure else 0
