"""What cargo resolved: which units a package consists of, and all that cargo would tell rustc about them.

cargo is asked what to build and never asked to build. Follows the Cargo book, https://doc.rust-lang.org/cargo/reference/,
and cargo's own source where the book is silent.
"""
