"""The console under threads: SCons goes on looking at nodes while a Step's line is made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import SCons.Node
import SCons.Script

from rust_firmware import compat
from rust_firmware.console import Console
from steelmill.step import Step

STEP = Step(label=("CC", "a.c"), argv=("cc",), out_dir="build", outputs=("a.o",))


class Node:
    """A node that is up to date, and during whose look-up SCons comes to the next one."""

    def __init__(self, come_to_next: Callable[[], None]) -> None:
        self.come_to_next = come_to_next

    def get_state(self) -> object:
        self.come_to_next()
        return SCons.Node.up_to_date


def test_a_line_is_made_while_scons_comes_to_further_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[Callable[[Node], None]] = []
    monkeypatch.setattr(SCons.Script, "Progress", visits.append)
    monkeypatch.setattr(compat, "direct_children", lambda _node: [])
    console = Console(verbose=False, explain=False)
    (visit,) = visits
    last = Node(lambda: None)
    first = Node(lambda: visit(last))
    monkeypatch.setattr(SCons.Script, "BUILD_TARGETS", [first, last])
    for node in (first, last):
        console.register(node, STEP)
    visit(first)
    assert console.line(STEP) == "[2/2] CC a.c"
