"""The text of a TOML file -> its tables; costly to import, and needed only when a file changed."""

from __future__ import annotations

import re
from typing import Any

from steelmill.errors import InputError

_AT_LINE = re.compile(r"^(?P<problem>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)$", re.DOTALL)


def load_toml(text: str, place: str) -> dict[str, Any]:
    """Read a TOML file whose path is ``place``; raise InputError with ``place:line`` where it is none."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.match(str(error))
        if match:
            line, problem = match["line"], f"{match['problem']}, in column {match['column']}"
        else:
            line, problem = str(len(text.splitlines()) or 1), str(error)
        raise InputError(
            f"not TOML: {problem}", place=f"{place}:{line}", remedy="correct the syntax there; see https://toml.io"
        ) from None
    except RecursionError:
        raise InputError("not TOML: nested too deeply", place=place, remedy="take levels of nesting away") from None
