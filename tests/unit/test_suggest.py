from __future__ import annotations

import pytest

from steelmill.suggest import did_you_mean

KNOWN = ("release", "dev", "llvm-target", "thumbv7em-none-eabihf")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("relaese", "release"),
        ("lvm-target", "llvm-target"),
        ("llvm_target", "llvm-target"),
        ("thumbv7em-none-eabi", "thumbv7em-none-eabihf"),
    ],
)
def test_the_nearest_known_word_is_offered(word: str, meant: str) -> None:
    assert did_you_mean(word, KNOWN) == f"; did you mean {meant!r}?"


@pytest.mark.parametrize("word", ["", "q", "something else entirely"])
def test_nothing_is_offered_where_nothing_is_near(word: str) -> None:
    assert did_you_mean(word, KNOWN) == ""


def test_known_words_may_be_any_iterable() -> None:
    assert did_you_mean("deb", iter(KNOWN)) == "; did you mean 'dev'?"
    assert did_you_mean("dev", {}) == ""
