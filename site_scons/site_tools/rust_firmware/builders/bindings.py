"""What bindgen makes of C headers, and cbindgen of crates."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from rust_firmware.binding_tools import find_bindgen, find_cbindgen
from rust_firmware.builders.cc import CcOptions, add_preprocessed
from rust_firmware.cc_toolchains import search_list
from rust_firmware.discovery import Found
from rust_firmware.target_build import TargetBuild
from steelmill.bindings.bindgen import Bindgen, bindgen_steps
from steelmill.bindings.cbindgen import cbindgen_step, default_config
from steelmill.bindings.clang_flags import clang_arguments
from steelmill.bindings.names import INCLUDE, Bindings, name_bindings
from steelmill.cc.compile import LANGUAGES
from steelmill.cc.flags import arguments, target_flags
from steelmill.errors import InputError, ToolchainError
from steelmill.firmware_toml.bindings import check_crate
from steelmill.firmware_toml.model import BindgenPart, CbindgenPart
from steelmill.rustc.source_scan import resolve
from steelmill.step import write_step


def add_declared_bindings(
    build: TargetBuild, options: CcOptions, parts: Sequence[BindgenPart], base: str, out_dir: str
) -> Bindings:
    """Add ``[[bindgen]]`` of a firmware.toml in the folder ``base``; raise InputError where a header is not there."""
    tree = build.session.tree
    made = {}
    for part in parts:
        header = tree.relative(os.path.join(base, part.header))
        if not tree.exists(header):
            found = (f"{folder}/{part.header}" for folder in options.include_dirs)
            near = [os.path.relpath(path, base or ".") for path in found if tree.exists(path)]
            raise InputError(
                f"[[bindgen]] header names {header}, which does not exist" + (f"; {near[0]} does" if near else ""),
                place=part.place,
                remedy="correct the path, which starts from the folder of this file",
            )
        request = Bindgen(part.name, header, part.allowlist, part.flags)
        made[part.name] = add_binding(build, options, request, f"{out_dir}/bindings", part.place)
    return name_bindings(made)


def add_binding(build: TargetBuild, options: CcOptions, request: Bindgen, folder: str, asked_at: str) -> str:
    """Add the bindings of one header in ``folder``; give the path of the Rust. ``asked_at`` is for messages."""
    session = build.session
    bindgen = find_bindgen(session.probes, asked_at)
    spec, cfg = build.target.spec, build.target.cfg
    words = tuple(word for word, _ in options.flags(LANGUAGES[".c"]))
    read, finish = bindgen_steps(
        bindgen,
        request,
        clang_arguments(
            arguments(target_flags(spec, cfg, "clang", bindgen.clang)),
            words,
            options.defines,
            options.include_dirs,
            options.forced_includes,
            _library_dirs(build, words),
        ),
        folder,
        rust=build.rust.version.numbers,
        target_name=build.target.name,
        own_tool=session.own_tool,
    )
    add_preprocessed(build, read, request.header, listed=bindgen.lists_every_file)
    build.graph.add(finish)
    return finish.target_paths[0]


def _library_dirs(build: TargetBuild, words: tuple[str, ...]) -> tuple[str, ...]:
    """Give the folders of the C compiler's own headers; an image of Rust alone may do without a C compiler."""
    try:
        return search_list(build.session.probes, build.cc, (*arguments(build.c_flags), *words))
    except ToolchainError:
        return ()


def add_declared_headers(
    build: TargetBuild, parts: Sequence[CbindgenPart], roots: Mapping[str, str], base: str, out_dir: str
) -> None:
    """Add ``[[cbindgen]]`` of a firmware.toml in the folder ``base``.

    ``roots`` are the crates by name, the main one first. Raise InputError where a crate or configuration is not there.
    """
    tree = build.session.tree
    for part in parts:
        crate = part.crate or next(iter(roots))
        check_crate(crate, tuple(roots), part.crate_place)
        config = tree.relative(os.path.join(base, part.config)) if part.config else None
        if config and not tree.exists(config):
            raise InputError(
                f"[[cbindgen]] config names {config}, which does not exist",
                place=part.config_place,
                remedy="correct the path, or take it out: C for bare metal is made without",
            )
        root = tree.relative(os.path.join(base, roots[crate]))
        add_c_header(build, root, config, f"{out_dir}/{INCLUDE}/{part.header}", part.place)


def add_c_header(build: TargetBuild, root: str, config: str | None, output: str, asked_at: str) -> str:
    """Add the C header of the crate at ``root`` at the path ``output``; without ``config`` by Steelmill's own."""
    session = build.session
    name = output.rpartition("/")[2]
    if config is None:
        config = f"{output}.toml"
        build.graph.add(write_step(default_config(name), config, ("WRITE", f"{name}.toml  {build.target.name}")))

    def scan() -> Found:
        # cbindgen looks at all modules, and at no include!, which may name what is made of this very header
        return Found(resolve(root, session.scans.rust, None, {}, exists=session.tree.exists).files)

    step = cbindgen_step(find_cbindgen(session.probes, asked_at), root, config, output, build.target.name)
    build.graph.add(step, scan)
    return step.target_paths[0]
