"""How Rust is compiled: the toolchain, its command lines, what it reads.

Follows the rustc book, https://doc.rust-lang.org/rustc/, and rust-src's own ``library/*/build.rs``.
"""
