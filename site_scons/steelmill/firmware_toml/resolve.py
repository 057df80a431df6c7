"""RawFirmware, a target and a profile -> Firmware.

A null build runs this: it imports neither jsonschema nor tomllib.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelmill.audit.allow import Allow
from steelmill.errors import InputError
from steelmill.firmware_toml.bindings import resolve_bindgen, resolve_cbindgen
from steelmill.firmware_toml.budget import parse_budget
from steelmill.firmware_toml.crates import Dependencies, crate_order
from steelmill.firmware_toml.layout import resolve_layout
from steelmill.firmware_toml.merge import Merged, as_list, merge_firmware
from steelmill.firmware_toml.model import (
    AuditPart,
    CPart,
    CratePart,
    Firmware,
    ImagePart,
    LinkPart,
    MemoryRegion,
    PackagePart,
    Pairs,
    RunPart,
    RustPart,
)
from steelmill.firmware_toml.raw import RawFirmware, format_section
from steelmill.linker.region import parse_length
from steelmill.rustc.build_std import FEATURES
from steelmill.rustc.cfg import Cfg
from steelmill.toml.place import place_of

_STD_ORDER = ("core", "compiler_builtins", "alloc")
_TAKEN = ("core", "alloc", "compiler_builtins", "std", "proc_macro", "test")
"""Names of Rust's own libraries, which a crate would hide."""
_MEM: Mapping[Any, Any] = {True: "on", False: "off"}
_DEBUG: Mapping[Any, str] = {True: "2", False: "0"}
_EDITION = "2024"
_OF_CARGO: Mapping[str, str] = {
    "crate": "path of [lib] or [[bin]]",
    "edition": "edition of [package]",
    "cfgs": "a feature, or cargo::rustc-cfg of a build script",
    "dependencies": "[dependencies]",
    "crates": "[dependencies] with a path",
    "panic": "panic of [profile.NAME]",
    "opt-level": "opt-level of [profile.NAME]",
    "debug": "debug of [profile.NAME]",
    "lto": "lto of [profile.NAME]",
    "debug-assertions": "debug-assertions of [profile.NAME]",
    "overflow-checks": "overflow-checks of [profile.NAME]",
}
"""What a package says in its Cargo.toml."""
_OF_PACKAGE = ("default-features", "bin", "lib", "packages")
"""What only a package has."""


def resolve_firmware(raw: RawFirmware, target_name: str, cfg: Cfg, profile: str) -> Firmware:
    """Apply the conditions and give what is built for one target and profile; ``cfg`` is ``rustc --print cfg``.

    Raise InputError where, the conditions applied, something is missing or contradicts itself.
    """
    merged = merge_firmware(raw, target_name, cfg, profile)
    tables = merged.tables
    head = _Section(raw.place, merged, ("firmware",))
    if "rust" not in tables and "c" not in tables:
        raise InputError(
            f"nothing to build for {target_name}: neither [rust] nor [c]",
            place=head.place,
            remedy='add [rust] with crate = "src/lib.rs", or [c] with sources = ["c/*.c"]',
        )

    def section(*path: str) -> _Section:
        return _Section(raw.place, merged, path)

    rust = _rust(section("rust"), raw.name) if "rust" in tables else None
    return Firmware(
        name=raw.name,
        version=head.get("version"),
        description=head.get("description"),
        targets=raw.targets,
        rust=rust,
        c=_c(section("c")) if "c" in tables else None,
        bindgen=resolve_bindgen(tables.get("bindgen", ()), section("bindgen").place_of, rust),
        cbindgen=resolve_cbindgen(tables.get("cbindgen", ()), section("cbindgen").place_of, rust),
        link=_link(section("link")),
        memory=tuple(_region(section("memory", name), target_name) for name in tables.get("memory", ())),
        image=_image(section("image")),
        audit=_audit(section("audit"), rust),
        run=_run(section("run")) if "run" in tables else None,
        place=raw.place,
        lines=merged.lines,
    )


class _Section:
    """A merged table, and where it stands."""

    def __init__(self, file: str, merged: Merged, path: tuple[str, ...]) -> None:
        self._file = file
        self._merged = merged
        self.path = path
        table: Any = merged.tables
        for key in path:
            table = table.get(key, {})
        self._table: Mapping[str, Any] = table

    @property
    def place(self) -> str:
        return self.place_of()

    def place_of(self, *path: str | int) -> str:
        return place_of(self._file, self._merged.lines, (*self.path, *path))

    def get(self, key: str, default: Any = None) -> Any:
        return self._table.get(key, default)

    def need(self, key: str, example: str, when: str = "") -> Any:
        if key not in self._table:
            raise InputError(
                f"key {key!r} is missing in {format_section(self.path)}{when}",
                place=self.place,
                remedy=f"add {key} = {example}",
            )
        return self._table[key]

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self._table.get(key, ()))

    def pairs(self, key: str) -> Pairs:
        return tuple(sorted(self._table.get(key, {}).items()))

    def scalar(self, key: str, words: Mapping[Any, str]) -> str | None:
        """Give a value that is a word, a number or a flag as the word for it."""
        value = self._table.get(key)
        if value is None:
            return None
        return words[value] if isinstance(value, bool) else str(value)

    def once(self, key: str) -> tuple[str, ...]:
        """Give a list without repetitions."""
        return tuple(dict.fromkeys(self._table.get(key, ())))


def _rust(rust: _Section, firmware_name: str) -> RustPart:
    name = rust.get("name", firmware_name).replace("-", "_")
    if not name.isidentifier():
        raise InputError(
            f"{name!r}, the firmware's name, is no crate name: it begins with a digit",
            place=rust.place,
            remedy=f'add name = "firmware_{name}" to [rust]',
        )
    _check_crate_name(name, rust.place_of("name"))
    crates: dict[str, _Section] = {}
    for key in rust.get("crates", ()):
        crate = _Section(rust._file, rust._merged, ("rust", "crates", key))
        crate_name = key.replace("-", "_")
        _check_crate_name(crate_name, crate.place)
        if crate_name == name or crate_name in crates:
            raise InputError(f"crate {crate_name!r} is there twice", place=crate.place, remedy="rename one of them")
        crates[crate_name] = crate
    order = crate_order(_dependencies(rust), {key: _dependencies(crate) for key, crate in crates.items()})
    packages = _packages(rust)
    features = rust.get("build-std-features")
    wanted = None if rust.get("build-std") is None else {"core", *rust.texts("build-std")}
    mem = rust.get("mem", "auto")
    return RustPart(
        name=name,
        packages=packages,
        crate="" if packages else rust.need("crate", '"src/lib.rs"'),
        edition=rust.get("edition", _EDITION),
        features=rust.once("features"),
        cfgs=rust.once("cfgs"),
        env=rust.pairs("env"),
        rustflags=rust.texts("rustflags"),
        dependencies=_dependencies(rust).names,
        crates=tuple(_crate(key, crates[key]) for key in order),
        panic=rust.get("panic"),
        opt_level=rust.scalar("opt-level", {}),
        debug=rust.scalar("debug", _DEBUG),
        lto=rust.get("lto", False),
        debug_assertions=rust.get("debug-assertions"),
        overflow_checks=rust.get("overflow-checks"),
        build_std=None if wanted is None else tuple(library for library in _STD_ORDER if library in wanted),
        build_std_features=None if features is None else tuple(name for name in FEATURES if name in features),
        mem=_MEM[mem] if isinstance(mem, bool) else mem,
        place=rust.place,
    )


def _packages(rust: _Section) -> tuple[PackagePart, ...]:
    manifest = rust.get("package")
    if manifest is None:
        for key in _OF_PACKAGE:
            if rust.get(key) is not None:
                raise InputError(
                    f"{key!r} is for a Cargo package, and [rust] names none",
                    place=rust.place_of(key),
                    remedy=f'add package = "Cargo.toml", or take {key} out',
                )
        return ()
    for key, belongs in _OF_CARGO.items():
        if rust.get(key) is not None:
            raise InputError(
                f"{key!r} beside 'package', whose Cargo.toml says it",
                place=rust.place_of(key),
                remedy=f"take it out, and say it there: {belongs}",
            )
    if rust.get("bin") is not None and rust.get("lib"):
        raise InputError(
            "'bin' and 'lib' choose two targets of one package",
            place=rust.place_of("lib"),
            remedy="take one of them out",
        )
    others = (_Section(rust._file, rust._merged, (*rust.path, "packages", key)) for key in rust.get("packages", ()))
    return (_package(rust), *map(_package, others))


def _package(package: _Section) -> PackagePart:
    return PackagePart(
        manifest=package.need("package", '"path/to/Cargo.toml"'),
        features=package.once("features"),
        default_features=package.get("default-features", True),
        bin=package.get("bin"),
        lib=package.get("lib", False),
        place=package.place_of("package"),
        places={key: package.place_of(key) for key in (*_OF_PACKAGE, "features") if package.get(key) is not None},
    )


def _crate(name: str, crate: _Section) -> CratePart:
    return CratePart(
        name=name,
        crate=crate.need("crate", '"path/to/lib.rs"'),
        edition=crate.get("edition", _EDITION),
        features=crate.once("features"),
        cfgs=crate.once("cfgs"),
        env=crate.pairs("env"),
        rustflags=crate.texts("rustflags"),
        dependencies=_dependencies(crate).names,
        place=crate.place,
    )


def _check_crate_name(name: str, place: str) -> None:
    if name in _TAKEN:
        raise InputError(f"crate {name!r} would hide Rust's own", place=place, remedy="give the crate another name")


def _dependencies(crate: _Section) -> Dependencies:
    names: dict[str, str] = {}
    for index, key in enumerate(crate.texts("dependencies")):
        names.setdefault(key.replace("-", "_"), crate.place_of("dependencies", index))
    return Dependencies(format_section(crate.path), tuple(names), tuple(names.values()))


def _c(c: _Section) -> CPart:
    # {name: text} keeps a macro's first position and its last value
    macros = {define.partition("=")[0]: define for define in as_list(c.get("defines", []))}
    return CPart(
        sources=c.texts("sources"),
        include=c.texts("include"),
        defines=tuple(macros.values()),
        cflags=c.texts("cflags"),
        cxxflags=c.texts("cxxflags"),
        asmflags=c.texts("asmflags"),
        forced_include=c.texts("forced-include"),
        objects=c.texts("objects"),
        libraries=c.texts("libraries"),
        opt_level=c.scalar("opt-level", {}),
        debug=c.scalar("debug", _DEBUG),
        place=c.place,
    )


def _link(link: _Section) -> LinkPart:
    return LinkPart(
        script=link.get("script"),
        linker=link.get("linker"),
        flags=link.texts("flags"),
        search=link.texts("search"),
        entry=link.get("entry"),
        gc_sections=link.get("gc-sections", True),
        place=link.place,
    )


def _region(region: _Section, target_name: str) -> MemoryRegion:
    when = f" for {target_name}"
    origin = region.need("origin", "0x2000_0000", when)
    length = parse_length(region.need("length", '"64K"', when), region.place_of("length"))
    budget = region.get("budget")
    return MemoryRegion(
        name=region.path[-1],
        origin=origin,
        length=length,
        attributes=region.get("attributes", ""),
        budget=None if budget is None else parse_budget(budget, length, region.place_of("budget")),
        place=region.place,
    )


def _image(image: _Section) -> ImagePart:
    return ImagePart(formats=image.once("formats"), fill=image.get("fill", 0))


def _audit(audit: _Section, rust: RustPart | None) -> AuditPart:
    return AuditPart(
        layout=resolve_layout(audit.get("layout", ()), lambda *path: audit.place_of("layout", *path), rust),
        allow=tuple(
            Allow(entry["rule"], entry["object"], entry["reason"], audit.place_of("allow", index))
            for index, entry in enumerate(audit.get("allow", ()))
        ),
    )


def _run(run: _Section) -> RunPart:
    return RunPart(
        machine=run.get("machine"),
        cpu=run.get("cpu"),
        memory=run.get("memory"),
        args=run.texts("args"),
        expect=run.texts("expect"),
        exit_code=run.get("exit-code", 0),
        timeout=float(run.get("timeout", 10)),
        emulator=run.get("emulator"),
        place=run.place,
    )
