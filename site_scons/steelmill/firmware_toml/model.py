"""Firmware: one firmware for one target and profile, under the names firmware.toml has.

Paths stay as written, relative to the folder of the firmware.toml. None means: not said, so the profile, the target or
the tool decides. Every part is a NamedTuple, since a null build pays for a dataclass seven times as much.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from steelmill.audit.allow import Allow
from steelmill.toml.place import KeyPath, place_of

Pairs = tuple[tuple[str, str], ...]
"""Names with values, sorted by name."""


class CratePart(NamedTuple):
    """``[rust.crates.NAME]``."""

    name: str
    """The crate's name, with underscores."""
    crate: str
    """Path of the crate root."""
    edition: str
    features: tuple[str, ...]
    cfgs: tuple[str, ...]
    env: Pairs
    rustflags: tuple[str, ...]
    dependencies: tuple[str, ...]
    """Crate names, with underscores."""
    place: str
    """``path:line`` of its table."""


class PackagePart(NamedTuple):
    """A Cargo package: the keys of ``[rust]`` that belong to ``package``, or ``[rust.packages.NAME]``."""

    manifest: str
    """Path of its Cargo.toml."""
    features: tuple[str, ...]
    default_features: bool
    bin: str | None
    lib: bool
    place: str
    """``path:line`` of ``package``."""
    places: Mapping[str, str]
    """``path:line`` of each other key that is said, by name."""


class RustPart(NamedTuple):
    """``[rust]``."""

    name: str
    """The crate's name, with underscores."""
    packages: tuple[PackagePart, ...]
    """What stands in the place of ``crate``, ``package`` first; cargo knows the rest. Empty with a crate."""
    crate: str
    """Path of the crate root; empty with packages."""
    edition: str
    features: tuple[str, ...]
    cfgs: tuple[str, ...]
    env: Pairs
    rustflags: tuple[str, ...]
    dependencies: tuple[str, ...]
    """Crate names, with underscores."""
    crates: tuple[CratePart, ...]
    """Every crate that is used, each after those it depends on."""
    panic: str | None
    opt_level: str | None
    """``0`` to ``3``, ``s``, ``z``."""
    debug: str | None
    """``0``, ``1``, ``2``, ``line-tables-only`` ...: as -Cdebuginfo has it."""
    lto: bool
    debug_assertions: bool | None
    overflow_checks: bool | None
    build_std: tuple[str, ...] | None
    """``core``, ``compiler_builtins``, ``alloc``, in this order; core always. None where nothing is said."""
    build_std_features: tuple[str, ...] | None
    """Features of core; None where nothing is said."""
    mem: Literal["auto", "on", "off"]
    place: str
    """``path:line`` of its table."""


class CPart(NamedTuple):
    """``[c]``."""

    sources: tuple[str, ...]
    """Globs."""
    include: tuple[str, ...]
    defines: tuple[str, ...]
    """``NAME`` or ``NAME=VALUE``; each name once, the last value written."""
    cflags: tuple[str, ...]
    cxxflags: tuple[str, ...]
    asmflags: tuple[str, ...]
    forced_include: tuple[str, ...]
    objects: tuple[str, ...]
    libraries: tuple[str, ...]
    """Names as after ``-l``, in link order."""
    opt_level: str | None
    """``0`` to ``3``, ``s``, ``z``, ``g``."""
    debug: str | None
    place: str
    """``path:line`` of its table."""


class BindgenPart(NamedTuple):
    """``[[bindgen]]``."""

    header: str
    """Path of the C header."""
    name: str
    allowlist: tuple[str, ...]
    """Regular expressions."""
    flags: tuple[str, ...]
    place: str
    """``path:line`` of ``header``."""


class CbindgenPart(NamedTuple):
    """``[[cbindgen]]``."""

    header: str
    """As ``#include`` has it."""
    crate: str | None
    """The name of the crate, with underscores; None for the main one."""
    config: str | None
    """Path of a cbindgen.toml."""
    place: str
    """``path:line`` of its table."""
    crate_place: str
    """``path:line`` of ``crate``."""
    config_place: str
    """``path:line`` of ``config``."""


class LinkPart(NamedTuple):
    """``[link]``."""

    script: str | None
    linker: str | None
    flags: tuple[str, ...]
    search: tuple[str, ...]
    entry: str | None
    gc_sections: bool
    place: str
    """``path:line`` of its table, or the file's path."""


class MemoryRegion(NamedTuple):
    """``[memory.NAME]``."""

    name: str
    origin: int
    """Address of its first byte."""
    length: int
    """bytes"""
    attributes: str
    """As between the parentheses: ``rx``; empty where none are given."""
    budget: int | None
    """bytes that may be used; None for all"""
    place: str
    """``path:line`` of its table."""


class ImagePart(NamedTuple):
    """``[image]``."""

    formats: tuple[str, ...]
    """Names in ``steelmill.image.formats.FORMATS``, each once."""
    fill: int
    """The byte in gaps of a bin."""


class LayoutPart(NamedTuple):
    """``[[audit.layout]]``."""

    types: Pairs
    """(C type, path of the Rust type)."""
    header: str | None
    """As ``#include`` has it; None where only debug information is compared."""
    functions: tuple[str, ...]
    crate: str
    """The name of the crate that includes the assertions, with underscores."""
    place: str
    """``path:line`` of its table."""


class AuditPart(NamedTuple):
    """``[audit]``."""

    allow: tuple[Allow, ...]
    layout: tuple[LayoutPart, ...]


class RunPart(NamedTuple):
    """``[run]``."""

    machine: str | None = None
    cpu: str | None = None
    memory: str | None = None
    """With its unit: ``64M``."""
    args: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()
    """Substrings of the output, in order."""
    exit_code: int = 0
    timeout: float = 10.0
    """seconds"""
    emulator: str | None = None
    place: str = ""
    """``path:line`` of its table."""


class Firmware(NamedTuple):
    """A firmware, for one target and profile."""

    name: str
    version: str | None
    description: str | None
    targets: tuple[str, ...] | None
    rust: RustPart | None
    c: CPart | None
    bindgen: tuple[BindgenPart, ...]
    cbindgen: tuple[CbindgenPart, ...]
    link: LinkPart
    memory: tuple[MemoryRegion, ...]
    """In the order written."""
    image: ImagePart
    audit: AuditPart
    run: RunPart | None
    place: str
    """Path of the firmware.toml."""
    lines: Mapping[KeyPath, int]
    """Where each key was last written, conditions applied."""

    def place_of(self, *path: str | int) -> str:
        """Give ``path:line`` of a key, ``place_of("c", "objects", 0)``, or of the nearest table around it."""
        return place_of(self.place, self.lines, path)
