"""Measure what the audit adds to a cold build and to a build with nothing to do.

    python tests/benchmarks/audit.py [--runs N] [--rustc PATH]

A cold build is measured once; then all audits are done again with nothing else, which is what they add to it. Builds
with nothing to do take turns with those of a tree in which the audit's steps are not planned, so that a busy machine
slows both. Ends with status 1 where the audit adds more than 5 % to the cold build. Needs arm-none-eabi-gcc and a rustc
with its rust-src. Nothing is written outside a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

# run as a script, Python looks for modules in this folder only
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from benchmarks.compare import find_program
from benchmarks.measure import CommandFailed, measure
from benchmarks.trees import Tree, steelmill_tree

LARGEST_SHARE = 0.05

_WITHOUT = """\
import types

from rust_firmware.builders import link

NOTHING = types.SimpleNamespace(target_paths=("SConstruct",))
link.add_object_audit = link.add_elf_audit = link.add_layout_audit = lambda *_: NOTHING
"""


def main() -> int:
    """Measure and print; give the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="how often each quick build is run; 7")
    parser.add_argument("--rustc", default=find_program("rustc"), help="the Rust compiler")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="steelmill-benchmark-") as name:
        try:
            return _measure(Path(name), options.rustc, options.runs)
        except CommandFailed as error:
            print(error, file=sys.stderr)
            return 1


def _measure(folder: Path, rustc: str, runs: int) -> int:
    audited = steelmill_tree(folder / "audited", rustc)
    cold = _seconds(audited)
    plain = _without_audit(audited, folder / "plain")
    _seconds(plain)
    again, second, second_plain = [], [], []
    for _ in range(runs):
        _forget_audits(audited)
        again.append(_seconds(audited))
        second.append(_seconds(audited))
        second_plain.append(_seconds(plain))
    nothing = statistics.median(second)
    added = statistics.median(again) - nothing
    share = added / cold
    print(f"cold build              {cold:.2f} s")
    print(f"the audit's part of it  {added:.2f} s, {share:.1%}")
    print(f"second build            {nothing:.3f} s; without the audit {statistics.median(second_plain):.3f} s")
    return int(share > LARGEST_SHARE)


def _without_audit(tree: Tree, folder: Path) -> Tree:
    """Copy a built tree, and keep its SConstruct from planning the audit."""
    shutil.copytree(tree.folder, folder)
    head, load, rest = tree.read("SConstruct").partition('env = Environment(tools=["rust_firmware"])\n')
    (folder / "SConstruct").write_text(f"{head}{load}{_WITHOUT}{rest}", encoding="utf-8")
    return Tree(folder, tree.argv, tree.env, tree.products)


def _forget_audits(tree: Tree) -> None:
    build = tree.folder / "build"
    shutil.rmtree(build / ".facts")
    reports = [*build.rglob("*.audit.json"), *build.rglob("*.elf-audit.json"), *build.rglob("*.layout-audit.json")]
    for report in reports:
        report.unlink()


def _seconds(tree: Tree) -> float:
    return measure(tree.argv, tree.folder, tree.env).seconds


if __name__ == "__main__":
    sys.exit(main())
