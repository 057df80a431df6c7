"""Compare Steelmill with ``cargo build -Zbuild-std`` and make on the same firmware, in one run.

    python tests/benchmarks/compare.py [--runs N] [--slow-runs N] [--rustc PATH] [--cargo PATH]

Both sides take turns, so that a busy machine slows both; read the ratios rather than the seconds. Needs
arm-none-eabi-gcc, make, and a rustc with its rust-src. Nothing is written outside a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# run as a script, Python looks for modules in this folder only
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from benchmarks.measure import CommandFailed, Sample, measure
from benchmarks.report import Aim, format_table
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.trees import Tree, cargo_tree, steelmill_tree

Trees = Callable[[Path, str, str], tuple[Tree, Tree]]
"""Makes the tree of the reference and Steelmill's below a folder, with a rustc and a cargo."""


def main() -> int:
    """Run the comparison and print its table; give the exit status."""

    def trees(folder: Path, rustc: str, cargo: str) -> tuple[Tree, Tree]:
        return cargo_tree(folder / "cargo", rustc, cargo), steelmill_tree(folder / "steelmill", rustc)

    return compare(SCENARIOS, trees, parse_arguments(__doc__ or ""), reference="cargo + make")


def compare(
    scenarios: Sequence[Scenario],
    make_trees: Trees,
    options: argparse.Namespace,
    *,
    reference: str,
    aims: Mapping[str, Aim] | None = None,
) -> int:
    """Run scenarios on both trees in turn and print a table; give 1 where a run fails or an aim is missed, else 0."""
    samples: dict[str, tuple[list[Sample], list[Sample]]] = {scenario.name: ([], []) for scenario in scenarios}
    with tempfile.TemporaryDirectory(prefix="steelmill-benchmark-") as name:
        trees = make_trees(Path(name), options.rustc, options.cargo)
        try:
            for scenario in scenarios:
                runs = options.slow_runs if scenario.slow else options.runs
                for number in range(1, runs + 1):
                    print(f"{scenario.name}  {number}/{runs}", file=sys.stderr)
                    for tree, side in zip(trees, samples[scenario.name], strict=True):
                        scenario.prepare(tree, number)
                        side.append(measure(tree.argv, tree.folder, tree.env))
        except CommandFailed as error:
            print(error, file=sys.stderr)
            return 1
    print(format_table(samples, reference))
    missed = {name: message for name, aim in (aims or {}).items() if (message := aim.miss(*samples[name]))}
    for name, message in missed.items():
        print(f"{name}: {message}")
    return int(bool(missed))


def parse_arguments(description: str) -> argparse.Namespace:
    """Read the command line that all comparisons have."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="how often each quick scenario is run; 7")
    parser.add_argument("--slow-runs", type=int, default=1, help="how often those are run that build core again; 1")
    parser.add_argument("--rustc", default=find_program("rustc"), help="the compiler of both sides")
    parser.add_argument("--cargo", default=find_program("cargo"), help="the cargo of the reference")
    return parser.parse_args()


def find_program(name: str) -> str:
    """Prefer the system's: a rustup proxy on PATH may lack rust-src."""
    system = f"/usr/bin/{name}"
    return system if os.path.exists(system) else shutil.which(name) or name


if __name__ == "__main__":
    sys.exit(main())
