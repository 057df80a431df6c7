"""The boundary: where Steelmill's errors become SCons's, so that a user sees a message and never a traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import SCons.Errors

from rust_firmware import compat
from steelmill.errors import SteelmillError

P = ParamSpec("P")
R = TypeVar("R")


def reports_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Turn a SteelmillError raised by ``function`` into SCons's UserError."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except SteelmillError as error:
            raise SCons.Errors.UserError(str(error)) from None

    compat.count_as_scons(guarded)
    return guarded
