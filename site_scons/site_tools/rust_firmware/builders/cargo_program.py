"""The binary of a Cargo package: rustc links it, by the target's linker, with what C adds."""

from __future__ import annotations

import dataclasses
import os

from rust_firmware.builders.audit import AuditedLink, add_elf_audit, add_layout_audit, add_object_audit
from rust_firmware.builders.cargo import CargoPackages, add_units, plan_packages, source_scan
from rust_firmware.builders.link import (
    LinkOptions,
    add_link_script,
    add_memory,
    add_script,
    find_link_facts,
    find_spec_flags,
)
from rust_firmware.discovery import Found, Scan, once_between_builds
from rust_firmware.linked_elf import LinkedElf, scan_scripts
from rust_firmware.linkers import Linker, find_linker
from rust_firmware.target_build import TargetBuild
from steelmill.cargo.unit_plan import ProgramLink, UnitPlan
from steelmill.cargo.unit_script import script_arguments
from steelmill.cargo.unit_step import unit_step
from steelmill.cc.emulation import emulation_for
from steelmill.cc.flags import arguments
from steelmill.errors import InputError
from steelmill.linker.command import wrap_for_driver, wrap_group
from steelmill.linker.flags import LinkFlags, join_link_flags, parse_link_flags
from steelmill.step import BUILT_IN, OUT, Step, write_step


def add_program(
    build: TargetBuild,
    name: str,
    *,
    packages: CargoPackages,
    objects: tuple[str, ...],
    archives: tuple[str, ...],
    libraries: tuple[str, ...],
    options: LinkOptions,
    out_dir: str,
) -> LinkedElf:
    """Add a package's binary, which rustc links with the C side into ``out_dir/name.elf``."""
    tree = build.session.tree
    linker = find_linker(build, options.linker, packages.workspaces[0].resolved.linker)
    spec_flags = find_spec_flags(build, linker)
    flags = join_link_flags(
        spec_flags["pre-link-args"],
        parse_link_flags(options.flags, options.flags_place),
        spec_flags["late-link-args"],
        spec_flags["post-link-args"],
    )
    generated = add_memory(build, options, out_dir)
    root = tree.relative(packages.workspaces[0].metadata.workspace_root)
    # cargo runs the linker in the workspace's folder, where a memory.x may lie
    around = (*map(os.path.dirname, generated), *options.search, *(() if root == "." else (root,)))
    named = [options.script] if options.script else add_link_script(build, out_dir)
    script = tuple(add_script(build, one, around, options, out_dir) for one in named)
    group = (*archives, *libraries)
    binary = packages.root.target.name
    link = ProgramLink(
        linker=linker.argv[0],
        argv=_link_argv(build, linker, options, flags, around, objects, group, (*script, *flags.scripts), binary),
        inputs=(*objects, *group, *script, *generated),
        tools=(linker.tool,),
    )
    (plan,) = plan_packages(build, packages, link)
    index = plan.graph.roots[0]
    add_units(build, plan, without=(index,))
    linked = LinkedElf(
        elf=f"{out_dir}/{name}.elf",
        scripts=(),
        search=around,
        named_files=(*flags.files, *(f"-l{library}" for library in flags.libraries)),
        arguments=(_add_arguments(build, plan, name, out_dir), *script_arguments(plan, index)),
    )
    scan = _script_scan(build, plan, index, linked)
    kept = f"{plan.folder(index)}/{binary}"
    audited = AuditedLink(
        name=name,
        elf=linked.elf,
        objects=(f"{kept}.objects.a",),
        archives=(f"{kept}.archives.a",),
        scripts=(),
        generated=generated,
        search=around,
        named=linked.named_files,
        entry=flags.entry or options.entry,
        undefined=flags.undefined,
        defined=flags.defined,
        ld_args=flags.ld_args,
        lld=linker.flavor.lld,
        allow=options.allow,
        arguments=linked.arguments,
        listing=f"{kept}.linked",
    )
    _add_link(build, plan, index, scan, linked, options)

    def scan_linked() -> Found:
        found, listed = scan(), (tree.read(f"{kept}.linked") or "").splitlines()
        return Found((*found.files, *(path for path in listed if not path.startswith(_covered(plan, index)))))

    # what rustc makes itself is in nobody's hands before it links
    audits = (add_object_audit(build, audited, scan_linked), add_elf_audit(build, audited, scan))
    layout = () if options.layout is None else (add_layout_audit(build, audited, options.layout),)
    return linked._replace(scan=scan, audits=(*audits, *layout))


def _link_argv(
    build: TargetBuild,
    linker: Linker,
    options: LinkOptions,
    flags: LinkFlags,
    search: tuple[str, ...],
    objects: tuple[str, ...],
    group: tuple[str, ...],
    scripts: tuple[str, ...],
    binary: str,
) -> tuple[str, ...]:
    """Give rustc's options for the link, besides those of the user's configuration, which follow."""
    spec = build.target.spec
    emulation = emulation_for(spec.arch, spec.get("target-endian", "little"), spec.place)
    words = (
        # a GNU ld may be made for several word sizes
        *((f"-m{emulation}",) if emulation and not linker.flavor.cc else ()),
        *(f"-L{folder}" for folder in search),
        "--gc-sections" if options.gc_sections else "--no-gc-sections",
        *((f"--entry={options.entry}",) if options.entry else ()),
        # a hash of the image would be one more section for a script to place
        "--build-id=none",
        f"-Map={OUT}/{binary}.map",
        f"--dependency-file={OUT}/{binary}.link.d",
        *flags.ld_args,
    )
    all_words = (
        *((*arguments(build.c_flags), *flags.driver_args) if linker.flavor.cc else ()),
        *(wrap_for_driver(words) if linker.flavor.cc else words),
        *objects,
        *(wrap_group(group, linker.flavor) if group else ()),
        *(word for script in scripts for word in ("-T", script)),
    )
    # its own objects stay until they are put aside for the audit
    return ("-Csave-temps", f"-Clinker-flavor={linker.flavor.name}", *(f"-Clink-arg={word}" for word in all_words))


def _add_arguments(build: TargetBuild, plan: UnitPlan, name: str, out_dir: str) -> str:
    """Add the file of those arguments of the link that are known beforehand, for the tools that look at scripts."""
    words = (word for word in (*plan.setting.link.argv, *plan.setting.rustflags) if OUT not in word)
    text = "".join(f"{word}\n" for word in words)
    step = write_step(text, f"{out_dir}/{name}.link.args", ("ARGS", f"{name}.elf  {build.target.name}"))
    build.graph.add(dataclasses.replace(step, quiet=True))
    return step.target_paths[0]


def _script_scan(build: TargetBuild, plan: UnitPlan, index: int, linked: LinkedElf) -> Scan:
    """Find what the scripts of a binary name; what stands in an OUT_DIR goes by its manifest."""
    tree = build.session.tree
    covered = _covered(plan, index)

    def scan() -> Found:
        try:
            found = scan_scripts(tree, linked)
        except InputError:
            # it may still come from a build script; else the linker misses it
            return Found(())
        return Found(*([path for path in paths if not path.startswith(covered)] for paths in found))

    return once_between_builds(build.session, scan)


def _covered(plan: UnitPlan, index: int) -> tuple[str, ...]:
    return tuple(f"{plan.out_dir(run)}/" for run in plan.linked_runs(index))


def _add_link(
    build: TargetBuild, plan: UnitPlan, index: int, scan: Scan, linked: LinkedElf, options: LinkOptions
) -> None:
    """Add the run of rustc that links, and the image and its map under their own names."""
    step = unit_step(plan, index)
    binary, *others = step.outputs
    kept = tuple(f"{binary}.{suffix}" for suffix in ("map", "linked", "objects.a", "archives.a"))
    step = dataclasses.replace(step, outputs=(binary, *kept, *others), finish=("keep-link", OUT, binary))
    sources = source_scan(build, plan, index)

    def scan_all() -> Found:
        found, scripts = sources() if sources else Found(()), scan()
        return Found((*found.files, *scripts.files), (*found.unlisted, *scripts.unlisted))

    build.graph.add(
        step,
        scan_all,
        find_link_facts(build, step, linked, options),
    )
    folder, _, name = linked.elf.rpartition("/")
    copies = dict(zip(step.target_paths[:2], (name, f"{name.removesuffix('.elf')}.map"), strict=True))
    build.graph.add(
        Step(
            label=("ELF", f"{name}  {build.target.name}"),
            argv=(BUILT_IN, "copy", *(word for path, copy in copies.items() for word in (path, f"{OUT}/{copy}"))),
            out_dir=folder,
            outputs=tuple(copies.values()),
            inputs=tuple(copies),
            quiet=True,
        )
    )
