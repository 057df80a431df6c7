"""The JSON Schema of firmware.toml: every section, every key, what it takes.

JSON Schema draft 2020-12, https://json-schema.org/draft/2020-12. Two annotations serve the messages: ``title`` is what
a key takes, as it stands behind "expected"; the first of ``examples`` is what the remedy proposes. The formats
``size`` (bytes, as in a linker script) and ``budget`` (a size or a percentage) are our own, see ``parse.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from steelmill.audit.catalog import ALL_RULES
from steelmill.image.formats import FORMATS
from steelmill.rustc.build_std import FEATURES, LIBRARIES
from steelmill.rustc.codegen import PANIC_STRATEGIES, PROFILES
from steelmill.rustc.crate import EDITIONS

Schema = dict[str, Any]

_DEBUG = (0, 1, 2, False, True, "none", "line-directives-only", "line-tables-only", "limited", "full")
_TYPES = {str: "string", int: "integer", bool: "boolean"}
_WORD = r"^[A-Za-z0-9_-]+$"
_CRATE_NAME = "a crate's name of letters, digits, - and _"
_NAME = "a name of letters, digits, - and _"
_CRATE = r"^[A-Za-z_][A-Za-z0-9_-]*$"


def _text(description: str, example: str, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "description": description, "examples": [example], **more}


def _texts(description: str, example: str, **item: Any) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string", "minLength": 1, **item},
        "description": description,
        "examples": [[example]],
    }


def _flag(description: str, example: bool) -> Schema:
    return {"type": "boolean", "description": description, "examples": [example]}


def _number(description: str, title: str, example: int, *, low: int, high: int) -> Schema:
    return {
        "type": "integer",
        "title": title,
        "minimum": low,
        "maximum": high,
        "description": description,
        "examples": [example],
    }


def _choice(description: str, values: Sequence[Any], example: Any) -> Schema:
    # enum alone would take 1.0 for 1
    types = sorted({_TYPES[type(value)] for value in values})
    return {"type": types, "enum": list(values), "description": description, "examples": [example]}


def _size(description: str, title: str, form: str, example: str) -> Schema:
    return {
        "type": ["integer", "string"],
        "minimum": 0,
        "format": form,
        "title": title,
        "description": description,
        "examples": [example],
    }


def _env(description: str) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": r"^[^=\x00]+$", "title": "a variable's name"},
        "additionalProperties": {"type": "string", "examples": ["value"]},
        "description": description,
        "examples": [{"BOARD": "devkit"}],
    }


def _table(description: str, properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _named(description: str, name: str, title: str, value: Schema) -> Schema:
    """Describe a table of tables whose names the user chooses."""
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": name, "title": title},
        "additionalProperties": value,
    }


_FIRMWARE = _table(
    "What the firmware is called and where it runs.",
    {
        "name": _text(
            "The name of the images.",
            "hello",
            pattern=_WORD,
            title="a name of letters, digits, hyphens and underscores",
        ),
        "version": _text("The version, as the manifest states it.", "1.0.0"),
        "description": _text("One line for `scons -h`.", "blinks a light"),
        "targets": _texts("Targets it is built for; a SConscript can name them instead.", "thumbv7em-none-eabihf"),
    },
    required=("name",),
)

_CRATE_KEYS = {
    "crate": _text("Path of the crate root.", "src/lib.rs", title="the path of a crate root"),
    "edition": _choice("The language edition; 2024.", EDITIONS, EDITIONS[-1]),
    "features": _texts("Features that are on.", "uart"),
    "cfgs": _texts("Further --cfg values.", 'board="devkit"'),
    "env": _env("What env! and option_env! see."),
    "rustflags": _texts("Further options of rustc.", "-Ccode-model=medium"),
    "dependencies": _texts("Names of [rust.crates.NAME] that this crate uses.", "board"),
}

_PACKAGE_KEYS = {
    "package": _text("Path of a Cargo.toml: cargo says what the package consists of.", "Cargo.toml"),
    "features": _texts("Features that are on.", "uart"),
    "default-features": _flag("The package's default features are on; true.", False),
}

_RUST = _table(
    "The Rust part: one crate, which becomes the image's only staticlib, and the crates it uses; or a Cargo package.",
    {
        **_CRATE_KEYS,
        **_PACKAGE_KEYS,
        "bin": _text("Which binary of the package; the only one, or its default-run.", "app", title="a binary's name"),
        "lib": _flag("The package's library, although it has a binary too; false.", True),
        "name": _text("The crate's name; the firmware's.", "hello", pattern=_CRATE, title=_CRATE_NAME),
        "panic": _choice("What a panic does; abort.", PANIC_STRATEGIES, "abort"),
        "opt-level": _choice("Optimisation; the profile's.", (0, 1, 2, 3, "s", "z"), "s"),
        "debug": _choice("Debug information; the profile's.", _DEBUG, 2),
        "lto": _flag("Optimise over all crates at link time; false.", True),
        "debug-assertions": _flag("Keep debug_assert!; the profile's.", True),
        "overflow-checks": _flag("Check arithmetic for overflow; the profile's.", True),
        "build-std": {
            **_texts("Libraries built from rust-src; core.", "core"),
            "items": _choice("", LIBRARIES, "core"),
        },
        "build-std-features": {
            **_texts("Features of core and alloc; none.", "optimize_for_size"),
            "items": _choice("", FEATURES, "optimize_for_size"),
        },
        "mem": _choice(
            "Whether compiler_builtins supplies memcpy and its like; auto: where nobody else does.",
            ("auto", "on", "off", True, False),
            "auto",
        ),
        "crates": _named("Further crates of the image.", _CRATE, _CRATE_NAME, _table("A crate.", _CRATE_KEYS)),
        "packages": _named(
            "Further Cargo packages of the image.", _CRATE, _CRATE_NAME, _table("A Cargo package.", _PACKAGE_KEYS)
        ),
    },
)

_C = _table(
    "The C, C++ and assembly part.",
    {
        "sources": _texts("Sources, * and ? and ** allowed.", "c/*.c"),
        "include": _texts("Folders searched for headers.", "c/include"),
        "defines": {
            "type": ["array", "object"],
            "title": "a list of macros or a table",
            "items": {"type": "string", "minLength": 1, "pattern": r"^[A-Za-z_]", "title": "NAME or NAME=VALUE"},
            "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*$", "title": "a macro's name"},
            "additionalProperties": {
                "type": ["string", "integer", "boolean"],
                "title": "a string, a whole number, true or false",
                "examples": [1],
            },
            "description": "Macros: a list of NAME or NAME=VALUE, or a table; false takes one away.",
            "examples": [["DEBUG=1"]],
        },
        "cflags": _texts("Further options for C.", "-Wall"),
        "cxxflags": _texts("Further options for C++.", "-Wall"),
        "asmflags": _texts("Further options for assembly.", "-Wa,--fatal-warnings"),
        "forced-include": _texts("Headers read before every source (-include).", "config.h"),
        "objects": _texts("Prebuilt objects and archives.", "vendor/libphy.a"),
        "libraries": _texts(
            "The toolchain's own libraries, in link order.",
            "gcc",
            pattern=r"^(?!-)[A-Za-z0-9_+.-]+$",
            title="a library's name without lib and -l",
        ),
        "opt-level": _choice("Optimisation; the profile's.", (0, 1, 2, 3, "s", "z", "g"), "s"),
        "debug": _choice("Debug information; the profile's.", _DEBUG, 2),
    },
)

_LINK = _table(
    "How the image is linked.",
    {
        "script": _text("The linker script.", "link.ld", title="the path of a linker script"),
        "linker": _text("ld, lld, cc, or a program; what the target says.", "lld"),
        "flags": _texts("Further options of the linker.", "--build-id=none"),
        "search": _texts("Folders searched for INCLUDE, INPUT and libraries.", "ld"),
        "entry": _text("The entry symbol; the script's.", "_start", title="a symbol"),
        "gc-sections": _flag("Drop sections that nothing uses; true.", False),
    },
)

_MEMORY = _named(
    "The MEMORY regions, from which memory.x is generated.",
    r"^[A-Za-z_.$][A-Za-z0-9_.$]*$",
    "a region's name of letters, digits and _ . $",
    _table(
        "A MEMORY region.",
        {
            "origin": _number(
                "Address of the first byte.", "an address as a whole number", 0x2000_0000, low=0, high=(1 << 64) - 1
            ),
            "length": _size("Bytes.", 'a size in bytes or such as "256K"', "size", "256K"),
            "attributes": _text(
                "As between the parentheses of MEMORY.",
                "rx",
                pattern=r"^[RrWwXxAaIiLl!]+$",
                title="letters out of r w x a i l and !",
            ),
            "budget": _size(
                "More than this is an error: bytes or a percentage.",
                'a size such as "200K" or a percentage such as "80%"',
                "budget",
                "80%",
            ),
        },
    ),
)

_IMAGE = _table(
    "What is made of the ELF.",
    {
        "formats": {
            **_texts("Files beside the ELF, which is always there.", "bin"),
            "items": _choice("", tuple(FORMATS), "bin"),
        },
        "fill": _number(
            "The byte in gaps of a bin; 0, as objcopy has it.", "a byte from 0 to 255", 0xFF, low=0, high=255
        ),
    },
)

_RUN = _table(
    "How the image runs in an emulator, and what it shall do there.",
    {
        "machine": _text("QEMU's -machine; the architecture's usual one.", "mps2-an386"),
        "cpu": _text("QEMU's -cpu; the machine's.", "cortex-m4"),
        "memory": _text(
            "QEMU's -m; the machine's.", "64M", pattern=r"^[0-9]+[KMG]$", title='a size with its unit such as "64M"'
        ),
        "args": _texts("Further options of the emulator.", "-icount"),
        "expect": _texts("What it prints, in this order; other output may stand between.", "hello"),
        "exit-code": _number("How the firmware ends; 0.", "an exit code from 0 to 255", 0, low=0, high=255),
        "timeout": {
            "type": "number",
            "title": "seconds above 0, at most a day",
            "exclusiveMinimum": 0,
            "maximum": 86400,
            "description": "Seconds until it counts as hanging; 10.",
            "examples": [10],
        },
        "emulator": _text("The program; QEMU for the architecture.", "qemu-system-arm"),
    },
)

_IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
_LAYOUT = _table(
    "Types and functions that C and Rust both declare.",
    {
        "types": {
            "type": "object",
            "propertyNames": {
                "pattern": rf"^((struct|union|enum) )?{_IDENTIFIER}$",
                "title": 'a C type such as "struct ring"',
            },
            "additionalProperties": {
                "type": "string",
                "pattern": rf"^{_IDENTIFIER}(::{_IDENTIFIER})*$",
                "title": 'the path of a Rust type such as "ring::RawRing"',
                "examples": ["RawRing"],
            },
            "description": "C type -> path of the Rust type.",
            "examples": [{"struct ring": "RawRing"}],
        },
        "header": _text(
            "The C header that is asserted in Rust, as #include names it.",
            "ring.h",
            pattern=r'^[^"\\\x00-\x1f]+$',
            title="the name of a header",
        ),
        "functions": _texts(
            "Functions of the header that Rust declares too.", "ring_push", pattern=rf"^{_IDENTIFIER}$", title="a name"
        ),
        "crate": _text(
            "The crate that includes the assertions; the main one.", "ring", pattern=_CRATE, title=_CRATE_NAME
        ),
    },
)

_AUDIT = _table(
    "What the audit of objects and images finds and this project accepts.",
    {
        "allow": {
            "type": "array",
            "items": _table(
                "A finding that is right here.",
                {
                    "rule": {
                        **_choice("The rule's id.", tuple(ALL_RULES), "fpu"),
                        "title": "the id of a rule of the audit",
                    },
                    "object": _text("Path of the object, archive or image, or its end; * and ? allowed.", "libphy.a"),
                    "reason": _text(
                        "Why; it stands in the report.",
                        "only called where there is an FPU",
                        pattern=r"\S",
                        title="a reason that others can follow",
                    ),
                },
                required=("rule", "object", "reason"),
            ),
            "title": "a list of tables with rule, object and reason",
            "description": "Findings that are accepted.",
            "examples": [[{"rule": "fpu", "object": "libphy.a", "reason": "only called where there is an FPU"}]],
        },
        "layout": {
            "type": "array",
            "items": _LAYOUT,
            "title": "a list of tables with types",
            "description": "Types and functions that C and Rust both declare.",
            "examples": [[{"types": {"struct ring": "ring::RawRing"}}]],
        },
    },
)

_BINDGEN = _table(
    "Rust bindings of a C header, made by bindgen.",
    {
        "header": _text("Path of the header.", "c/driver.h", title="the path of a header"),
        "name": _text("What the bindings are called; the header's name.", "driver", pattern=_CRATE, title=_NAME),
        "allowlist": _texts(
            "Regular expressions: the functions, types and variables that are bound; all.", "driver_.*"
        ),
        "flags": _texts("Further options of bindgen.", "--default-enum-style=moduleconsts"),
    },
    required=("header",),
)

_CBINDGEN = _table(
    "A C header of what a crate exports, made by cbindgen.",
    {
        "header": _text(
            "The header that is made, as #include names it.",
            "app.h",
            pattern=r"^(?![./])(?!.*\.\.)[A-Za-z0-9_./+-]+$",
            title='the name of a header such as "app.h"',
        ),
        "crate": _text("The crate; the main one.", "app", pattern=_CRATE, title=_CRATE_NAME),
        "config": _text("Path of a cbindgen.toml; C for bare metal.", "cbindgen.toml"),
    },
    required=("header",),
)


def _tables(item: Schema, title: str) -> Schema:
    """Describe an array of tables that stands at the top: ``[[name]]``."""
    return {"type": "array", "items": item, "title": title, "description": item["description"], "examples": []}


_SECTIONS = {
    "rust": _RUST,
    "c": _C,
    "bindgen": _tables(_BINDGEN, "tables [[bindgen]] with header"),
    "cbindgen": _tables(_CBINDGEN, "tables [[cbindgen]] with header"),
    "link": _LINK,
    "memory": _MEMORY,
    "image": _IMAGE,
    "audit": _AUDIT,
    "run": _RUN,
}
_OVERRIDES = _table("Sections that hold under a condition.", _SECTIONS)

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_table(
        "A firmware.",
        {
            "firmware": _FIRMWARE,
            **_SECTIONS,
            "target": {
                "type": "object",
                "description": "Sections for some targets: cfg(...) as of rustc --print cfg, or a target's name.",
                "additionalProperties": _OVERRIDES,
            },
            "profile": _table("Sections for a profile.", dict.fromkeys(PROFILES, _OVERRIDES)),
        },
        required=("firmware",),
    ),
}
