"""Which sources speak of tests: a crate that has none is not compiled for the host, which it may not be fit for."""

from __future__ import annotations

import re

_TEST = re.compile(r"#!?\[[^\]]*\b(test|rstest|test_case|quickcheck)\b")
"""An attribute: ``#[test]``, ``#[cfg(test)]``, ``#![cfg_attr(not(test), no_std)]``, ``#[runtime::test]``."""


def mentions_tests(text: str) -> bool:
    """Tell whether an attribute in the text is about tests."""
    return _TEST.search(text) is not None
