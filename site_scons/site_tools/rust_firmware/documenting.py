"""Running rustdoc: for a crate into a folder of its own, and for the site of several."""

from __future__ import annotations

import os
import shutil

from rust_firmware.program_run import program_environment, run_program
from rust_firmware.script_runs import folder_files
from steelmill.cargo.out_dir import format_manifest
from steelmill.errors import StepFailed
from steelmill.rustc.documentation import MANIFEST, PAGES, PARTS, for_rustdoc, parse_crate, parse_site

_UNSTABLE = "-Zunstable-options"


def document_crate(folder: str, request: str, lock: int) -> str:
    """Document a crate and leave in ``folder`` the manifest of its pages; give rustdoc's warnings."""
    crate = parse_crate(request)
    env = program_environment(crate.env, crate.env_files, folder)
    words = [word for argument in crate.argv for word in _expanded(argument)]
    pages = f"{folder}/{PAGES}"
    # rustdoc links to a crate whose folder it sees
    for name in (PARTS, *crate.linked):
        os.makedirs(f"{pages}/{name}")
    argv = [*words, _UNSTABLE, "--merge=none", f"--parts-out-dir={pages}/{PARTS}", f"--out-dir={pages}"]
    output = _run(argv, env, lock)
    for name in {*crate.linked} - {crate.name}:
        os.rmdir(f"{pages}/{name}")
    _write_manifest(f"{folder}/{MANIFEST}", pages)
    _replace(pages, crate.folder)
    return output


def join_site(folder: str, request: str, lock: int) -> str:
    """Join the pages of crates and leave in ``folder`` a manifest of all; give rustdoc's warnings."""
    site = parse_site(request)
    pages = f"{folder}/{PAGES}"
    for source in site.pages:
        shutil.copytree(
            source, pages, copy_function=_link, dirs_exist_ok=True, ignore=shutil.ignore_patterns(PARTS, ".lock")
        )
    parts = (f"--include-parts-dir={source}/{PARTS}" for source in site.pages)
    argv = [site.program, _UNSTABLE, "--merge=finalize", *parts, f"--out-dir={pages}"]
    output = _run(argv, program_environment(site.env, (), folder), lock)
    _write_manifest(f"{folder}/{os.path.basename(site.folder)}.sha256", pages)
    _replace(pages, site.folder)
    return output


def _expanded(argument: str) -> tuple[str, ...]:
    if not argument.startswith("@"):
        return (argument,)
    with open(argument[1:], encoding="utf-8", errors="surrogateescape") as file:
        return for_rustdoc(file.read().splitlines())


def _run(argv: list[str], env: dict[str, str], lock: int) -> str:
    done = run_program(argv, env, lock)
    output = done.stdout.decode(errors="replace")
    if done.returncode:
        raise StepFailed(f"rustdoc failed\n{output}", remedy="mend what it names")
    return output


def _write_manifest(path: str, pages: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.write(format_manifest(folder_files(pages)))


def _replace(source: str, target: str) -> None:
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    os.replace(source, target)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
