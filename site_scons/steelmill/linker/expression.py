"""Expression: arithmetic of a linker script, as far as it is known before the link.

Follows "Expressions in Linker Scripts" of the GNU ld manual, https://sourceware.org/binutils/docs/ld/Expressions.html;
values are unsigned 64-bit numbers. What only the link finds out (``.``, addresses, foreign symbols) is None.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Protocol

from steelmill.linker.lexer import SYMBOL, ScriptLexer, Token


class Scope(Protocol):
    """What names stand for; None where that is unknown."""

    def symbol(self, name: str) -> int | None:
        """Give the value of a symbol."""

    def origin(self, region: str) -> int | None:
        """Give the address of a MEMORY region."""

    def length(self, region: str) -> int | None:
        """Give the size of a MEMORY region in bytes."""


Expression = Callable[[Scope], int | None]

_BITS = 64
_MASK = (1 << _BITS) - 1
_UNITS = {"k": 1 << 10, "m": 1 << 20}
_BASE_OF_SUFFIX = {"h": 16, "x": 16, "d": 10, "o": 8, "b": 2}


def _divide(left: int, right: int) -> int | None:
    return left // right if right else None


def _remainder(left: int, right: int) -> int | None:
    return left % right if right else None


def _shift_left(left: int, right: int) -> int:
    return left << right if right < _BITS else 0


# Operator -> how tightly it binds, what it does.
_BINARY: dict[str, tuple[int, Callable[[int, int], int | None]]] = {
    "||": (1, lambda left, right: left or right),
    "&&": (2, lambda left, right: left and right),
    "|": (3, operator.or_),
    "^": (4, operator.xor),
    "&": (5, operator.and_),
    "==": (6, operator.eq),
    "!=": (6, operator.ne),
    "<": (7, operator.lt),
    ">": (7, operator.gt),
    "<=": (7, operator.le),
    ">=": (7, operator.ge),
    "<<": (8, _shift_left),
    ">>": (8, operator.rshift),
    "+": (9, operator.add),
    "-": (9, operator.sub),
    "*": (10, operator.mul),
    "/": (10, _divide),
    "%": (10, _remainder),
}
_LOGICAL = ("||", "&&")
_UNARY: dict[str, Callable[[int], int]] = {
    "-": operator.neg,
    "~": operator.invert,
    "!": operator.not_,
    "+": operator.pos,
}


def _align(value: int, to: int) -> int:
    return -(-value // to) * to if to else value


# Function -> number of arguments, what it does. ALIGN with one argument aligns the unknown ``.``.
_FUNCTIONS: dict[str, tuple[int, Callable[..., int]]] = {
    "ABSOLUTE": (1, lambda value: value),
    "ALIGN": (2, _align),
    "LOG2CEIL": (1, lambda value: max(value - 1, 0).bit_length()),
    "MAX": (2, max),
    "MIN": (2, min),
}


def parse_expression(lexer: ScriptLexer) -> Expression:
    """Read one expression and leave ``lexer`` behind it. What is not understood counts as unknown."""
    condition = _binary(lexer, 1)
    if lexer.peek(SYMBOL) != "?":
        return condition
    lexer.take_here(SYMBOL)
    yes = parse_expression(lexer)
    if lexer.peek(SYMBOL) != ":":
        return _unknown
    lexer.take_here(SYMBOL)
    no = parse_expression(lexer)

    def choose(scope: Scope) -> int | None:
        known = condition(scope)
        return None if known is None else (yes if known else no)(scope)

    return choose


def parse_number(text: str) -> int | None:
    """Read a number as GNU ld does: ``0x10``, ``$10``, ``10h``, ``010`` (octal), ``64K``; None for another word."""
    word = text.lower()
    if match := re.fullmatch(r"(\$|0x)([0-9a-f]+)([km]?)|([0-9]+)([km]?)", word):
        if match[1]:
            return int(match[2], 16) * _UNITS.get(match[3], 1) & _MASK
        digits = match[4]
        octal = len(digits) > 1 and digits.startswith("0")
        value = _int(digits, 8 if octal else 10)
        return None if value is None else value * _UNITS.get(match[5], 1) & _MASK
    base = _BASE_OF_SUFFIX.get(word[-1:])
    return _int(word[:-1], base) if base else None


def _int(digits: str, base: int) -> int | None:
    try:
        return int(digits, base) & _MASK if digits.isalnum() else None
    except ValueError:
        return None


def _unknown(_scope: Scope) -> None:
    return None


def _binary(lexer: ScriptLexer, least: int) -> Expression:
    """Read operands joined by operators that bind at least as tightly as ``least``."""
    left = _primary(lexer)
    while (found := _BINARY.get(sign := lexer.peek(SYMBOL))) and found[0] >= least:
        lexer.take_here(SYMBOL)
        left = _joined(sign, found[1], left, _binary(lexer, found[0] + 1))
    return left


def _joined(sign: str, join: Callable[[int, int], int | None], left: Expression, right: Expression) -> Expression:
    def value(scope: Scope) -> int | None:
        first, second = left(scope), right(scope)
        if first is None or second is None:
            return None
        result = join(first, second)
        if result is None:
            return None
        return int(bool(result)) if sign in _LOGICAL else int(result) & _MASK

    return value


def _primary(lexer: ScriptLexer) -> Expression:
    sign = lexer.peek(SYMBOL)
    if sign in _UNARY:
        lexer.take_here(SYMBOL)
        operand, apply = _primary(lexer), _UNARY[sign]
        return lambda scope: None if (value := operand(scope)) is None else int(apply(value)) & _MASK
    if sign == "(":
        lexer.take_here(SYMBOL)
        inner = parse_expression(lexer)
        lexer.skip_nested(SYMBOL, "(", ")")
        return inner
    if sign[:1].isdigit() or (sign.startswith("$") and parse_number(sign) is not None):
        lexer.take_here(SYMBOL)
        number = parse_number(sign)
        return lambda _scope: number
    if not re.match(r'[\w.\\$"]', sign):
        return _unknown
    token = lexer.take_here(SYMBOL)
    assert token is not None
    return _named(lexer, token)


def _named(lexer: ScriptLexer, token: Token) -> Expression:
    """Read what follows a name: arguments, or nothing where it is a symbol."""
    name = token.text
    if token.quoted or lexer.peek(SYMBOL) != "(":
        return lambda scope: scope.symbol(name)
    lexer.take_here(SYMBOL)
    if name in ("ORIGIN", "LENGTH", "DEFINED"):
        argument = lexer.take_here(SYMBOL)
        lexer.skip_nested(SYMBOL, "(", ")")
        of = argument.text if argument else ""
        if name == "DEFINED":
            # without a value here it may still be defined by an object
            return lambda scope: None if scope.symbol(of) is None else 1
        return (lambda scope: scope.origin(of)) if name == "ORIGIN" else (lambda scope: scope.length(of))
    if name not in _FUNCTIONS:
        lexer.skip_nested(SYMBOL, "(", ")")
        return _unknown
    arguments = [parse_expression(lexer)]
    while lexer.peek(SYMBOL) == ",":
        lexer.take_here(SYMBOL)
        arguments.append(parse_expression(lexer))
    lexer.skip_nested(SYMBOL, "(", ")")
    count, function = _FUNCTIONS[name]
    if len(arguments) != count:
        return _unknown

    def value(scope: Scope) -> int | None:
        values = [argument(scope) for argument in arguments]
        return None if None in values else function(*values) & _MASK

    return value
