"""RegionDeclaration: a region as MEMORY declares it, before its expressions are worked out.

GNU ld works them out after it has read the whole script (a symbol assigned below counts), LLD at once. A symbol that is
assigned twice therefore has no value here, unless both are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from steelmill.linker.expression import Expression, parse_expression
from steelmill.linker.lexer import REGION_NAME, SYMBOL, ScriptLexer, Token
from steelmill.linker.region import Region

_ORIGIN = ("ORIGIN", "org", "o")
_LENGTH = ("LENGTH", "len", "l")


class RegionDeclaration(NamedTuple):
    """One line of a MEMORY block."""

    name: str
    attributes: str
    place: str
    origin: Expression | None
    length: Expression | None


def parse_declaration(lexer: ScriptLexer, name: Token) -> RegionDeclaration:
    """Read what follows a region's name: ``(rx) : ORIGIN = expression, LENGTH = expression``."""
    attributes = ""
    if lexer.peek(SYMBOL) == "(":
        lexer.take_here(SYMBOL)
        while (word := lexer.take_here(SYMBOL)) and word.text != ")":
            attributes += word.text
    if lexer.peek(SYMBOL) == ":":
        lexer.take_here(SYMBOL)
    origin = _value(lexer, _ORIGIN)
    if lexer.peek(SYMBOL) == ",":
        lexer.take_here(SYMBOL)
    return RegionDeclaration(name.text, attributes, name.place, origin, _value(lexer, _LENGTH))


def parse_memory_block(lexer: ScriptLexer, include: Callable[[], None]) -> list[RegionDeclaration]:
    """Read MEMORY behind its opening brace, the closing one included. ``include`` handles what follows INCLUDE."""
    found = []
    while (name := lexer.take(REGION_NAME)) and (name.quoted or name.text != "}"):
        if name.text == "INCLUDE" and not name.quoted:
            include()
        elif name.quoted or name.text not in ",;:(){":
            found.append(parse_declaration(lexer, name))
    return found


def resolve_regions(
    declarations: Sequence[RegionDeclaration],
    aliases: Mapping[str, str],
    symbols: Mapping[str, Sequence[Expression]],
) -> tuple[Region, ...]:
    """Work the expressions out; a region whose origin or length only the link finds out is left out.

    ``symbols``: every expression that is assigned to a name.
    """
    values = _Values(declarations, aliases, symbols)
    found = []
    for declaration in declarations:
        origin, length = values.value(declaration.origin), values.value(declaration.length)
        if origin is not None and length is not None:
            found.append(Region(declaration.name, origin, length, declaration.attributes, declaration.place))
    return tuple(found)


class _Values:
    """The scope in which MEMORY's expressions stand."""

    def __init__(
        self,
        declarations: Sequence[RegionDeclaration],
        aliases: Mapping[str, str],
        symbols: Mapping[str, Sequence[Expression]],
    ) -> None:
        self._regions = {declaration.name: declaration for declaration in declarations}
        self._aliases = aliases
        self._symbols = symbols
        self._known: dict[int, int | None] = {}
        """By identity of the expression; None too while it is being worked out: one that needs itself has no value."""

    def symbol(self, name: str) -> int | None:
        values = {self.value(expression) for expression in self._symbols.get(name, ())}
        return values.pop() if len(values) == 1 else None

    def origin(self, region: str) -> int | None:
        found = self._regions.get(self._aliases.get(region, region))
        return self.value(found.origin) if found else None

    def length(self, region: str) -> int | None:
        found = self._regions.get(self._aliases.get(region, region))
        return self.value(found.length) if found else None

    def value(self, expression: Expression | None) -> int | None:
        """Work an expression out, each once."""
        if expression is None:
            return None
        key = id(expression)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = expression(self)
        return self._known[key]


def _value(lexer: ScriptLexer, names: tuple[str, ...]) -> Expression | None:
    if lexer.peek(SYMBOL) not in names:
        return None
    lexer.take_here(SYMBOL)
    return parse_expression(lexer) if lexer.take_assignment() == "=" else None
