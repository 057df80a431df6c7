"""What rustc says of crates, of a program without std, and of what the language wants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study


def _missing(crate: str) -> tuple[str, ...]:
    return (rf"can't find crate for `(?P<crate>{crate})`",)


def _unresolved(crate: str) -> tuple[str, ...]:
    """Give the patterns for a path that begins with a crate which nobody handed to rustc."""
    return (
        rf"unresolved import `(?P<crate>{crate})[^`]*`\n(?:.*\n){{0,6}}?.*use of unresolved module or unlinked crate",
        rf"cannot find module or crate `(?P<crate>{crate})` in this scope",
        rf"use of (?:undeclared|unresolved) (?:crate or module|module or unlinked crate) `(?P<crate>{crate})`",
    )


def _alloc(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Say whether alloc was built for the crate."""
    given = any(re.search(r":alloc=", word) for word in failure.step.argv)
    if given:
        return Study({"state": "is built, and the crate does not name it", "way": "write extern crate alloc;"})
    way = 'add "alloc" to [rust] build-std (RUST_BUILD_STD), and write extern crate alloc;'
    return Study({"state": "is not among the libraries built for this crate", "way": way})


def _std(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Say what makes the crate want std: a package's feature, or its crate root."""
    if 'feature="std"' in failure.step.argv:
        way = (
            "let whoever depends on it say default-features = false; `cargo tree -e features -i PACKAGE` tells who does"
        )
        return Study({"state": "the package's feature std is on", "way": way})
    if "--cap-lints=allow" in failure.step.argv:
        way = "look among its features for one that leaves std out, or take another package"
        return Study({"state": "the package is not made for #![no_std]", "way": way})
    way = "write #![no_std] as the first line of the crate root"
    return Study({"state": "the crate root does not say #![no_std]", "way": way})


HINTS = (
    Hint(
        "crate-core-missing",
        _missing("core"),
        "this rustc has no core for the target: none is installed with it, and none was built",
        "build the crate by [rust] crate (RustStaticLibrary), which builds core from rust-src, and take --sysroot and "
        "--target out of rustflags (RUSTFLAGS)",
    ),
    Hint(
        "crate-std-missing",
        _missing("std"),
        "{state}, so it wants std, which no bare-metal target has",
        "{way}",
        _std,
    ),
    Hint(
        "crate-alloc-missing",
        (*_missing("alloc"), *_unresolved("alloc")),
        "alloc {state}",
        "{way}",
        _alloc,
    ),
    Hint(
        "crate-test-missing",
        _missing("test"),
        "--test wants the test harness, which needs std",
        "run unit tests on the host (cargo test), and leave --test out of rustflags (RUSTFLAGS)",
    ),
    Hint(
        "crate-proc-macro-missing",
        _missing("proc_macro"),
        "a procedural macro runs inside the compiler on the host; this crate is compiled for the target",
        "keep the macro in a crate of its own with crate type proc-macro, compiled for the host",
    ),
    Hint(
        "crate-compiler-builtins-missing",
        _missing("compiler_builtins"),
        "every crate without std needs compiler_builtins where core is, and rustc does not find it there",
        "leave -L and --extern of the sysroot to Steelmill: take them out of rustflags (RUSTFLAGS); "
        "[rust] build-std builds it with core",
    ),
    Hint(
        "crate-wrong-target",
        (r"error\[E0461\]: couldn't find crate `(?P<crate>[^`]+)` with expected target triple (?P<target>\S+)",),
        "{crate} was compiled for another target: rustc tells targets apart by the specification's name and bytes",
        "compile it for this target: name its source in [rust.crates.{crate}] (RustLibrary)",
    ),
    Hint(
        "crate-other-rustc",
        (r"error\[E0514\]: found crate `(?P<crate>[^`]+)` compiled by an incompatible version of rustc",),
        "{crate} was compiled by another rustc, and metadata fit one release only",
        "compile it again with this one: name its source in [rust.crates.{crate}] (RustLibrary)",
    ),
    Hint(
        "crate-stale",
        (r"error\[E0460\]: found possibly newer version of crate `(?P<crate>[^`]+)` which `(?P<user>[^`]+)`",),
        "{crate} was compiled again after {user}, which was made against its old metadata",
        "compile {user} again too: name both in [rust.crates] (RustLibrary), so that the order is known",
    ),
    Hint(
        "crate-damaged",
        (r"error\[E0786\]: found invalid metadata files for crate `(?P<crate>[^`]+)`",),
        "the rlib or rmeta of {crate} is cut off or damaged",
        "remove it and build again: rm -rf build, and ~/.cache/steelmill/outputs where it is core or its like",
    ),
    Hint(
        "crate-without-code",
        (r"missing optimized MIR for `(?P<item>[^`]+)` in the crate `(?P<crate>[^`]+)`",),
        "{crate} was compiled with --emit=metadata alone, which holds no code to copy into other crates: {item}",
        "give rustc the rlib, or the .rmeta that was written together with it",
    ),
    Hint(
        "std-path",
        _unresolved("std"),
        "the crate is #![no_std], and a path begins with std",
        "write core:: instead, or alloc:: for Vec, String, Box and Rc; what is in neither needs an operating system",
    ),
    Hint(
        "crate-unknown",
        (*_missing(r"\w+"), *_unresolved(r"\w+")),
        "no crate {crate} was handed to rustc, and nothing in this one has the name",
        "name it in [rust] dependencies and describe it in [rust.crates.{crate}] (CRATES, RustLibrary), or correct the "
        "name",
    ),
    Hint(
        "std-prelude",
        (
            r"cannot find macro `(?P<name>println|print|eprintln|eprint|dbg|thread_local)` in this scope",
            r"cannot find macro `(?P<name>vec|format)` in this scope",
            r"cannot find type `(?P<name>Vec|String|Box|Rc|Arc|HashMap)` in this scope",
            r"use of undeclared type `(?P<name>Vec|String|Box|Rc|Arc|HashMap)`",
        ),
        "{name} is in scope by itself only with std",
        'import it: use alloc::vec::Vec and so on, with "alloc" in [rust] build-std (RUST_BUILD_STD); print by a '
        "function of your board",
    ),
    Hint(
        "alloc-sync",
        (r"could not find `sync` in `alloc`",),
        "alloc::sync (Arc) exists only where the target can compare and swap a pointer, and this one cannot",
        'use Rc, or a crate with Arc over a critical section; a single-core target may say "singlethread" or raise '
        '"max-atomic-width" in its specification',
    ),
    Hint(
        "atomic-width",
        (r"no `(?P<name>Atomic[IU]\d+)` in `sync::atomic`",),
        "the target has no atomic access of this size: {name} (max-atomic-width in its specification)",
        "use a smaller one, such as AtomicU32, or a critical section",
    ),
    Hint(
        "panic-handler-missing",
        (r"`#\[panic_handler\]` function required, but not found",),
        "without std nobody says what a panic does",
        "write #[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! {{ loop {{}} }} in one crate of the image",
    ),
    Hint(
        "panic-handler-twice",
        (r"found duplicate lang item `panic_impl`",),
        "two functions are marked #[panic_handler]; an image has one",
        "remove one; in a library put it behind a feature",
    ),
    Hint(
        "eh-personality",
        (
            r"unwinding panics are not supported without std",
            r"language item required, but not found: `eh_personality`",
        ),
        "the panic strategy is unwind, which needs std",
        '"panic-strategy": "abort" in the target specification, or [rust] panic = "abort" (RUST_PANIC); take '
        "-Cpanic=unwind out of rustflags (RUSTFLAGS)",
    ),
    Hint(
        "global-allocator-missing",
        (r"no global memory allocator found but one is required",),
        "the image links alloc, and nothing says where memory comes from",
        'mark one static #[global_allocator], or take "alloc" out of [rust] build-std (RUST_BUILD_STD) where it is not '
        "used",
    ),
    Hint(
        "edition-2024",
        (r"error: (?P<what>unsafe attribute used without unsafe)", r"error: (?P<what>extern blocks must be unsafe)"),
        "the crate is compiled as edition 2024, the default here, in which unsafe parts must say so",
        'write #[unsafe(no_mangle)] and unsafe extern "C", or set the older edition: [rust] edition = "2021" '
        "(RUST_EDITION)",
    ),
    Hint(
        "edition-2015",
        (r"error\[E0670\]: `async fn` is not permitted in Rust 2015",),
        "the crate is compiled as edition 2015, which has no async",
        'set a newer one: [rust] edition = "2021" (RUST_EDITION)',
    ),
    Hint(
        "unstable-feature",
        (
            r"error\[E0658\]: use of unstable library feature `(?P<feature>\w+)`",
            r"error\[E0658\]: (?P<feature>.+?)(?: is| are)? (?:experimental|unstable|not stable)",
        ),
        "{feature}: not stable in this rustc",
        "write #![feature(NAME)] as rustc says above and stay with this rustc, or do without: unstable parts change "
        "with releases",
    ),
    Hint(
        "feature-on-stable",
        (
            r"error\[E0554\]: `#!\[feature\]` may not be used on the stable release channel",
            r"the option `Z` is only accepted on the nightly compiler",
        ),
        "a stable rustc takes unstable features only with RUSTC_BOOTSTRAP=1 in its environment, as Steelmill sets it",
        "compile it by Steelmill, set RUSTC_BOOTSTRAP=1 yourself, or use a nightly",
    ),
    Hint(
        "environment-variable",
        (r"environment variable `(?P<name>[^`]+)` not defined at compile time",),
        "env!({name}) is read while rustc runs, and Steelmill passes nothing of your shell's environment on",
        'say [rust] env = {{ {name} = "..." }} (RUST_ENV)',
    ),
    Hint(
        "host-linker-missing",
        (r"error: linker `(?P<linker>[^`]+)` not found",),
        "rustc found no linker {linker}, which programs for the host need: build scripts and procedural macros",
        "install a C toolchain for the host (Debian: gcc and libc6-dev), or correct -Clinker",
    ),
)
