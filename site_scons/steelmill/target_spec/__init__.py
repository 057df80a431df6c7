"""The target: rustc's target specification as a value.

Follows "Targets" of the rustc book, https://doc.rust-lang.org/rustc/targets/custom.html.
"""
