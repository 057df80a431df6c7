"""Check a specification as a whole: adapted to the toolchain, then by its schema, then by the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from steelmill.target_spec.adapt import Adapted, adapt
from steelmill.target_spec.canonical import complete_text
from steelmill.target_spec.fault import Fault, fault_error
from steelmill.target_spec.json_lines import JsonLines, locate_keys
from steelmill.target_spec.knowledge import Knowledge, Trial
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.rules import check_rules, check_rules_of_keys
from steelmill.target_spec.schema import check_schema
from steelmill.toml.place import KeyPath, place_of

Try = Callable[[str], Trial]
"""Generates code for the specification in a text."""

_BEHIND = 1 << 30
"""Behind every line."""


def check_spec(spec: TargetSpec, text: str | None, knowledge: Knowledge, try_rustc: Try) -> Adapted:
    """Give the specification as this toolchain takes it; raise InputError that names every fault.

    ``text`` is the JSON that it was read from; None where ``spec.places`` says where the keys stand.
    """
    where = locate_keys(text) if text is not None else JsonLines({}, {})
    adapted = adapt(spec.keys, knowledge)
    faults = [*_repeated(where), *find_faults(spec._replace(keys=adapted.keys), knowledge, try_rustc)]
    if faults:
        place = partial(_place, spec, where)
        # in the order of the file, as people read it; last what is not there
        order = {path[0]: line for path, line in where.lines.items() if len(path) == 1}
        ordered = sorted(dict.fromkeys(faults), key=lambda fault: order.get((*fault.path, "")[0], _BEHIND))
        raise fault_error(ordered, place)
    return adapted


def find_faults(spec: TargetSpec, knowledge: Knowledge, try_rustc: Try) -> Iterator[Fault]:
    """Yield everything that the schema and the rules find in an adapted specification."""
    faults = list(check_schema(spec.keys, knowledge.schema))
    yield from faults
    if not faults:
        yield from check_rules(spec, knowledge._replace(trial=try_rustc(complete_text(spec))))
        return
    wrong = {fault.path[0] for fault in faults if fault.path}
    keys = {key: value for key, value in spec.keys.items() if key not in wrong}
    if all(key in keys for key in knowledge.schema["required"]):
        # of a key that is wrong already nothing more is said
        rest = check_rules_of_keys(spec._replace(keys=keys), knowledge)
        yield from (fault for fault in rest if not (fault.path and fault.path[0] in wrong))


def _repeated(where: JsonLines) -> Iterator[Fault]:
    for path, line in where.repeated.items():
        yield Fault(path, f"it is there twice, first in line {line}; the last one counts", "keep one of them")


def _place(spec: TargetSpec, where: JsonLines, path: KeyPath) -> str:
    return place_of(spec.place, where.lines, path) if where.lines else spec.place_of(str(path[0]) if path else "")
