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
from pathlib import Path

# run as a script, Python looks for modules in this folder only
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from benchmarks.measure import CommandFailed, Sample, measure
from benchmarks.report import format_table
from benchmarks.scenarios import SCENARIOS
from benchmarks.trees import cargo_tree, steelmill_tree


def main() -> int:
    """Run the comparison and print its table; give the exit status."""
    options = _parse_arguments()
    samples: dict[str, tuple[list[Sample], list[Sample]]] = {scenario.name: ([], []) for scenario in SCENARIOS}
    with tempfile.TemporaryDirectory(prefix="steelmill-benchmark-") as name:
        folder = Path(name)
        trees = (
            cargo_tree(folder / "cargo", options.rustc, options.cargo),
            steelmill_tree(folder / "steelmill", options.rustc),
        )
        try:
            for scenario in SCENARIOS:
                runs = options.slow_runs if scenario.slow else options.runs
                for number in range(1, runs + 1):
                    print(f"{scenario.name}  {number}/{runs}", file=sys.stderr)
                    for tree, side in zip(trees, samples[scenario.name], strict=True):
                        scenario.prepare(tree, number)
                        side.append(measure(tree.argv, tree.folder, tree.env))
        except CommandFailed as error:
            print(error, file=sys.stderr)
            return 1
    print(format_table(samples))
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
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
