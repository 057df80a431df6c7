"""The audits of an image: of all that is linked, before the link, and of the ELF, before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from rust_firmware.discovery import Scan
from rust_firmware.target_build import TargetBuild
from steelmill.audit.allow import Allow
from steelmill.audit.layout.pair import TypePair
from steelmill.audit.placement import lets_undefined_pass, starts_at_vectors
from steelmill.audit.target import audit_target, dump_target
from steelmill.cc.flags import Flag
from steelmill.errors import ToolchainError
from steelmill.step import BUILT_IN, OUT, Step
from steelmill.target_spec.atomic_calls import atomic_calls

_SUBJECTS = {"audit-objects": "objects of ", "audit-layout": "layout in "}
"""What of an ELF a tool audits, for its label."""


class AuditedLink(NamedTuple):
    """What the audits ask of a link."""

    name: str
    """Of the image."""
    elf: str
    """Its path."""
    objects: tuple[str, ...]
    archives: tuple[str, ...]
    """In the order in which the linker searches them, the toolchain's own last."""
    scripts: tuple[str, ...]
    generated: tuple[str, ...]
    """What the build writes for the scripts to INCLUDE."""
    search: tuple[str, ...]
    """Folders of ``-L``."""
    named: tuple[str, ...]
    """Files and ``-l`` libraries that the linker's arguments name."""
    entry: str | None
    """The entry symbol where it is not the script's."""
    undefined: tuple[str, ...]
    """Symbols of ``-u``."""
    defined: tuple[str, ...]
    """Symbols of ``--defsym``."""
    ld_args: tuple[str, ...]
    """Options that the user and the target specification give the linker."""
    lld: bool
    allow: tuple[Allow, ...]
    arguments: tuple[str, ...] = ()
    """Argument files of rustc, where it links: further scripts and folders may stand in them."""
    listing: str | None = None
    """Where rustc links: the list of all files that were linked besides ``objects`` and ``archives``."""


def add_object_audit(build: TargetBuild, link: AuditedLink, scan: Scan) -> Step:
    """Add the audit that the link waits for, or, where rustc links, that follows it.

    ``scan`` finds what the scripts name.
    """
    spec = build.target.spec
    target = audit_target(spec, build.target.cfg, _c_flags(build), atomic_calls(spec))
    request = {
        **_request(build, link),
        "target": dump_target(target),
        "objects": link.objects,
        "archives": link.archives,
        "named": link.named,
        "undefined": link.undefined,
        "defined": link.defined,
        "lld": link.lld,
        "listing": link.listing,
    }
    linked = (link.elf, link.listing) if link.listing else ()
    inputs = (*linked, *link.objects, *link.archives, *link.scripts, *link.generated, *link.arguments)
    return _add(build, link, "audit-objects", f"{link.name}.audit.json", request, inputs, scan)


def add_elf_audit(build: TargetBuild, link: AuditedLink, scan: Scan) -> Step:
    """Add the audit of the ELF, which whatever is made of it waits for."""
    request = {
        **_request(build, link),
        "vectors": starts_at_vectors(build.target.spec.llvm_target),
        "lenient": lets_undefined_pass(link.ld_args),
    }
    inputs = (link.elf, *link.scripts, *link.generated, *link.arguments)
    return _add(build, link, "audit-elf", f"{link.name}.elf-audit.json", request, inputs, scan)


def add_layout_audit(build: TargetBuild, link: AuditedLink, types: Sequence[TypePair]) -> Step:
    """Add the comparison of what C and Rust declare, by the ELF's debug information; ``types`` are those listed."""
    request: dict[str, object] = {
        "image": f"{link.name}  {build.target.name}",
        "elf": link.elf,
        "allow": link.allow,
        "types": types,
    }
    return _add(build, link, "audit-layout", f"{link.name}.layout-audit.json", request, (link.elf,))


def _request(build: TargetBuild, link: AuditedLink) -> dict[str, object]:
    return {
        "image": f"{link.name}  {build.target.name}",
        "elf": link.elf,
        "scripts": link.scripts,
        "search": link.search,
        "arguments": link.arguments,
        "entry": link.entry,
        "allow": link.allow,
    }


def _add(
    build: TargetBuild,
    link: AuditedLink,
    tool: str,
    output: str,
    request: dict[str, object],
    inputs: tuple[str, ...],
    scan: Scan | None = None,
) -> Step:
    step = Step(
        label=("AUDIT", f"{_SUBJECTS.get(tool, '')}{link.name}.elf  {build.target.name}"),
        argv=(BUILT_IN, tool, f"{OUT}/{output}", json.dumps(request)),
        out_dir=link.elf.rpartition("/")[0],
        outputs=(output,),
        inputs=tuple(dict.fromkeys(inputs)),
        tools=(build.session.own_tool,),
        quiet=True,
    )
    build.graph.add(step, scan)
    return step


def _c_flags(build: TargetBuild) -> tuple[Flag, ...]:
    try:
        return build.c_flags
    except ToolchainError:
        # an image of Rust alone needs no C toolchain, and has no flag to mend
        return ()
