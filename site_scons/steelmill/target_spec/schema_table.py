"""The schema of specifications for the releases of rustc that print none: 1.85 to 1.90.

Written in JSON Schema like the toolchain's own, so that one validator reads both. Those releases pass over a key that
they do not know or whose value has another type, without an error; here it is one. Measured on rustc 1.85; where the
release that brought a key is not certain, the earliest possible one stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelmill.target_spec.knowledge import Schema

_OLDEST = (1, 85)
_NEWEST = (1, 999)
_Release = tuple[int, int]


def _enum(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_BOOLEAN: Schema = {"type": "boolean"}
_STRING: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer", "minimum": 0}
_STRINGS = _list(_STRING)
_FLAVOR = _enum(
    "gnu", "gnu-lld", "gnu-cc", "gnu-lld-cc", "darwin", "darwin-lld", "darwin-cc", "darwin-lld-cc", "wasm-lld",
    "wasm-lld-cc", "unix", "unix-cc", "msvc-lld", "msvc", "em-cc", "bpf", "llbc", "ptx", "gcc", "ld", "ld.lld",
    "ld64.lld", "lld-link", "wasm-ld", "em",
)  # fmt: skip
_ARGS: Schema = {"type": "object", "propertyNames": _FLAVOR, "additionalProperties": _STRINGS}
_OBJECTS: Schema = {"type": "object", "additionalProperties": _STRINGS}
_SPLIT = _enum("off", "packed", "unpacked")
_PROBES: Schema = {
    "type": "object",
    "properties": {
        "kind": _enum("none", "inline", "call", "inline-or-call"),
        "min-llvm-version-for-inline": _list(_INTEGER),
    },
    "required": ["kind"],
}
_BY_TYPE: tuple[tuple[Schema, str], ...] = (
    (
        _BOOLEAN,
        "abi-return-struct-as-int allow-asm allows-weak-linkage atomic-cas crt-static-allows-dylibs crt-static-default "
        "crt-static-respected default-uwtable direct-access-external-data disable-redzone dll-tls-export "
        "dynamic-linking eh-frame-header emit-debug-gdb-scripts executables function-sections generate-arange-section "
        "has-rpath has-thread-local has-thumb-interworking is-like-aix is-like-android is-like-msvc is-like-solaris "
        "is-like-wasm is-like-windows limit-rdylib-exports linker-is-gnu main-needs-argc-argv no-builtins "
        "no-default-libraries obj-is-bitcode only-cdylib plt-by-default position-independent-executables "
        "relax-elf-relocations requires-lto requires-uwtable simd-types-indirect singlethread "
        "static-position-independent-executables supports-stack-protector supports-xray trap-unreachable "
        "use-ctors-section",
    ),
    (
        _STRING,
        "abi arch archive-format bitcode-llvm-cmdline cpu data-layout dll-prefix dll-suffix entry-name env exe-suffix "
        "features link-script linker llvm-abiname llvm-mcount-intrinsic llvm-target os small-data-threshold-support "
        "staticlib-prefix staticlib-suffix target-mcount vendor entry-abi",
    ),
    (
        _INTEGER,
        "c-enum-min-bits default-codegen-units default-dwarf-version max-atomic-width min-atomic-width "
        "min-global-align",
    ),
    (_STRINGS, "asm-args link-env link-env-remove llvm-args override-export-symbols supported-sanitizers"),
    (_ARGS, "late-link-args late-link-args-dynamic late-link-args-static post-link-args pre-link-args"),
    (_OBJECTS, "post-link-objects post-link-objects-fallback pre-link-objects pre-link-objects-fallback"),
    ({"type": "object"}, "link-self-contained metadata"),
)
_BY_KEY: Mapping[str, Schema] = {
    "code-model": _enum("tiny", "small", "kernel", "medium", "large"),
    "crt-objects-fallback": _enum("false", "true", "wasm", "musl", "mingw"),
    "debuginfo-kind": _enum("dwarf", "dwarf-dsym", "pdb"),
    "default-visibility": _enum("hidden", "protected", "interposable"),
    "frame-pointer": _enum("always", "non-leaf", "may-omit"),
    "linker-flavor": _FLAVOR,
    "lld-flavor": _enum("darwin", "gnu", "link", "wasm"),
    "llvm-floatabi": _enum("soft", "hard"),
    "merge-functions": _enum("disabled", "trampolines", "aliases"),
    "panic-strategy": _enum("unwind", "abort"),
    "relocation-model": _enum("static", "pic", "pie", "dynamic-no-pic", "ropi", "rwpi", "ropi-rwpi"),
    "relro-level": _enum("full", "partial", "off", "none"),
    "split-debuginfo": _SPLIT,
    "stack-probes": _PROBES,
    "supported-split-debuginfo": _list(_SPLIT),
    "target-endian": _enum("big", "little"),
    "target-family": {"anyOf": [_STRINGS, _STRING]},
    "target-pointer-width": _STRING,
    "tls-model": _enum("global-dynamic", "local-dynamic", "initial-exec", "local-exec", "emulated"),
}
_BY_RELEASE: tuple[tuple[_Release, _Release, str, Schema], ...] = (
    (_OLDEST, (1, 89), "target-c-int-width", _STRING),
    ((1, 90), _NEWEST, "target-c-int-width", _INTEGER),
    (_OLDEST, (1, 87), "is-like-osx", _BOOLEAN),
    ((1, 86), _NEWEST, "is-like-darwin", _BOOLEAN),
    ((1, 86), _NEWEST, "rustc-abi", _enum("x86-softfloat", "x86-sse2")),
    ((1, 86), _NEWEST, "need-explicit-cpu", _BOOLEAN),
    ((1, 87), _NEWEST, "is-like-vexos", _BOOLEAN),
    ((1, 87), _NEWEST, "binary-format", _enum("coff", "elf", "mach-o", "wasm", "xcoff")),
    ((1, 90), _NEWEST, "default-codegen-backend", _STRING),
)
"""First and last release that know the key, the key, its schema."""


def bundled_schema(release: _Release) -> Schema:
    """Give the schema for a release that prints none itself."""
    properties: dict[str, Any] = {key: schema for schema, keys in _BY_TYPE for key in keys.split()}
    properties |= _BY_KEY
    properties |= {key: schema for since, until, key, schema in _BY_RELEASE if since <= release <= until}
    return {
        "type": "object",
        "properties": properties,
        "required": ["llvm-target", "target-pointer-width", "data-layout", "arch"],
        "additionalProperties": False,
    }
