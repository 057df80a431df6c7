"""CfgExpr: a configuration predicate, as in ``#[cfg(...)]`` and in the keys of ``[target.'cfg(...)']``.

Follows the Rust reference, "Conditional compilation", https://doc.rust-lang.org/reference/conditional-compilation.html,
with ``true`` and ``false`` (RFC 3695).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg
from steelmill.rustc.literal import string_value


@dataclass(frozen=True, slots=True)
class Option:
    """``name`` or ``name = "value"``: holds where the option is set."""

    name: str
    value: str | None = None

    def holds(self, cfg: Cfg) -> bool:
        """Say whether the predicate is true under ``cfg``."""
        return (self.name, self.value) in cfg.options

    def __str__(self) -> str:
        name = f"r#{self.name}" if self.name in _RAW else self.name
        if self.value is None:
            return name
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'{name} = "{escaped}"'


@dataclass(frozen=True, slots=True)
class Always:
    """``true`` or ``false``."""

    truth: bool

    def holds(self, cfg: Cfg) -> bool:
        """Say whether the predicate is true under ``cfg``."""
        return self.truth

    def __str__(self) -> str:
        return "true" if self.truth else "false"


@dataclass(frozen=True, slots=True)
class Not:
    """``not(...)``."""

    inner: CfgExpr

    def holds(self, cfg: Cfg) -> bool:
        """Say whether the predicate is true under ``cfg``."""
        return not self.inner.holds(cfg)

    def __str__(self) -> str:
        return f"not({self.inner})"


@dataclass(frozen=True, slots=True)
class All:
    """``all(...)``: true when empty."""

    parts: tuple[CfgExpr, ...]

    def holds(self, cfg: Cfg) -> bool:
        """Say whether the predicate is true under ``cfg``."""
        return all(part.holds(cfg) for part in self.parts)

    def __str__(self) -> str:
        return f"all({', '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Any:
    """``any(...)``: false when empty."""

    parts: tuple[CfgExpr, ...]

    def holds(self, cfg: Cfg) -> bool:
        """Say whether the predicate is true under ``cfg``."""
        return any(part.holds(cfg) for part in self.parts)

    def __str__(self) -> str:
        return f"any({', '.join(map(str, self.parts))})"


CfgExpr = Option | Always | Not | All | Any

_RAW = ("true", "false")
_OPERATORS = ("all", "any", "not")
_DEEPEST = 128
"""rustc's own recursion limit."""
_TOKEN = re.compile(
    r"""(?P<blank>(?:\s+|//[^\n]*|/\*[\s\S]*?\*/)+)
      | (?P<string>r(?P<hashes>\#*)"[\s\S]*?"(?P=hashes)|"(?:[^"\\]|\\[\s\S])*")
      | (?P<name>(?:r\#)?[^\W\d]\w*)
      | (?P<mark>[(),=])""",
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str


_END = _Token("end", "the end")


def parse_cfg_expr(text: str, *, place: str | None = None) -> CfgExpr:
    """Read a predicate, with or without the outer ``cfg(...)``.

    Raises InputError at ``place`` where the text is no predicate.
    """
    parser = _Parser(text, place)
    if parser.tokens[:2] == [("name", "cfg"), ("mark", "(")]:
        parser.at = 2
        expr = parser.predicate(0)
        if parser.peek() == ("mark", ","):
            parser.at += 1
        parser.expect(")")
    else:
        expr = parser.predicate(0)
    if parser.peek() is not _END:
        raise parser.error(f"{parser.peek().text!r} after the end of the predicate")
    return expr


def target_matches(key: str, cfg: Cfg, target: str, *, place: str | None = None) -> bool:
    """Say whether the key of a ``[target.KEY]`` table means this target: ``cfg(...)``, or the target's own name.

    Raises InputError at ``place`` where the key begins as ``cfg(...)`` and is no predicate.
    """
    if key.lstrip().startswith("cfg("):
        return parse_cfg_expr(key, place=place).holds(cfg)
    return key == target


class _Parser:
    def __init__(self, text: str, place: str | None) -> None:
        self.text = text
        self.place = place
        self.at = 0
        self.tokens: list[_Token] = []
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self.error(f"unexpected {text[position]!r}")
            position = match.end()
            kind = match.lastgroup
            if kind == "hashes":  # nested in ``string``
                kind = "string"
            if kind != "blank":
                self.tokens.append(_Token(str(kind), match[0]))

    def error(self, problem: str) -> InputError:
        return InputError(
            f"bad cfg predicate {self.text.strip()!r}: {problem}",
            place=self.place,
            remedy='write cfg(name), cfg(name = "value"), all(...), any(...) or not(...)',
        )

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, mark: str) -> None:
        token = self.take()
        if token != ("mark", mark):
            raise self.error(f"expected {mark!r}, found {token.text!r}")

    def predicate(self, depth: int) -> CfgExpr:
        if depth > _DEEPEST:
            raise self.error(f"nested deeper than {_DEEPEST}")
        kind, word = self.take()
        if kind != "name":
            raise self.error(f"expected a name, found {word!r}")
        follows = self.peek()
        if follows == ("mark", "("):
            return self.operator(word, depth)
        if word in _RAW:
            return Always(word == "true")
        name = word.removeprefix("r#")
        if follows != ("mark", "="):
            return Option(name)
        self.at += 1
        kind, literal = self.take()
        if kind != "string":
            raise self.error(f"the value of {name!r} must be a string in double quotes, found {literal!r}")
        return Option(name, string_value(literal))

    def operator(self, word: str, depth: int) -> CfgExpr:
        if word not in _OPERATORS:
            from steelmill.suggest import did_you_mean

            raise self.error(f"unknown predicate {word!r}{did_you_mean(word, _OPERATORS)}")
        self.expect("(")
        parts: list[CfgExpr] = []
        while self.peek() != ("mark", ")"):
            parts.append(self.predicate(depth + 1))
            if self.peek() != ("mark", ")"):
                self.expect(",")
        self.expect(")")
        if word == "all":
            return All(tuple(parts))
        if word == "any":
            return Any(tuple(parts))
        if len(parts) != 1:
            raise self.error(f"not() takes one predicate, found {len(parts)}")
        return Not(parts[0])
