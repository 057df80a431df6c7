"""What is made of an ELF: bin, hex and srec, and the table of how full its memory is."""

from __future__ import annotations

import json

from rust_firmware.target_build import TargetBuild
from steelmill.linker.region import Region
from steelmill.step import BUILT_IN, OUT, Step, Tool


def add_formats(build: TargetBuild, elf: str, formats: tuple[str, ...], fill: int) -> tuple[str, ...]:
    """Add the images beside an ELF; give their paths."""
    folder, _, file = elf.rpartition("/")
    stem = file.removesuffix(".elf")
    paths = []
    for form in formats:
        name = f"{stem}.{form}"
        build.graph.add(
            Step(
                label=("IMAGE", f"{name}  {build.target.name}"),
                argv=(BUILT_IN, "image", form, elf, f"{OUT}/{name}", str(fill)),
                out_dir=folder,
                outputs=(name,),
                inputs=(elf,),
                tools=(_own_tool(build),),
            )
        )
        paths.append(f"{folder}/{name}")
    return tuple(paths)


def add_size(build: TargetBuild, elf: str, regions: tuple[Region, ...], budgets: dict[str, int]) -> str:
    """Add the region table of an ELF; give its path. A region over its budget fails the Step."""
    folder, _, file = elf.rpartition("/")
    name = f"{file.removesuffix('.elf')}.size.txt"
    table = [[region.name, region.origin, region.length, region.attributes, region.place] for region in regions]
    build.graph.add(
        Step(
            label=("SIZE", f"{file}  {build.target.name}"),
            argv=(BUILT_IN, "size", elf, f"{OUT}/{name}", json.dumps(table), json.dumps(budgets)),
            out_dir=folder,
            outputs=(name,),
            inputs=(elf,),
            tools=(_own_tool(build),),
        )
    )
    return f"{folder}/{name}"


def _own_tool(build: TargetBuild) -> Tool:
    """Steelmill's own code, where it decides bytes."""
    return build.session.own_tool
