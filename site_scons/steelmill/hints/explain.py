"""Explanations: what the tables know about the words of a tool."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.errors import StepFailed
from steelmill.hints.facts import Facts, Failure
from steelmill.hints.hint import Explanation, Hint, Study
from steelmill.hints.table import HINTS
from steelmill.step import Step

PAGE = "docs/errors.md"

_AT_MOST = 4
"""How many explanations are shown: what a tool says first matters most."""
_NAMES = 4
"""How many names stand in a sentence."""
_NO_FACTS = Facts()

_LONG = 1000
"""Characters of a command that are still shown whole."""
_LINK_COMMAND = re.compile(
    r'^  = note: +(?:LC_ALL=\S+ |PATH=\S+ |VSLANG=\S+ )*"[^"\n]+" .*\n(?:  = note: some arguments are omitted.*\n)?',
    re.MULTILINE,
)


def explain_output(step: Step, command: str, status: int, output: str, facts: Facts = _NO_FACTS) -> StepFailed:
    """Make one block out of a failed command: what failed, the tool's whole output, what is known about it."""
    what = (
        f"{' '.join(step.label)}: exit status {status}\n{_shorten(command)}\n{_without_link_command(output).rstrip()}"
    )
    *others, last = explain(step, output, facts) or (None,)
    if last is None:
        return StepFailed(what, remedy="the tool's own words above say what it refused")
    details = [row for explanation in others if explanation for row in _rows(explanation)]
    cause, *more = _rows(last)[:-2]
    return StepFailed(what, details=[*details, cause, *more], remedy=last.remedy, see=_link(last))


def _shorten(command: str) -> str:
    """Leave out the middle of a command that would fill the screen: the names of objects and of crates, mostly."""
    if len(command) <= _LONG:
        return command
    head, tail = command[: _LONG // 2].rpartition(" ")[0], command[-_LONG // 4 :].partition(" ")[2]
    return f"{head} ... {tail}\n(verbose=1 shows the whole command)"


def _without_link_command(output: str) -> str:
    """Leave out where rustc repeats the command by which it linked: thousands of letters on one line."""
    return _LINK_COMMAND.sub("", output)


def explain_warnings(step: Step, output: str, facts: Facts = _NO_FACTS) -> str:
    """Give the lines that stand under the words of a command that ended well; none where nothing is known."""
    rows = [row for explanation in explain(step, output, facts) for row in _rows(explanation)]
    return "".join(f"  {label:<8} {text}\n" for label, text in rows)


def explain(step: Step, output: str, facts: Facts = _NO_FACTS) -> tuple[Explanation, ...]:
    """Give what is known about an output, in its own order; each row of the tables once, for all that it matches."""
    failure = Failure(step, output, facts)
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Explanation]] = []
    for hint in HINTS:
        matches: list[re.Match[str]] = []
        for match in (match for pattern in hint.patterns for match in re.finditer(pattern, output, re.MULTILINE)):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                matches.append(match)
                taken.append(match.span())
        if matches:
            matches.sort(key=lambda match: match.start())
            found.append((matches[0].start(), _apply(hint, matches, failure)))
    found.sort(key=lambda pair: pair[0])
    return tuple(explanation for _, explanation in found[:_AT_MOST])


def _apply(hint: Hint, matches: Sequence[re.Match[str]], failure: Failure) -> Explanation:
    study = hint.look(matches, failure) if hint.look else Study()
    names = {name for match in matches for name in match.groupdict()}
    fields = {name: join_names([match[name] for match in matches if match.groupdict().get(name)]) for name in names}
    fields |= study.fields
    return Explanation(hint.anchor, hint.cause.format_map(fields), study.details, hint.remedy.format_map(fields))


def join_names(names: Sequence[str]) -> str:
    """Put names into a sentence, each once: ``a, b and 3 more``; ``it`` for none."""
    different = list(dict.fromkeys(names))
    more = len(different) - _NAMES
    shown = ", ".join(different[:_NAMES]) or "it"
    return f"{shown} and {more} more" if more > 0 else shown


def _rows(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    return (
        ("cause", explanation.cause),
        *explanation.details,
        ("remedy", explanation.remedy),
        ("see", _link(explanation)),
    )


def _link(explanation: Explanation) -> str:
    return f"{PAGE}#{explanation.anchor}"
