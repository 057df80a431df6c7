"""Lto: what each unit contributes to link-time optimisation, decided over the whole graph as cargo does.

Follows cargo's ``core/compiler/lto.rs`` and The Cargo Book, "Profiles", "lto",
https://doc.rust-lang.org/cargo/reference/profiles.html#lto.
"""

from __future__ import annotations

from typing import NamedTuple

from steelmill.cargo.unit_graph import Unit, UnitGraph


class Lto(NamedTuple):
    """What one rustc run makes: object code, bitcode or both, or the optimised program itself."""

    kind: str
    """``run``, ``off``, ``only-bitcode``, ``object-and-bitcode`` or ``only-object``."""
    name: str = ""
    """Of ``run``: ``fat``, ``thin``, or empty for plain ``-Clto``."""

    @property
    def bitcode(self) -> bool:
        """True where the objects hold bitcode (``-Cembed-bitcode``)."""
        return self.kind not in ("off", "only-object")

    def argv(self) -> tuple[str, ...]:
        """Give rustc's options besides ``-Cembed-bitcode``."""
        if self.kind == "run":
            return (f"-Clto={self.name}",) if self.name else ("-Clto",)
        return {"off": ("-Clto=off",), "only-bitcode": ("-Clinker-plugin-lto",)}.get(self.kind, ())


OFF = Lto("off")
ONLY_BITCODE = Lto("only-bitcode")
OBJECT_AND_BITCODE = Lto("object-and-bitcode")
ONLY_OBJECT = Lto("only-object")

_CAN_LTO = ("bin", "staticlib", "cdylib")
"""Crate types that are a program of their own, into which all is optimised."""
_DYNAMIC = ("dylib", "cdylib", "proc-macro")


def program_lto(unit: Unit) -> Lto:
    """Give what a program does in which a unit ends, by the unit's profile."""
    return _OF_PROFILE[unit.profile.lto]


def decide_lto(graph: UnitGraph) -> tuple[Lto, ...]:
    """Decide for every unit, in the graph's order; a unit that several others need satisfies them all."""
    decided: dict[int, Lto] = {}
    for root in graph.roots:
        unit = graph.units[root]
        waiting = [(root, _of_root(unit))]
        while waiting:
            index, parent = waiting.pop()
            unit = graph.units[index]
            lto = _of_unit(unit, parent)
            merged = _merge(lto, decided[index]) if index in decided else lto
            if decided.get(index) != merged:
                decided[index] = merged
                waiting += [(edge.index, merged) for edge in unit.dependencies]
    return tuple(decided.get(index, ONLY_OBJECT) for index in range(len(graph.units)))


def _of_root(unit: Unit) -> Lto:
    if unit.profile.lto in ("false", "off"):
        return OFF if unit.profile.lto == "off" else ONLY_OBJECT
    if _is_for_host(unit):
        return ONLY_OBJECT
    types = unit.target.crate_types
    return _with_object(types) if _needs_object(types) else ONLY_BITCODE


def _of_unit(unit: Unit, parent: Lto) -> Lto:
    types = unit.target.crate_types
    if _is_for_host(unit):
        return ONLY_OBJECT
    if all(kind in _CAN_LTO for kind in types):
        return _OF_PROFILE[unit.profile.lto]
    if parent.kind == "run":
        return _with_object(types) if _needs_object(types) else ONLY_BITCODE
    if parent == ONLY_BITCODE and _needs_object(types):
        return _with_object(types)
    return parent


_OF_PROFILE = {
    "false": ONLY_OBJECT,
    "off": OFF,
    "true": Lto("run"),
    "fat": Lto("run", "fat"),
    "thin": Lto("run", "thin"),
}
"""What a program makes, by its profile's ``lto``."""


def _merge(new: Lto, old: Lto) -> Lto:
    """Satisfy two dependents at once."""
    for lto in (new, old):
        if lto.kind == "run":
            return lto
    if OFF in (new, old):
        return OFF
    return new if new == old else OBJECT_AND_BITCODE


def _needs_object(types: tuple[str, ...]) -> bool:
    return any(kind in _CAN_LTO or kind in _DYNAMIC for kind in types)


def _with_object(types: tuple[str, ...]) -> Lto:
    return ONLY_OBJECT if all(kind == "dylib" for kind in types) else OBJECT_AND_BITCODE


def _is_for_host(unit: Unit) -> bool:
    return unit.is_proc_macro or "custom-build" in unit.target.kind
