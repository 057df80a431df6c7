"""The table of a comparison: medians of both sides and their ratio."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.measure import Sample

HEAD = ("scenario", "runs", "cargo + make", "steelmill", "ratio", "cargo + make", "steelmill")


def format_table(samples: Mapping[str, tuple[Sequence[Sample], Sequence[Sample]]]) -> str:
    """Give one row a scenario; ``samples`` maps its name to the runs of cargo and make, then of Steelmill."""
    rows = [HEAD, *(_row(name, *sides) for name, sides in samples.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "  ".join(_pad(cell, width, column) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    note = "medians: seconds of wall clock, then the memory of the largest process; ratio = steelmill / (cargo + make)"
    return "\n".join([*(line.rstrip() for line in lines), "", note])


def _row(name: str, reference: Sequence[Sample], own: Sequence[Sample]) -> tuple[str, ...]:
    before, now = (statistics.median(sample.seconds for sample in side) for side in (reference, own))
    memory = (statistics.median(sample.peak for sample in side) for side in (reference, own))
    return (
        name,
        str(len(own)),
        f"{before:.2f} s",
        f"{now:.2f} s",
        f"{now / before:.2f}",
        *(f"{peak / (1 << 20):.0f} MiB" for peak in memory),
    )


def _pad(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)
