"""FileScan: what one Rust source file says about other files, whatever the configuration.

It depends on the file's text alone, so it may be cached by content; ``source_scan.resolve`` turns the scans of a crate
into paths.
"""

from __future__ import annotations

from typing import NamedTuple

VERSION = 1
"""Changes whenever the same text gives another scan: part of the key of every cache."""


class Node(NamedTuple):
    """One mention of a file, or a scope with mentions inside.

    =========  =====================  ==========================================================  ===============
    kind       name                   values                                                      inside
    =========  =====================  ==========================================================  ===============
    mod        the module             ``#[path]``: (predicate or "", path)
    inline     the module             ``#[path]``: (predicate or "", folder)                       its body
    inner      the same, in a block   ``#[path]``: (predicate or "", folder)                       its body
    include    include, include_str   the path's parts: ("text", t), ("env", name), ("var", $x)
               or include_bytes
    env        env or option_env      the variable's name as one part
    rules      the macro              none                                                        its body
    call       the macro              its arguments: ("text", literal), ("word", identifier)
    =========  =====================  ==========================================================  ===============
    """

    kind: str
    name: str
    conditions: tuple[str, ...]
    """Cfg predicates as written; the node counts where all hold."""
    values: tuple[tuple[str, str], ...] = ()
    inside: tuple[Node, ...] = ()


class FileScan(NamedTuple):
    """What one file mentions. Tuples and strings alone: as JSON and back (``FileScan(*value)``) it serves as well."""

    nodes: tuple[Node, ...] = ()
    conditions: tuple[str, ...] = ()
    """Cfg predicates of the file's own ``#![cfg(...)]``."""
    assembled: tuple[str, ...] = ()
    """Files that assembly in it (``global_asm!``, or an ``.s`` file as a whole) names by .incbin and .include."""


def scan_file(text: str) -> FileScan:
    """Find what ``text`` mentions: modules, included files, environment variables. Never raises."""
    # The reader's tables take 15 ms to set up: a build that finds every scan in its cache goes without.
    from steelmill.rustc.source_reader import read_source

    return read_source(text)
