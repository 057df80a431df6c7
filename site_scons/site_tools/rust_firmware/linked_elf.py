"""LinkedElf: what a link makes, and what its scripts and arguments make the linker read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rust_firmware.discovery import Found, Scan
from rust_firmware.tree import Tree
from steelmill.cargo.program_link import ProgramScripts, program_scripts
from steelmill.linker.flags import LinkFlags
from steelmill.linker.region import Region
from steelmill.linker.script import scan_script
from steelmill.step import Step


class LinkedElf(NamedTuple):
    """What a link makes."""

    elf: str
    scripts: tuple[str, ...]
    """The linker scripts as the linker reads them."""
    search: tuple[str, ...]
    """Where the script's INCLUDEs are found."""
    named_files: tuple[str, ...]
    """Further files and ``-l`` libraries that the linker's arguments name."""
    arguments: tuple[str, ...] = ()
    """Argument files of rustc, where it links: further scripts and folders may stand in them."""
    scan: Scan | None = None
    """Finds what the scripts name, for every Step that reads them."""
    audits: tuple[Step, ...] = ()
    """What whatever is made of the ELF waits for."""


def scan_scripts(tree: Tree, linked: LinkedElf) -> Found:
    """Find what the scripts of a link make the linker read."""
    known = read_scripts(tree, linked.scripts, linked.search, linked.arguments)
    files = [path for name in linked.named_files if (path := find_file(tree, name, known.search))]
    for script in known.scripts:
        found = scan_script(script, tree.read, known.search)
        folders = (*known.search, *found.search)
        files += [*found.files, *filter(None, (find_file(tree, name, folders) for name in found.inputs))]
    # GNU ld lists an INCLUDEd file as the script names it, not where it found it
    return Found(files, unlisted=files)


def read_scripts(
    tree: Tree, scripts: Sequence[str], search: Sequence[str], argument_files: Sequence[str]
) -> ProgramScripts:
    """Give the scripts of a link as they are known now, with those that argument files name."""
    if not argument_files:
        return ProgramScripts(tuple(scripts), tuple(search), LinkFlags())
    words = (word for path in argument_files for word in (tree.read(path) or "").splitlines())
    return program_scripts(words, scripts, search, tree.exists)


def find_file(tree: Tree, name: str, folders: tuple[str, ...]) -> str | None:
    """Find a script, or a file of INPUT or GROUP, as ld does; None for one that the linker must find or refuse."""
    file = f"lib{name.removeprefix('-l')}.a" if name.startswith("-l") else name
    return next((path for path in (file, *(f"{folder}/{file}" for folder in folders)) if tree.exists(path)), None)


def find_regions(tree: Tree, linked: LinkedElf) -> tuple[Region, ...]:
    """Give the regions that the scripts of a link declare."""
    known = read_scripts(tree, linked.scripts, linked.search, linked.arguments)
    return tuple(region for script in known.scripts for region in scan_script(script, tree.read, known.search).regions)
