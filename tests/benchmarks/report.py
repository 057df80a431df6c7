"""The table of a comparison: medians of both sides and their ratio."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.measure import Sample


class Aim(NamedTuple):
    """What a scenario may cost at most."""

    ratio: float
    """Of the reference's time."""
    seconds: float | None = None
    """Whatever the reference takes: this is enough."""

    def miss(self, reference: Sequence[Sample], own: Sequence[Sample]) -> str | None:
        """Say by how much it is missed; None where it is reached."""
        clock = _median(own, "seconds")
        ratio = clock / _median(reference, "seconds")
        if ratio <= self.ratio or (self.seconds is not None and clock <= self.seconds):
            return None
        enough = "" if self.seconds is None else f" or {self.seconds} s"
        return f"{clock:.2f} s, ratio {ratio:.2f}; the aim is {self.ratio}{enough}"


_COLUMNS = (("clock", "seconds", "{:.2f} s"), ("processor", "cpu", "{:.2f} s"), ("memory", "peak", "{:.0f} MiB"))
"""Head, field of Sample, how it is shown."""


def format_table(samples: Mapping[str, tuple[Sequence[Sample], Sequence[Sample]]], reference: str) -> str:
    """Give one row a scenario; ``samples`` maps its name to the runs of the reference, then of Steelmill."""
    heads = (f"{head}: {side}" for head, _, _ in _COLUMNS for side in (reference, "steelmill", "ratio"))
    rows = [("scenario", "runs", *heads), *(_row(name, *sides) for name, sides in samples.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(_pad(cell, width, column) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    note = "medians; memory is that of the largest process; ratio = steelmill / reference"
    return "\n".join([*(line.rstrip() for line in lines), "", note])


def _row(name: str, reference: Sequence[Sample], own: Sequence[Sample]) -> tuple[str, ...]:
    cells = [name, str(len(own))]
    for _, field, shown in _COLUMNS:
        before, now = _median(reference, field), _median(own, field)
        scale = 1 << 20 if field == "peak" else 1
        cells += [shown.format(before / scale), shown.format(now / scale), f"{now / before:.2f}"]
    return tuple(cells)


def _median(samples: Sequence[Sample], field: str) -> float:
    return float(statistics.median(getattr(sample, field) for sample in samples))


def _pad(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)
