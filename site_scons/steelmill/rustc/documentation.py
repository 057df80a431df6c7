"""Documentation: what rustdoc makes of one crate, and how that of several becomes one site.

Every crate is documented by itself (``--merge=none``), into a folder of its own; what crates have in common, the search
index above all, is made of their parts at the end (RFC 3662, "Mergeable rustdoc cross-crate information").
"""

from __future__ import annotations

import json
from typing import NamedTuple

from steelmill.rustc.linter import TRANSCRIPT
from steelmill.step import BUILT_IN, OUT, Step, Tool

TOOL, MERGE_TOOL = "rustdoc", "rustdoc-merge"
"""Built-in tools: ``FOLDER REQUEST``, the latter in JSON."""
MANIFEST = "doc.sha256"
"""Stands for the pages."""
PAGES = "html"
PARTS = ".parts"
"""In the folder of the pages: what the crate adds to what all have in common."""


class Rustdoc(NamedTuple):
    """The rustdoc of a toolchain."""

    program: str
    """Absolute path."""
    tool: Tool


class DocumentedCrate(NamedTuple):
    """How rustdoc is run for a crate."""

    name: str
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    env_files: tuple[str, ...]
    """Paths of JSON objects whose variables join ``env``."""
    folder: str
    """Where the pages go."""
    linked: tuple[str, ...]
    """Names of the crates whose pages stand beside it."""


class Site(NamedTuple):
    """Documentation of several crates."""

    program: str
    env: tuple[tuple[str, str], ...]
    pages: tuple[str, ...]
    """Folders with the pages of one crate each."""
    folder: str
    """Where all of it goes."""


def documentation_step(crate: DocumentedCrate, step: Step, rustdoc: Rustdoc) -> Step:
    """Document a crate; ``step`` says what rustc would read of it."""
    return Step(
        label=("DOC", step.label[1]),
        argv=(BUILT_IN, TOOL, OUT, json.dumps(crate)),
        out_dir=crate.folder.rpartition("/")[0],
        outputs=(MANIFEST, TRANSCRIPT),
        inputs=step.inputs,
        tools=(*step.tools, rustdoc.tool),
        covered=step.covered,
        folders=(crate.folder,),
        transcript=TRANSCRIPT,
        order_only=step.order_only,
    )


def target_argv(spec_path: str) -> tuple[str, ...]:
    """Give the options by which rustdoc takes a crate for a target."""
    return ("--target", spec_path, "--sysroot=/dev/null", "-Cpanic=abort")


def site_step(site: Site, name: str, inputs: tuple[str, ...], rustdoc: Rustdoc) -> Step:
    """Join the pages of crates; ``inputs`` are their manifests."""
    folder, _, own = site.folder.rpartition("/")
    return Step(
        label=("DOC", name),
        argv=(BUILT_IN, MERGE_TOOL, OUT, json.dumps(site)),
        out_dir=folder,
        outputs=(f"{own}.sha256",),
        inputs=inputs,
        tools=(rustdoc.tool,),
        folders=(site.folder,),
    )


def parse_crate(text: str) -> DocumentedCrate:
    """Read what the command of a Step says."""
    name, argv, env, env_files, folder, linked = json.loads(text)
    return DocumentedCrate(name, tuple(argv), _pairs(env), tuple(env_files), folder, tuple(linked))


def parse_site(text: str) -> Site:
    """Read what the command of a Step says."""
    program, env, pages, folder = json.loads(text)
    return Site(program, _pairs(env), tuple(pages), folder)


def for_rustdoc(lines: list[str]) -> tuple[str, ...]:
    """Give what rustdoc takes of a build script's argument file: all but the native libraries."""
    libraries = {place for place, line in enumerate(lines) if "-l" in (line, *lines[max(place - 1, 0) : place])}
    return tuple(line for place, line in enumerate(lines) if place not in libraries)


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in rows)
