"""What cargo says of toolchains, targets and what it may download."""

from __future__ import annotations

from steelmill.hints.hint import Hint

HINTS = (
    Hint(
        "rust-src-missing",
        (r"\S+Cargo\.lock\" does not exist, unable to build with the standard library",),
        "this cargo's rustc has no rust-src, the sources of core",
        "install those of this very rustc: rustup component add rust-src, or Debian's rust-src (rust-web-src); "
        "rustc= names another one",
    ),
    Hint(
        "json-target-cargo",
        (r"`\.json` target specs require -Zjson-target-spec",),
        "cargo takes a target JSON only with an unstable option since 1.95",
        "build by Steelmill, or call cargo with -Zjson-target-spec and RUSTC_BOOTSTRAP=1",
    ),
    Hint(
        "cargo-offline",
        (r"no matching package named `(?P<package>[^`]+)` found\n(?:.*\n){0,4}?.*offline mode",),
        "{package} is not on this machine, and nothing may be downloaded",
        "run cargo fetch once with the network, or vendor it with cargo vendor",
    ),
    Hint(
        "rust-version",
        (r"error: rustc (?P<version>\S+) is not supported by the following packages?:",),
        "a package asks for a newer rustc than {version} (rust-version in its Cargo.toml)",
        "take a newer rustc by rustc=, or an older release of the package: cargo update PACKAGE --precise VERSION",
    ),
)
