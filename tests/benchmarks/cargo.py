"""Compare Steelmill with ``cargo build -Zbuild-std`` on a Cargo package that stands on some 35 crates.

    python tests/benchmarks/cargo.py [--runs N] [--slow-runs N] [--rustc PATH] [--cargo PATH]

Both sides take turns, and have the same package, lock file, target, toolchain and linker. Aims are for the clock on an
idle machine; where other programs run, the processor's time says more. Ends with status 1 where an aim is missed.
Needs the packages that `tests/data/cargo/sensor/Cargo.lock` names, which cargo fetches before anything is measured, LLD
and a rustc with its rust-src. Nothing else is written outside a temporary folder.
"""

from __future__ import annotations

import os
import sys

# run as a script, Python looks for modules in this folder only
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from benchmarks.cargo_trees import LOCK_FILES, cargo_and_steelmill
from benchmarks.compare import compare, parse_arguments
from benchmarks.report import Aim
from benchmarks.scenarios import Scenario, set_last_line
from benchmarks.trees import Tree

_LEAF = "codec/src/lib.rs"


def _edit_leaf(tree: Tree, number: int) -> None:
    mark = "#[unsafe(no_mangle)] pub static BENCHMARK: u32 = "
    set_last_line(tree, _LEAF, mark, f"{number};")


def _bump(tree: Tree, number: int) -> None:
    # of one that was built before, both sides have what they made of it
    tree.write("Cargo.lock", tree.read(LOCK_FILES[number % len(LOCK_FILES)]))


SCENARIOS = (
    Scenario("cold build", lambda tree, _: tree.make_cold(), slow=True),
    Scenario("second build", lambda _tree, _number: None),
    Scenario("edit of a leaf crate", _edit_leaf),
    Scenario("another version of a dependency", _bump),
)
AIMS = {
    "cold build": Aim(0.8),
    "second build": Aim(1.5, seconds=0.25),
    "edit of a leaf crate": Aim(1.2),
    "another version of a dependency": Aim(1.0),
}


def main() -> int:
    """Run the comparison and print its table; give the exit status."""
    return compare(SCENARIOS, cargo_and_steelmill, parse_arguments(__doc__ or ""), reference="cargo", aims=AIMS)


if __name__ == "__main__":
    sys.exit(main())
