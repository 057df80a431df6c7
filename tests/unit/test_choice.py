from __future__ import annotations

import pytest

from steelmill.choice import choose
from steelmill.errors import InputError


def test_a_known_word_is_given_back() -> None:
    assert choose("bin", ("bin", "hex"), "formats") == "bin"


def test_a_misspelt_word_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(InputError) as caught:
        choose("hexx", {"bin": 1, "hex": 2}, "formats of app")
    assert str(caught.value) == (
        "formats of app: 'hexx' is unknown; did you mean 'hex'?\n  remedy   choose one of bin, hex"
    )
