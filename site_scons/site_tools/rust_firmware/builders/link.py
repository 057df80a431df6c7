"""The link: objects, archives and one staticlib by a linker script to an ELF."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from rust_firmware.builders.audit import AuditedLink, add_elf_audit, add_layout_audit, add_object_audit
from rust_firmware.builders.cc import add_preprocessed, source_date_epoch
from rust_firmware.discovery import once_between_builds
from rust_firmware.failure_facts import link_facts
from rust_firmware.linked_elf import LinkedElf, find_regions, scan_scripts
from rust_firmware.linkers import Linker, find_linker
from rust_firmware.step_run import FindFacts
from rust_firmware.target_build import TargetBuild
from steelmill.audit.allow import Allow
from steelmill.audit.layout.pair import TypePair
from steelmill.cc.compile import compile_env, preprocess_script_argv
from steelmill.cc.emulation import emulation_for
from steelmill.cc.flags import arguments
from steelmill.errors import InputError
from steelmill.linker.command import Link, link_argv, link_env
from steelmill.linker.flags import LinkFlags, parse_link_flags
from steelmill.linker.flavor import spec_link_args
from steelmill.linker.memory import format_memory
from steelmill.linker.region import Region, check_regions
from steelmill.step import DepInfo, Step, write_step

if TYPE_CHECKING:
    from steelmill.hints.facts import Facts

_DRIVER_ONLY = ("-specs", "--specs", "-flto", "-fuse-ld")
_PREPROCESSED = (".ld.S", ".lds.S", ".x.S")


class LinkOptions(NamedTuple):
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
    allow: tuple[Allow, ...] = ()
    """What of the audit's findings is right here."""
    layout: tuple[TypePair, ...] | None = None
    """Types that C and Rust share beyond what tells itself; None where there are not both languages."""


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

    ``archives`` are linked as a group behind the objects; ``libraries`` are the toolchain's own, behind them.
    """
    linker = find_linker(build, options.linker)
    flags = parse_link_flags(options.flags, options.flags_place)
    _refuse_driver_args(linker, flags, options.flags_place)
    spec_flags = find_spec_flags(build, linker)
    generated = add_memory(build, options, out_dir)
    named = (
        [script for script in (options.script, *flags.scripts) if script]
        or add_link_script(build, out_dir)
        or [script for each in spec_flags.values() for script in each.scripts]
    )
    folders = (
        *map(os.path.dirname, generated),
        *options.search,
        *flags.search,
        *(os.path.dirname(script) or "." for script in named),
    )
    search = tuple(dict.fromkeys(folders))
    scripts = tuple(add_script(build, script, search, options, out_dir) for script in named)
    spec = build.target.spec
    link = Link(
        program=linker.argv[0],
        flavor=linker.flavor,
        emulation=emulation_for(spec.arch, spec.get("target-endian", "little"), spec.place),
        output=f"{name}.elf",
        objects=objects,
        archives=archives,
        libraries=libraries,
        scripts=scripts,
        # a vendor's script names libc.a itself, even if only to discard it
        search=tuple(dict.fromkeys((*search, *map(os.path.dirname, libraries)))),
        ld_args=flags.ld_args,
        driver_args=(*arguments(build.c_flags), *flags.driver_args) if linker.flavor.cc else (),
        pre_args=spec_flags["pre-link-args"].ld_args,
        late_args=spec_flags["late-link-args"].ld_args,
        post_args=spec_flags["post-link-args"].ld_args,
        entry=options.entry,
        gc_sections=options.gc_sections,
    )
    named_files = (*flags.files, *(f"-l{library}" for library in flags.libraries))
    linked = LinkedElf(f"{out_dir}/{name}.elf", scripts, search, named_files)
    audited = _audited_link(name, link, linked.elf, named_files, flags, spec_flags.values(), generated, options)
    scan = once_between_builds(build.session, lambda: scan_scripts(build.session.tree, linked))
    # a vendor's script names the toolchain's libraries, and only the linker and this audit read them
    everything = linked._replace(search=link.search)
    scan_all = (lambda: scan_scripts(build.session.tree, everything)) if everything != linked else scan
    audit = add_object_audit(build, audited, scan_all)
    step = _link_step(build, linker, link, generated, (audit.target_paths[0],), out_dir)
    build.graph.add(
        step,
        scan,
        find_link_facts(build, step, linked, options),
    )
    audits = (audit, add_elf_audit(build, audited, scan))
    layout = () if options.layout is None else (add_layout_audit(build, audited, options.layout),)
    return linked._replace(scan=scan, audits=(*audits, *layout))


def _audited_link(
    name: str,
    link: Link,
    elf: str,
    named_files: tuple[str, ...],
    flags: LinkFlags,
    spec_flags: Collection[LinkFlags],
    generated: tuple[str, ...],
    options: LinkOptions,
) -> AuditedLink:
    return AuditedLink(
        name=name,
        elf=elf,
        objects=link.objects,
        archives=(*link.archives, *link.libraries),
        scripts=link.scripts,
        generated=generated,
        search=link.search,
        named=named_files,
        # in the order in which they win on the command line
        entry=flags.entry or link.entry or next((each.entry for each in spec_flags if each.entry), None),
        undefined=tuple(symbol for each in (flags, *spec_flags) for symbol in each.undefined),
        defined=tuple(symbol for each in (flags, *spec_flags) for symbol in each.defined),
        ld_args=(*link.ld_args, *link.pre_args, *link.late_args, *link.post_args),
        lld=link.flavor.lld,
        allow=options.allow,
    )


def find_link_facts(build: TargetBuild, step: Step, linked: LinkedElf, options: LinkOptions) -> FindFacts:
    """Give what tells of a failed link: the memory is what the user lists, else what the scripts say."""

    def find(part: str) -> Facts:
        tree = build.session.tree
        return link_facts(tree, step, part, options.memory or find_regions(tree, linked), build.base_profile)

    return find


def add_memory(build: TargetBuild, options: LinkOptions, out_dir: str) -> tuple[str, ...]:
    """Add the memory.x of the regions; give its path, nothing where there are none."""
    if not options.memory:
        return ()
    check_regions(options.memory, build.target.spec.pointer_width)
    text = format_memory(options.memory, options.memory[0].place.rpartition(":")[0])
    step = write_step(text, f"{out_dir}/memory.x", ("MEMORY", f"memory.x  {build.target.name}"))
    build.graph.add(step)
    return step.target_paths


def add_script(build: TargetBuild, script: str, search: tuple[str, ...], options: LinkOptions, out_dir: str) -> str:
    """Add the preprocessor run for a script that wants one; give the path that the linker reads."""
    if not script.endswith(_PREPROCESSED):
        return script
    name = os.path.basename(script).removesuffix(".S")
    cc = build.cc.programs["cc"]
    argv = preprocess_script_argv(
        cc,
        script,
        name,
        target_flags=arguments(build.c_flags),
        include_dirs=search,
        defines=options.defines,
    )
    step = Step(
        label=("CPP", f"{script}  {build.target.name}"),
        argv=argv,
        out_dir=out_dir,
        outputs=(name, f"{name}.d"),
        inputs=(script,),
        env=compile_env(cc, source_date_epoch()),
        tools=(build.cc.tool,),
        dep_info=DepInfo(f"{name}.d", "make"),
    )
    add_preprocessed(build, step, script)
    return step.target_paths[0]


def find_spec_flags(build: TargetBuild, linker: Linker) -> dict[str, LinkFlags]:
    """Read the specification's own link arguments: those under the linker's flavor, by key."""
    spec = build.target.spec
    return {
        key: parse_link_flags(
            spec_link_args(spec.get(key, {}), linker.flavor, key=key, place=spec.place_of(key)),
            f"{key} of {spec.place_of(key)}",
        )
        for key in ("pre-link-args", "late-link-args", "post-link-args")
    }


def add_link_script(build: TargetBuild, out_dir: str) -> list[str]:
    """Add the specification's ``link-script``; give its path, nothing where there is none."""
    text = build.target.spec.get("link-script")
    if not text:
        return []
    path = f"{out_dir}/link-script.ld"
    build.graph.add(write_step(str(text), path, ("SCRIPT", f"link-script of {build.target.name}")))
    return [path]


def _link_step(
    build: TargetBuild,
    linker: Linker,
    link: Link,
    generated: tuple[str, ...],
    audits: tuple[str, ...],
    out_dir: str,
) -> Step:
    program, *words = link_argv(link)
    return Step(
        label=("LINK", f"{link.output}  {build.target.name}"),
        argv=(program, *linker.argv[1:], *words),
        out_dir=out_dir,
        outputs=link.outputs,
        inputs=(*link.objects, *link.archives, *link.libraries, *link.scripts, *generated),
        env=link_env(program, source_date_epoch()),
        tools=(linker.tool,),
        dep_info=DepInfo(link.outputs[2], "make"),
        order_only=audits,
    )


def _refuse_driver_args(linker: Linker, flags: LinkFlags, place: str) -> None:
    """Raise InputError for what only a compiler driver does; what merely selects the target has no meaning to ld."""
    lost = [word for word in flags.driver_args if word.startswith(_DRIVER_ONLY)]
    if lost and not linker.flavor.cc:
        raise InputError(
            f"{lost[0]!r} is for the compiler driver, and {os.path.basename(linker.argv[0])} links here",
            place=place,
            remedy="link by the driver with linker=cc, or name the toolchain's libraries instead",
        )
