"""Known words of tools -> what they mean and what to do; the rest is shown as it is."""

from __future__ import annotations

from steelmill.errors import StepFailed
from steelmill.step import Step


def explain_output(step: Step, command: str, status: int, output: str) -> StepFailed:
    """Make one block out of a failed command: what failed, the tool's whole output, what is known about it."""
    return StepFailed(
        f"{' '.join(step.label)}: exit status {status}\n{command}\n{output.rstrip()}",
        remedy="the tool's own words above say what it refused",
    )
