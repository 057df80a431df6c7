"""Fields: one object of a JSON document, read field by field with its types; a fault names its path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from steelmill.errors import SteelmillError

Fail = Callable[[str], SteelmillError]
"""Makes the error of a fault, such as ``units[3].mode: 7; expected a string``."""


class Fields:
    """One object. A key that is absent counts as null; what may not be null says so."""

    def __init__(self, values: Mapping[str, Any], fail: Fail, path: str = "") -> None:
        self._values = values
        self._fail = fail
        self._path = path

    def error(self, key: str, problem: str) -> SteelmillError:
        """Make the error for what stands at ``key``."""
        return self._fail(f"{self._path}{key}: {problem}")

    def string(self, key: str) -> str:
        """Give a string."""
        value = self._values.get(key)
        if not isinstance(value, str):
            raise self._wrong(key, "a string")
        return value

    def optional_string(self, key: str) -> str | None:
        """Give a string, or None where there is none."""
        return None if self._values.get(key) is None else self.string(key)

    def choice(self, key: str, known: Collection[str]) -> str:
        """Give a string that is one of ``known``."""
        value = self.string(key)
        if value not in known:
            raise self._wrong(key, f"{'one of ' if len(known) > 1 else ''}{', '.join(known)}")
        return value

    def integer(self, key: str) -> int:
        """Give a whole number, 0 or greater."""
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(key, "a whole number")
        return value

    def optional_integer(self, key: str) -> int | None:
        """Give a whole number, or None where there is none."""
        return None if self._values.get(key) is None else self.integer(key)

    def boolean(self, key: str) -> bool:
        """Give true or false; false where there is none."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def word(self, key: str) -> str:
        """Give a string, or a whole number as one."""
        value = self._values.get(key)
        return self.string(key) if isinstance(value, str) else str(self.integer(key))

    def strings(self, key: str) -> tuple[str, ...]:
        """Give an array of strings; empty where there is none."""
        value = self._values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(element, str) for element in value):
            raise self._wrong(key, "an array of strings")
        return tuple(value)

    def integers(self, key: str) -> tuple[int, ...]:
        """Give an array of whole numbers, each 0 or greater."""
        value = self._values.get(key)
        if not isinstance(value, list) or not all(type(element) is int and element >= 0 for element in value):
            raise self._wrong(key, "an array of whole numbers")
        return tuple(value)

    def object(self, key: str) -> Fields:
        """Give the object at ``key``."""
        value = self._values.get(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return Fields(value, self._fail, f"{self._path}{key}.")

    def objects(self, key: str) -> tuple[Fields, ...]:
        """Give an array of objects."""
        value = self._values.get(key)
        if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
            raise self._wrong(key, "an array of objects")
        return tuple(Fields(element, self._fail, f"{self._path}{key}[{index}].") for index, element in enumerate(value))

    def is_object(self, key: str) -> bool:
        """Say whether an object stands at ``key``."""
        return isinstance(self._values.get(key), dict)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def _wrong(self, key: str, expected: str) -> SteelmillError:
        import json

        if key not in self._values:
            return self.error(key, f"missing; expected {expected}")
        said = json.dumps(self._values[key])
        return self.error(key, f"{said if len(said) < _LONGEST else said[:_LONGEST] + '...'}; expected {expected}")


_LONGEST = 60
"""How much of a wrong value a message shows, in characters."""


def parse_fields(text: str, fail: Fail) -> Fields:
    """Read a JSON document that is one object."""
    import json

    try:
        document = json.loads(text)
    except ValueError as error:
        raise fail(f"not JSON: {error}") from None
    except RecursionError:
        raise fail("not JSON: nested too deeply") from None
    if not isinstance(document, dict):
        raise fail("not a JSON object")
    return Fields(document, fail)
