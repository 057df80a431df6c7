"""What C headers say of types and functions, for Rust crates to include as assertions."""

from __future__ import annotations

import json
import os

from rust_firmware.builders.cc import CcOptions, add_object_in
from rust_firmware.target_build import TargetBuild
from steelmill.audit.layout.asserted import Assertions
from steelmill.audit.layout.probe import HeaderLayout, file_stem, probe_source, variable_name
from steelmill.cc.compile import TOP
from steelmill.firmware_toml.model import LayoutPart
from steelmill.step import BUILT_IN, OUT, Step, write_step


def add_assertions(
    build: TargetBuild, options: CcOptions, parts: tuple[LayoutPart, ...], place: str, out_dir: str
) -> dict[str, Assertions]:
    """Add the assertions of the parts that have a header; give them by the crate's name. ``place``: firmware.toml."""
    found: dict[str, Assertions] = {}
    for part in parts:
        if part.header is None:
            continue
        path = _add_header(build, options, HeaderLayout(part.header, part.types, part.functions, place), out_dir)
        known = found.get(part.crate, Assertions())
        # by a name that is the same wherever the project lies: it stands in the crate's metadata
        env = (*known.env, (variable_name(part.header), f"{TOP}/{path}"))
        found[part.crate] = Assertions(env, (*known.sources, path), known.place or part.place)
    return found


def _add_header(build: TargetBuild, options: CcOptions, layout: HeaderLayout, out_dir: str) -> str:
    folder, stem = f"{out_dir}/layout", file_stem(layout.header)
    probe = write_step(probe_source(layout), f"{folder}/{stem}.c", ("WRITE", f"{stem}.c  {build.target.name}"))
    build.graph.add(probe)
    # gcc's LTO keeps debug information in a form of its own
    describing = options._replace(cflags=(*options.cflags, "-fno-lto"), debug="2")
    compiled = add_object_in(build, describing, probe.target_paths[0], folder)
    step = Step(
        label=("LAYOUT", f"{os.path.basename(layout.header)}  {build.target.name}"),
        argv=(BUILT_IN, "layout", compiled, f"{OUT}/{stem}.rs", json.dumps(layout)),
        out_dir=folder,
        outputs=(f"{stem}.rs",),
        inputs=(compiled,),
        tools=(build.session.own_tool,),
    )
    build.graph.add(step)
    return step.target_paths[0]
