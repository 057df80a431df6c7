"""A whole image from its firmware.toml, for every selected target."""

from __future__ import annotations

import glob
import os
from functools import partial
from typing import Any

from rust_firmware.boundary import reports_errors
from rust_firmware.builders.cc import PROFILES, CcOptions, add_object, flag_notes
from rust_firmware.builders.image import add_formats, add_size
from rust_firmware.builders.layout import add_assertions
from rust_firmware.builders.link import LinkOptions, add_link
from rust_firmware.builders.rust_part import GivenByC, RustOfImage, add_rust_part, ask_packages
from rust_firmware.firmware_files import load_firmware
from rust_firmware.product import Product, get_product
from rust_firmware.profiles import learn_base, unknown_profile
from rust_firmware.symbols import defined_symbols
from rust_firmware.target_build import TargetBuild
from rust_firmware.tree import file_node
from rust_firmware.variables import check_arguments
from steelmill.audit.layout.pair import TypePair
from steelmill.bindings.names import INCLUDE, Bindings
from steelmill.cc.suppliers import decide_mem, describe_intrinsics
from steelmill.errors import InputError
from steelmill.firmware_toml.model import CPart, Firmware
from steelmill.firmware_toml.raw import RawFirmware
from steelmill.firmware_toml.resolve import resolve_firmware
from steelmill.linker.region import Region
from steelmill.toml.place import place_of

_FLAG_KEYS = {"asflags": "asmflags"}
"""What CcOptions and firmware.toml name differently."""


@reports_errors
def firmware(env: Any, path: Any, targets: Any = None) -> list[Any]:
    """Build the firmware.toml at ``path`` for the selected targets; give the nodes of its images.

    ``targets`` narrows the file's own list. What ``target=`` and ``firmware=`` leave out is not planned.
    """
    product = get_product()
    check_arguments(product.session.arguments, env.get("STEELMILL_ARGUMENTS", ()), product.session.words)
    place = product.session.tree.relative(str(env.Entry(path).srcnode().get_abspath()))
    raw = load_firmware(product.session, place)
    names = [str(name) for name in env.Flatten([targets])] if targets else list(raw.targets or ())
    product.declare(raw, names)
    if not product.session.plans_images or not product.selects_firmware(raw.name):
        return []
    nodes: list[Any] = []
    for target in product.targets_for(place, names):
        asked_at = "target=" if product.selected_targets() else _place_of_target(raw, target, listed=not targets)
        nodes += _add_image(env, product, raw, place, product.target_build(target, asked_at))
    return nodes


def _place_of_target(raw: RawFirmware, name: str, *, listed: bool) -> str:
    """Say where a target is named: in the list of the file, else by the SConscript."""
    if not listed:
        return f"targets for {raw.place}"
    return place_of(raw.place, raw.lines, ("firmware", "targets", (raw.targets or ()).index(name)))


def _add_image(env: Any, product: Product, raw: RawFirmware, place: str, build: TargetBuild) -> list[Any]:
    base = os.path.dirname(place)
    fw = _resolve(build, raw, base)
    out_dir = f"{build.out_dir}/{fw.name}"
    tree = build.session.tree

    def path(name: str) -> str:
        return tree.relative(os.path.join(base, name))

    prebuilt = tuple(path(name) for name in fw.c.objects) if fw.c else ()
    _check_exist(build, prebuilt, "[c] objects", place)
    symbols = {name: defined_symbols(build.session.probes, tree.absolute(name)) for name in prebuilt} if fw.rust else {}
    decide = partial(decide_mem, libraries=fw.c.libraries if fw.c else (), prebuilt_symbols=symbols)
    options = _c_options(build, fw, base, out_dir)
    given = GivenByC(
        add_assertions(build, options, fw.audit.layout, place, out_dir),
        _add_bindings(build, options, fw, base, out_dir),
    )
    link, staticlib, mem = (
        add_rust_part(build, fw, fw.rust, decide, given, base, out_dir)
        if fw.rust
        else RustOfImage(add_link, (), decide("off"))
    )
    if not build.session.builds_images:
        return []
    objects = _add_objects(build, options, fw.c, base, place, out_dir) if fw.c else ()
    linked = link(
        build,
        fw.name,
        objects=(*objects, *(name for name in prebuilt if not name.endswith(".a"))),
        archives=(*(name for name in prebuilt if name.endswith(".a")), *staticlib),
        libraries=build.toolchain_libraries(fw.c.libraries) if fw.c else (),
        options=LinkOptions(
            script=path(fw.link.script) if fw.link.script else None,
            linker=fw.link.linker,
            flags=fw.link.flags,
            flags_place=f"{place} [link] flags",
            search=tuple(path(name) for name in fw.link.search),
            entry=fw.link.entry,
            gc_sections=fw.link.gc_sections,
            memory=tuple(
                Region(region.name, region.origin, region.length, region.attributes, region.place)
                for region in fw.memory
            ),
            defines=_defines(fw.c) if fw.c else (),
            allow=fw.audit.allow,
            layout=_type_pairs(fw) if fw.rust and fw.c else None,
        ),
        out_dir=out_dir,
    )
    images = add_formats(build, linked, fw.image.formats, fw.image.fill)
    table = add_size(build, linked, {region.name: region.budget for region in fw.memory if region.budget is not None})
    said = (f"{mem.said}; {describe_intrinsics(fw.c.libraries if fw.c else ())}",) if fw.rust else ()
    said = (*said, *(flag_notes(build, options) if fw.c else ()))
    product.audits.add(f"{fw.name}  {build.target.name}", linked.audits)
    product.add_image(fw, build, linked, images, table, said)
    return [file_node(name) for name in (linked.elf, *images)]


def _add_bindings(build: TargetBuild, options: CcOptions, fw: Firmware, base: str, out_dir: str) -> Bindings:
    if not fw.bindgen:
        return Bindings()
    # few firmwares have any
    from rust_firmware.builders.bindings import add_declared_bindings

    return add_declared_bindings(build, options, fw.bindgen, base, out_dir)


def _resolve(build: TargetBuild, raw: RawFirmware, base: str) -> Firmware:
    """Apply the conditions; those for release or dev hold for each profile that inherits from it."""
    fw = resolve_firmware(raw, build.target.name, build.target.cfg, build.profile)
    if build.profile in PROFILES:
        return fw
    if fw.rust is None or not fw.rust.packages:
        raise unknown_profile(build.profile)
    graphs = ask_packages(build, fw.rust, base)
    return resolve_firmware(
        raw, build.target.name, build.target.cfg, learn_base(build.session, build.profile, graphs.resolved)
    )


def _type_pairs(fw: Firmware) -> tuple[TypePair, ...]:
    return tuple(TypePair(c, rust, part.place) for part in fw.audit.layout for c, rust in part.types)


def _c_options(build: TargetBuild, fw: Firmware, base: str, out_dir: str) -> CcOptions:
    tree = build.session.tree
    profile = PROFILES[build.base_profile]
    generated = (f"{out_dir}/{INCLUDE}",) if fw.cbindgen else ()
    c = fw.c
    if c is None:
        return profile._replace(include_dirs=generated)
    return profile._replace(
        include_dirs=(*(tree.relative(os.path.join(base, name)) for name in c.include), *generated),
        defines=_defines(c),
        forced_includes=tuple(tree.relative(os.path.join(base, name)) for name in c.forced_include),
        cflags=c.cflags,
        cxxflags=c.cxxflags,
        asflags=c.asmflags,
        opt_level=c.opt_level or profile.opt_level,
        debug=c.debug or profile.debug,
        flag_place=lambda variable, index: fw.place_of("c", _FLAG_KEYS.get(variable, variable), index),
    )


def _add_objects(
    build: TargetBuild, options: CcOptions, c: CPart, base: str, place: str, out_dir: str
) -> tuple[str, ...]:
    sources = [source for pattern in c.sources for source in _expand(build, os.path.join(base, pattern), place)]
    return tuple(add_object(build, options, source, out_dir) for source in dict.fromkeys(sources))


def _defines(c: CPart) -> tuple[tuple[str, str | None], ...]:
    pairs = (define.partition("=") for define in c.defines)
    return tuple((name, value if separator else None) for name, separator, value in pairs)


def _expand(build: TargetBuild, pattern: str, place: str) -> list[str]:
    """Expand a glob, sorted; a plain name need not exist yet. Raise InputError where nothing matches."""
    tree = build.session.tree
    name = tree.relative(pattern)
    if glob.has_magic(pattern):
        found = sorted(glob.glob(tree.absolute(name), recursive=True))
        if not found:
            raise InputError(
                f"[c] sources {pattern!r} matches no file", place=place, remedy="correct the pattern, or remove it"
            )
        return [tree.relative(path) for path in found]
    _check_exist(build, (name,), "[c] sources", place)
    return [name]


def _check_exist(build: TargetBuild, paths: tuple[str, ...], key: str, place: str) -> None:
    for path in paths:
        if not build.session.tree.exists(path):
            raise InputError(f"{key} names {path}, which does not exist", place=place, remedy="correct the path")
