"""Steelmill's own tools: commands of Steps that run in this process instead of starting another Python.

Each takes its arguments, with the output folder put in, and raises SteelmillError where it must refuse.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial


def write_text(arguments: Sequence[str]) -> None:
    """Write a text: ``PATH TEXT``."""
    path, text = arguments
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def make_image(arguments: Sequence[str]) -> None:
    """Make an image of an ELF: ``FORMAT ELF OUTPUT FILL``."""
    from steelmill.image.formats import format_image

    form, elf, output, fill = arguments
    name = os.path.basename(elf).removesuffix(".elf")
    with open(elf, "rb") as file:
        content = file.read()
    with open(output, "wb") as file:
        file.write(format_image(form, content, name=name, fill=int(fill), place=elf))


def measure(arguments: Sequence[str]) -> None:
    """Write the region table of an ELF: ``ELF OUTPUT SCRIPTS SEARCH BUDGETS ARGUMENT-FILES``, the last four in JSON."""
    from rust_firmware.linked_elf import LinkedElf, find_regions
    from rust_firmware.tree import Tree
    from steelmill.image.size import check_budget, format_table, region_usage

    elf, output, *lists = arguments
    scripts, search, budgets, argument_files = map(json.loads, lists)
    linked = LinkedElf(elf, tuple(scripts), tuple(search), (), tuple(argument_files))
    regions = find_regions(Tree(os.getcwd()), linked)
    with open(elf, "rb") as file:
        usages = region_usage(file.read(), regions, place=elf)
    check_budget(usages, budgets, elf)
    with open(output, "w", encoding="utf-8") as file:
        file.write(format_table(usages))


def audit(tool: str, arguments: Sequence[str]) -> None:
    """Audit an image by ``tool``, one of ``audit_tools``: ``OUTPUT REQUEST``, the latter in JSON."""
    from rust_firmware.audit_tools import run_audit

    run_audit(tool, arguments)


def write_layout(arguments: Sequence[str]) -> None:
    """Write the Rust that asserts what a compiled probe tells: ``PROBE OUTPUT LAYOUT``, the last in JSON."""
    from steelmill.audit.layout.assertions import rust_assertions
    from steelmill.audit.layout.dwarf import DebugInfo
    from steelmill.audit.layout.probe import HeaderLayout

    probe, output, layout = arguments
    with open(probe, "rb") as file:
        info = DebugInfo(file.read())
    write_text((output, rust_assertions(info, HeaderLayout(*json.loads(layout)))))


def finish_bindings(arguments: Sequence[str]) -> None:
    """Make what bindgen wrote fit every edition: ``RAW OUTPUT``."""
    from steelmill.bindings.finish import finish_bindings as finish

    raw, output = arguments
    with open(raw, encoding="utf-8") as file:
        write_text((output, finish(file.read())))


def copy_files(arguments: Sequence[str]) -> None:
    """Copy files: ``SOURCE OUTPUT ...``."""
    for source, output in zip(arguments[::2], arguments[1::2], strict=True):
        shutil.copyfile(source, output)


def keep_link(arguments: Sequence[str]) -> None:
    """Keep what rustc linked a program from: ``FOLDER NAME``."""
    from rust_firmware.linked_program import keep_linked_files

    keep_linked_files(*arguments)


def run_build_script(arguments: Sequence[str], lock: int) -> str:
    """Run a build script: ``FOLDER REQUEST``, the latter in JSON; give its warnings."""
    from rust_firmware.script_runs import run_script

    folder, request = arguments
    return run_script(folder, request, lock)


def test_on_host(arguments: Sequence[str], lock: int) -> str:
    """Run a program that tests crates: ``FOLDER REQUEST``, the latter in JSON."""
    from rust_firmware.host_test_runs import run_host_test

    folder, request = arguments
    run_host_test(folder, request, lock)
    return ""


def document(arguments: Sequence[str], lock: int) -> str:
    """Document a crate: ``FOLDER REQUEST``, the latter in JSON; give rustdoc's warnings."""
    from rust_firmware.documenting import document_crate

    folder, request = arguments
    return document_crate(folder, request, lock)


def join_documents(arguments: Sequence[str], lock: int) -> str:
    """Join the documentation of crates: ``FOLDER REQUEST``, the latter in JSON."""
    from rust_firmware.documenting import join_site

    folder, request = arguments
    return join_site(folder, request, lock)


STARTERS: Mapping[str, Callable[[Sequence[str], int], str]] = {
    "build-script": run_build_script,
    "host-test": test_on_host,
    "rustdoc": document,
    "rustdoc-merge": join_documents,
}
"""Tools that start processes, which inherit a descriptor: the lock by which a later build knows of them."""

TOOLS: Mapping[str, Callable[[Sequence[str]], None]] = {
    **{tool: partial(audit, tool) for tool in ("audit-elf", "audit-layout", "audit-objects")},
    "copy": copy_files,
    "finish-bindings": finish_bindings,
    "image": make_image,
    "keep-link": keep_link,
    "layout": write_layout,
    "size": measure,
    "write": write_text,
}
