"""The link: objects, archives and one staticlib by a linker script to an ELF."""

from __future__ import annotations

import os
from dataclasses import dataclass

from steelmill.linker.command import Link, emulation_for, link_argv
from steelmill.linker.flags import LinkFlags, parse_link_flags
from steelmill.linker.overflow import explain_overflow

from rust_firmware.builders.cc import source_date_epoch
from rust_firmware.discovery import Found
from rust_firmware.linkers import Linker, find_linker
from rust_firmware.target_build import TargetBuild
from steelmill.cc.compile import compile_env
from steelmill.cc.flags import arguments
from steelmill.linker.region import Region
from steelmill.linker.script import scan_script
from steelmill.step import DepInfo, Step

_PREPROCESSED = (".S", ".lds.S", ".ld.in")


@dataclass(frozen=True)
class LinkOptions:
    """What a user says about the link; paths are relative to the top folder."""

    script: str | None = None
    linker: str | None = None
    """``ld``, ``lld``, ``cc`` or a program."""
    flags: tuple[str, ...] = ()
    """LINKFLAGS, in the linker's or in the driver's spelling."""
    flags_place: str = "LINKFLAGS"
    search: tuple[str, ...] = ()
    entry: str | None = None
    gc_sections: bool = True
    memory: tuple[Region, ...] = ()
    """Regions for the generated memory.x; empty where the script has its own."""
    defines: tuple[tuple[str, str | None], ...] = ()
    """Macros for scripts that pass the preprocessor."""


@dataclass(frozen=True)
class LinkedElf:
    """What a link makes."""

    elf: str
    script: str | None
    search: tuple[str, ...]
    """Where the script's INCLUDEs are found."""


def add_link(
    build: TargetBuild,
    name: str,
    *,
    objects: tuple[str, ...],
    archives: tuple[str, ...],
    libraries: tuple[str, ...],
    options: LinkOptions,
    out_dir: str,
) -> LinkedElf:
    """Add the link of ``out_dir/name.elf``.

    ``archives`` are linked as a group, in order, behind the objects; ``libraries`` are the toolchain's own, behind them.
    """
    linker = find_linker(build, options.linker or build.session.arguments.get("linker"))
    flags = parse_link_flags((*_spec_args(build, linker), *options.flags), options.flags_place)
    generated = _add_memory(build, options, out_dir)
    scripts = tuple(_add_script(build, script, options, out_dir) for script in _scripts(build, options, flags, out_dir))
    folders = (os.path.dirname(script) or "." for script in scripts)
    search = tuple(dict.fromkeys((*((out_dir,) if generated else ()), *options.search, *flags.search, *folders)))
    step = _link_step(build, linker, name, objects, archives, libraries, scripts, search, flags, options, out_dir)
    tree = build.session.tree

    def scan() -> Found:
        found = [scan_script(script, tree.read, search) for script in scripts]
        return Found([file for one in found for file in (*one.files, *_linked_inputs(tree.exists, one, search))])

    build.graph.add(
        step,
        scan,
        lambda output: explain_overflow(
            output, _regions(tree.read, scripts, search, options.memory), image=f"{out_dir}/{name}.elf"
        ),
    )
    return LinkedElf(step.target_paths[0], scripts[0] if scripts else None, search)


def _link_step(
    build: TargetBuild,
    linker: Linker,
    name: str,
    objects: tuple[str, ...],
    archives: tuple[str, ...],
    libraries: tuple[str, ...],
    scripts: tuple[str, ...],
    search: tuple[str, ...],
    flags: LinkFlags,
    options: LinkOptions,
    out_dir: str,
) -> Step:
    spec = build.target.spec
    outputs = (f"{name}.elf", f"{name}.map", f"{name}.elf.d")
    argv = link_argv(
        Link(
            argv=linker.argv,
            flavor=linker.flavor,
            emulation=emulation_for(spec.arch, spec.get("target-endian", "little")),
            output=outputs[0],
            map_name=outputs[1],
            dep_info_name=outputs[2],
            objects=objects,
            archives=(*archives, *libraries),
            scripts=scripts,
            search=search,
            ld_args=flags.ld_args,
            driver_args=(*(arguments(build.c_flags) if linker.flavor.cc else ()), *flags.driver_args),
            pre_args=_spec_words(build, linker, "pre-link-args"),
            late_args=_spec_words(build, linker, "late-link-args"),
            post_args=_spec_words(build, linker, "post-link-args"),
            entry=options.entry,
            gc_sections=options.gc_sections,
        )
    )
    return Step(
        label=("LINK", f"{name}.elf  {build.target.name}"),
        argv=argv,
        out_dir=out_dir,
        outputs=outputs,
        inputs=(*objects, *archives, *libraries, *scripts),
        env=compile_env(linker.argv[0], source_date_epoch()),
        tools=(linker.tool,),
        dep_info=DepInfo(outputs[2], "make"),
    )
