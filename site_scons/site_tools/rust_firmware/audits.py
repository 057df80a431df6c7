"""audit: what was found in the images, told at the end of a build, and by the verb of that name in full."""

from __future__ import annotations

import atexit
from typing import Any, NamedTuple

import SCons.Node
import SCons.Script

import steelmill
from rust_firmware import built_in, compat
from rust_firmware.session import BUILD_DIR, Session
from rust_firmware.tree import file_node
from rust_firmware.whole_file import write_whole
from steelmill.audit.report import AuditFailed, AuditReport, dump_reports, format_reports, load_report, summarize
from steelmill.errors import SteelmillError
from steelmill.step import OUT, Step

FOLDER = f"{BUILD_DIR}/audit"

_CURRENT = (SCons.Node.up_to_date, SCons.Node.executed)


class _AuditedImage(NamedTuple):
    name: str
    """``hello  x86_64-unknown-none``"""
    steps: tuple[Step, ...]
    nodes: tuple[Any, ...]
    """Of the steps' reports, in their order."""


class Audits:
    """The audits of this run."""

    def __init__(self, session: Session, env: Any) -> None:
        self._session = session
        self._env = env
        self._images: list[_AuditedImage] = []
        self._asked = "audit" in SCons.Script.COMMAND_LINE_TARGETS
        if self._asked:
            # a report of all images, not of those before the first that fails
            compat.keep_going()
        atexit.register(self._end)

    def add(self, name: str, steps: tuple[Step, ...]) -> None:
        """Put the audits of an image under ``audit``."""
        nodes = tuple(file_node(step.target_paths[0]) for step in steps)
        self._env.Alias("audit", nodes)
        self._images.append(_AuditedImage(name, steps, nodes))

    def _end(self) -> None:
        if compat.changes_nothing() or SCons.Script.GetOption("clean"):
            return
        if self._asked and self._images:
            self._report()
        else:
            self._hint()

    def _hint(self) -> None:
        """Tell of what was audited anew and gave something to read that does not fail the image."""
        for image in self._images:
            fresh = [
                load_report(_read(step.target_paths[0]))
                for step, node in zip(image.steps, image.nodes, strict=True)
                if node.get_state() == SCons.Node.executed
            ]
            if any(report.is_worth_reading for report in fresh):
                self._session.console.block(f"audit  {image.name}  {summarize(fresh)}; scons audit tells more")

    def _report(self) -> None:
        """Print all reports, and write them as JSON and SARIF."""
        from steelmill.audit.catalog import ALL_RULES
        from steelmill.audit.sarif import format_sarif

        found = [(image, self._reports(image)) for image in self._images]
        all_reports = [report for _, reports in found for report in reports]
        complete = all(len(reports) == len(image.steps) for image, reports in found)
        write_whole(f"{FOLDER}/audit.json", dump_reports(all_reports, complete=complete))
        rules = {rule.id: rule.catches for rule in ALL_RULES.values()}
        write_whole(f"{FOLDER}/audit.sarif", format_sarif(all_reports, rules, steelmill.__version__, complete=complete))
        for image, reports in found:
            lines = [format_reports(reports)] if reports else [f"{image.name}  not audited"]
            if len(reports) < len(image.steps):
                lines.append(f"  note     {'the rest' if reports else 'it'} could not be built")
            self._session.console.block("\n".join(lines))
        reach = "" if complete else " in what could be built"
        self._session.console.block(f"audit  {summarize(all_reports)}{reach}; {FOLDER}/audit.json .sarif")

    def _reports(self, image: _AuditedImage) -> list[AuditReport]:
        found = (_find_report(step, node) for step, node in zip(image.steps, image.nodes, strict=True))
        return [report for report in found if report]


def _find_report(step: Step, node: Any) -> AuditReport | None:
    """Give what an audit found; one that failed kept nothing, so it is done again."""
    if node.get_state() in _CURRENT:
        return load_report(_read(step.target_paths[0]))
    if any(file_node(path).get_state() not in _CURRENT for path in step.inputs):
        return None
    import tempfile

    _, tool, *words = step.argv
    try:
        with tempfile.TemporaryDirectory(prefix="steelmill-") as folder:
            built_in.TOOLS[tool]([word.replace(OUT, folder) for word in words])
    except AuditFailed as failed:
        return failed.report
    except (SteelmillError, OSError):
        pass
    return None


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
