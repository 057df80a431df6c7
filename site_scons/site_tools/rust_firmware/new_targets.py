"""new-target: a target's file, made like another one, proved and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rust_firmware.cc_toolchains import c_flags, find_cc_toolchain
from rust_firmware.spec_checks import check_spec
from rust_firmware.spec_knowledge import list_llvm
from rust_firmware.target_files import TARGETS_DIR, TargetFiles
from rust_firmware.target_specs import ask_cfg
from rust_firmware.whole_file import write_whole
from steelmill.cc.flags import arguments
from steelmill.errors import InputError, SteelmillError
from steelmill.rustc.cfg import parse_cfg
from steelmill.rustc.target import Target
from steelmill.target_spec.canonical import readable_text
from steelmill.target_spec.knowledge import llvm_question
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.new_target import (
    decisions,
    format_decisions,
    format_overlay,
    inherits_of,
    overlay_for,
    parse_vendor,
)
from steelmill.target_spec.overlay import apply_overlay
from steelmill.target_spec.rules.atomics import atomic_limit

if TYPE_CHECKING:
    from rust_firmware.product import Product

_WHERE = {
    "toml": 'keys stand below [set], features = ["+NAME"] above it adds to the base\'s',
    "json": 'features are one string, "+NAME,-NAME"',
}
"""Form of the file -> how its keys are written."""


def make_new_target(product: Product) -> None:
    """Write ``targets/NAME.toml`` or, with format=json, ``targets/NAME.json``; say what was found and what is next.

    Raise InputError, with nothing written, where the name is not free or not true, and where rustc refuses the result.
    """
    arguments_given = product.session.arguments
    like, name = (_needed(arguments_given.get(key), key) for key in ("like", "name"))
    form = arguments_given.get("format", "toml")
    files = product.target_files
    base = files.find(like, "like=")
    vendor = parse_vendor(name, base)
    _check_free(files, name)
    path = f"{TARGETS_DIR}/{name}.{form}"
    overlay = overlay_for(base, inherits_of(like, base.place, TARGETS_DIR), vendor)
    spec = apply_overlay(base, overlay, name=name, place=path)
    spec = check_spec(files.probes, files.checks, files.toolchain, spec, None)
    checked = _try_out(product, spec)
    text = format_overlay(overlay) if form == "toml" else readable_text(spec)
    write_whole(product.session.tree.absolute(path), text)
    print(_report(product, spec, form, text, checked))


def _needed(value: str | None, key: str) -> str:
    if value is None:
        raise InputError(
            f"new-target needs {key}=",
            remedy="say scons new-target like=TARGET name=ARCH-VENDOR-SYS-ABI [format=json]; "
            "TARGET is one of targets/ or of rustc --print target-list",
        )
    return value


def _check_free(files: TargetFiles, name: str) -> None:
    path = files.file_of(name)
    if path is not None:
        raise InputError("it is there already, and stays as it is", place=path, remedy="choose another name=")
    if name in files.built_in_names():
        raise InputError(
            f"{name!r} is built into rustc",
            place="name=",
            remedy=f"use it as it is, scons target={name}, or choose another vendor",
        )


def _try_out(product: Product, spec: TargetSpec) -> list[tuple[str, str]]:
    """Give what was found out: (who, what it says)."""
    probes, rust = product.session.probes, product.rust
    cfg = parse_cfg(ask_cfg(probes, rust, spec))
    rows = [(f"rustc {rust.version.release}", "accepts it")]
    try:
        cc = find_cc_toolchain(probes, spec.arch, product.session.arguments.get("cc"))
        flags = arguments(c_flags(probes, cc, Target(spec=spec, spec_path="", cfg=cfg, probe_path="")))
        rows.append((cc.tool.name, " ".join(word for word in flags if word.startswith("-m")) or "needs no flags"))
    except SteelmillError as error:
        rows += [("C compiler", error.what), ("", error.remedy)]
    return rows


def _report(product: Product, spec: TargetSpec, form: str, text: str, checked: list[tuple[str, str]]) -> str:
    width = max(len(who) for who, _ in checked)
    cpus, features = list_llvm(product.rust, llvm_question(spec.keys, product.rust.version.numbers))
    rows = decisions(spec, cpus, features, atomic_limit(spec) or spec.pointer_width)
    return "\n".join(
        [
            f"wrote {spec.place}",
            *(f"  {line}".rstrip() for line in (text.splitlines() if form == "toml" else ())),
            "",
            "checked",
            *(f"  {who:<{width}}  {what}" for who, what in checked),
            "",
            f"decide: {_WHERE[form]}; what holds now, what LLVM {product.rust.version.llvm} knows",
            format_decisions(rows),
            "",
            "next",
            f"  scons target-spec target={spec.name}",
            f"  scons target={spec.place}   (every firmware, whatever its targets are)",
            f"  add {spec.name!r} to targets in firmware.toml, and in SConstruct where that lists them",
        ]
    )
