"""Which of a user's options of rustc reach core and its like: those that decide how code is generated.

cargo's build-std gives all flags to all crates. What names files, crates or lints has no business in core; what decides
about registers, addresses or layouts has to be the same everywhere, or the image is a mixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_KEPT_BACK = {
    "ar", "codegen-units", "default-linker-libraries", "dlltool", "extra-filename", "incremental",
    "instrument-coverage", "link-arg", "link-args", "link-dead-code", "link-self-contained", "linker",
    "linker-features", "linker-flavor", "lto", "metadata", "prefer-dynamic", "profile-generate", "profile-use",
    "remark", "rpath", "save-temps", "split-debuginfo", "strip",
}  # fmt: skip
"""Of ``-C``: what one crate, the link or a profiler is about. Every other one is code generation, as its name says.

The intrinsics have an object each, which codegen-units would undo; what counts runs needs a runtime above core.
"""
_UNSTABLE = {
    "box-noalias", "branch-protection", "cf-protection", "codegen-backend", "default-visibility",
    "direct-access-external-data", "dwarf-version", "emit-stack-sizes", "emscripten-wasm-eh", "fewer-names",
    "fixed-x18", "fmt-debug", "function-return", "function-sections", "harden-sls", "has-thread-local",
    "hint-mostly-unused",
    "indirect-branch-cs-prefix", "inline-mir", "instrument-mcount", "instrument-xray", "large-data-threshold",
    "layout-seed", "llvm-module-flag", "location-detail", "merge-functions", "min-function-alignment", "mir-opt-level",
    "mutable-noalias", "no-generate-arange-section", "no-unique-section-names", "packed-stack", "panic-in-drop",
    "patchable-function-entry", "plt", "randomize-layout", "reg-struct-return", "regparm", "relax-elf-relocations",
    "retpoline", "retpoline-external-thunk", "sanitizer", "saturating-float-casts", "share-generics",
    "small-data-threshold", "split-lto-unit", "stack-protector", "thinlto", "tls-model", "trap-unreachable", "tune-cpu",
    "ub-checks", "use-ctors-section", "virtual-function-elimination",
}  # fmt: skip
"""Of ``-Z``: those that are code generation."""
_LONG = {"--codegen": "-C"}


def library_flags(rustflags: Sequence[str]) -> tuple[str, ...]:
    """Pick the options that reach the library crates, in their order, each as one word: ``-Ctarget-cpu=cortex-m4``."""
    return tuple(f"{kind}{option}" for kind, option in _options(rustflags) if option and _reaches(kind, option))


def _reaches(kind: str, option: str) -> bool:
    name = option.partition("=")[0].replace("_", "-")
    return name not in _KEPT_BACK if kind == "-C" else name in _UNSTABLE


def _options(rustflags: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Read ``-Cx``, ``-C x``, ``--codegen=x``, ``--codegen x``, ``-Zx`` and ``-Z x``."""
    words = iter(rustflags)
    for word in words:
        long, equals, value = word.partition("=")
        if long in _LONG:
            yield _LONG[long], value if equals else next(words, "")
        elif word[:2] in ("-C", "-Z"):
            yield word[:2], word[2:] or next(words, "")
