"""Bindings: Rust declarations made from C headers by bindgen, C headers made from Rust by cbindgen.

Follows "Command Line Usage" of The bindgen User Guide (https://rust-lang.github.io/rust-bindgen/) and cbindgen's own
docs.md (https://github.com/mozilla/cbindgen).
"""
