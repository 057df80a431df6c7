"""What is made of an ELF: bin, hex and srec, and the table of how full its memory is."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rust_firmware.linked_elf import LinkedElf
from rust_firmware.target_build import TargetBuild
from steelmill.step import BUILT_IN, OUT, Step, Tool


def add_formats(build: TargetBuild, linked: LinkedElf, formats: tuple[str, ...], fill: int) -> tuple[str, ...]:
    """Add the images beside an ELF; give their paths."""
    folder, _, file = linked.elf.rpartition("/")
    stem = file.removesuffix(".elf")
    paths = []
    for form in formats:
        name = f"{stem}.{form}"
        build.graph.add(
            Step(
                label=("IMAGE", f"{name}  {build.target.name}"),
                argv=(BUILT_IN, "image", form, linked.elf, f"{OUT}/{name}", str(fill)),
                out_dir=folder,
                outputs=(name,),
                inputs=(linked.elf,),
                tools=(_own_tool(build),),
                order_only=tuple(audit.target_paths[0] for audit in linked.audits),
            )
        )
        paths.append(f"{folder}/{name}")
    return tuple(paths)


def add_size(build: TargetBuild, linked: LinkedElf, budgets: Mapping[str, int]) -> str:
    """Add the region table of an ELF; give its path. A region over its budget (bytes, by name) fails the Step."""
    folder, _, file = linked.elf.rpartition("/")
    name = f"{file.removesuffix('.elf')}.size.txt"
    build.graph.add(
        Step(
            label=("SIZE", f"{file}  {build.target.name}"),
            argv=(
                BUILT_IN,
                "size",
                linked.elf,
                f"{OUT}/{name}",
                json.dumps(linked.scripts),
                json.dumps(linked.search),
                json.dumps(dict(budgets)),
                json.dumps(linked.arguments),
            ),
            out_dir=folder,
            outputs=(name,),
            inputs=(linked.elf, *linked.scripts, *linked.arguments),
            tools=(_own_tool(build),),
        ),
        linked.scan,
    )
    return f"{folder}/{name}"


def _own_tool(build: TargetBuild) -> Tool:
    """Steelmill's own code, where it decides bytes."""
    return build.session.own_tool
