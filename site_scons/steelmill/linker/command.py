"""Link: one image out of objects and archives, with GNU ld, LLD, or a compiler driver that runs one of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from steelmill.linker.flavor import Flavor
from steelmill.step import OUT

# Options that a driver must see itself, since it decides by them what else it passes on.
_SHARED_WITH_DRIVER = frozenset({"-pie", "-r", "-s", "-shared"})


@dataclass(frozen=True)
class Link:
    """What is linked, with what, into which files.

    Paths are relative to the project's top folder. Order on the command line: ``pre_args``, what the link needs anyway,
    ``ld_args``, which therefore win, objects, archives, scripts, ``late_args``, ``post_args``.
    """

    program: str
    flavor: Flavor
    objects: tuple[str, ...]
    output: str
    """File name of the image: ``hello.elf``."""
    archives: tuple[str, ...] = ()
    """The C archives, then the Rust staticlib; searched in a circle together with ``libraries``."""
    libraries: tuple[str, ...] = ()
    """Paths of the toolchain's own libraries: libgcc, libc."""
    scripts: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    """Folders of ``-L``: where scripts look for what they INCLUDE."""
    entry: str | None = None
    """Overrides the script's ENTRY."""
    emulation: str | None = None
    """``-m`` of ld, see ``steelmill.cc.emulation``; a driver decides by ``driver_args`` instead."""
    gc_sections: bool = True
    map_file: str | None = None
    """File name; None for the image's with ``.map`` for its suffix."""
    dep_file: str | None = None
    """File name; None for the image's with ``.d`` behind it."""
    ld_args: tuple[str, ...] = ()
    """The user's, as ld itself takes them."""
    driver_args: tuple[str, ...] = ()
    """For a driver alone: flags that select the target, and the user's."""
    pre_args: tuple[str, ...] = ()
    """``pre-link-args`` of the specification, for this flavor; likewise the next two."""
    late_args: tuple[str, ...] = ()
    post_args: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[str, str, str]:
        """File names: image, map file, dep-file."""
        stem, _ = posixpath.splitext(self.output)
        return self.output, self.map_file or f"{stem}.map", self.dep_file or f"{self.output}.d"


def link_argv(link: Link) -> tuple[str, ...]:
    """Write the command line, program first. Outputs go to ``OUT``."""
    return _driver_argv(link) if link.flavor.cc else _ld_argv(link)


def link_env(program: str, source_date_epoch: int) -> tuple[tuple[str, str], ...]:
    """Give the complete environment of a link, sorted by name. ``source_date_epoch``: seconds since 1970."""
    folders = dict.fromkeys([posixpath.dirname(program) or "/usr/bin", "/usr/bin", "/bin"])
    # messages are read for explanations, so they must be English
    return (
        ("LC_ALL", "C"),
        ("PATH", ":".join(folders)),
        ("SOURCE_DATE_EPOCH", str(source_date_epoch)),
        ("TMPDIR", OUT),
    )


def _ld_argv(link: Link) -> tuple[str, ...]:
    return (
        link.program,
        *link.pre_args,
        *(("-m", link.emulation) if link.emulation else ()),
        "-nostdlib",
        "-static",
        *_search(link),
        *_ld_options(link),
        "-o",
        f"{OUT}/{link.output}",
        *link.ld_args,
        *link.objects,
        *_group(link),
        *_scripts(link),
        *link.late_args,
        *link.post_args,
    )


def _driver_argv(link: Link) -> tuple[str, ...]:
    return (
        link.program,
        *(("-fuse-ld=lld",) if link.flavor.lld else ()),
        "-nostdlib",
        "-nostartfiles",
        "-static",
        "-no-pie",
        *link.driver_args,
        *link.pre_args,
        *_search(link),
        *wrap_for_driver(_ld_options(link)),
        "-o",
        f"{OUT}/{link.output}",
        *wrap_for_driver(link.ld_args),
        *link.objects,
        *_group(link),
        *_scripts(link),
        *link.late_args,
        *link.post_args,
    )


def _search(link: Link) -> tuple[str, ...]:
    # GNU ld looks for the INCLUDEs of a script in the folders it has heard of when it comes to -T.
    return tuple(f"-L{folder}" for folder in link.search)


def _scripts(link: Link) -> tuple[str, ...]:
    # Behind the objects, as gcc's driver has it: GNU ld searches an archive of INPUT or GROUP when it comes to -T.
    return tuple(word for script in link.scripts for word in ("-T", script))


def _ld_options(link: Link) -> tuple[str, ...]:
    _, map_file, dep_file = link.outputs
    return (
        *(("--gc-sections",) if link.gc_sections else ()),
        *((f"--entry={link.entry}",) if link.entry else ()),
        # a hash of the image would be one more section for a script to place
        "--build-id=none",
        f"-Map={OUT}/{map_file}",
        f"--dependency-file={OUT}/{dep_file}",
    )


def wrap_for_driver(args: Iterable[str]) -> tuple[str, ...]:
    """Hand ``args`` to the linker through a driver. ``-Wl,`` splits at commas, ``-Xlinker`` does not."""
    return tuple(
        word
        for arg in args
        for word in (
            (arg,) if arg in _SHARED_WITH_DRIVER else ("-Xlinker", arg) if "," in arg or not arg else (f"-Wl,{arg}",)
        )
    )


def wrap_group(members: Iterable[str], flavor: Flavor) -> tuple[str, ...]:
    """Have archives searched in a circle."""
    start, end = "--start-group", "--end-group"
    return (f"-Wl,{start}", *members, f"-Wl,{end}") if flavor.cc else (start, *members, end)


def _group(link: Link) -> tuple[str, ...]:
    members = (*link.archives, *link.libraries)
    return wrap_group(members, link.flavor) if members else ()
