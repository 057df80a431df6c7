"""What is done to a tree before it is built again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.trees import TARGET, Tree

_RUST = "firmware/telemetry/src/lib.rs"
_C = "firmware/telemetry/c/crc16.c"
_SPEC = f"targets/{TARGET}.json"


class Scenario(NamedTuple):
    """One change, and what it is called."""

    name: str
    prepare: Callable[[Tree, int], None]
    """Changes the tree; the number differs from run to run."""
    slow: bool = False
    """True where one of the two sides builds core again: it is run less often."""


def set_last_line(tree: Tree, path: str, mark: str, line: str) -> None:
    """Put one line, known by ``mark``, at the end of a file."""
    text = tree.read(path)
    before = text.partition(mark)[0] if mark in text else text
    tree.write(path, f"{before}{mark}{line}\n")


def _edit_rust(tree: Tree, number: int) -> None:
    # assignment of a value that lands in the object, so that the link has to follow
    mark = "#[unsafe(no_mangle)] pub static BENCHMARK: u32 = "
    set_last_line(tree, _RUST, mark, f"{number};")


def _edit_c(tree: Tree, number: int) -> None:
    set_last_line(tree, _C, "const int benchmark = ", f"{number};")


def _comment_rust(tree: Tree, number: int) -> None:
    set_last_line(tree, _RUST, "// benchmark ", str(number))


def _comment_c(tree: Tree, number: int) -> None:
    set_last_line(tree, _C, "// benchmark ", str(number))


def _touch(tree: Tree, _number: int) -> None:
    for name in ("firmware", "targets"):
        for folder, _, files in os.walk(tree.folder / name):
            for file in files:
                os.utime(os.path.join(folder, file))


def _reindent(tree: Tree, number: int) -> None:
    tree.write(_SPEC, json.dumps(json.loads(tree.read(_SPEC)), indent=1 + number % 8))


SCENARIOS = (
    Scenario("cold build", lambda tree, _: tree.make_cold(), slow=True),
    Scenario("second build", lambda _tree, _number: None),
    Scenario("one-line Rust edit", _edit_rust),
    Scenario("one-line C edit", _edit_c),
    Scenario("Rust comment", _comment_rust),
    Scenario("C comment", _comment_c),
    Scenario("every file touched", _touch),
    Scenario("target JSON re-indented", _reindent, slow=True),
)
"""In the order in which they are run: the first one leaves a built tree."""
