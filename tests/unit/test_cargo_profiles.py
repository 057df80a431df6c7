from __future__ import annotations

import pytest

from steelmill.cargo.config import read_config
from steelmill.cargo.manifest import Manifest
from steelmill.cargo.profiles import base_profile
from steelmill.errors import InputError

MANIFEST = """\
[package]
name = "app"

[profile.tiny]
inherits = "release"

[profile.trace]
inherits = "debuggable"

[profile.debuggable]
inherits = "dev"

[profile.alone]
opt-level = 3

[profile.round]
inherits = "about"

[profile.about]
inherits = "round"

[profile.lost]
inherits = "tny"
"""


def base(name: str, config: str = "") -> str:
    settings = read_config("/p", "/home", {}, {"/p/.cargo/config.toml": config}.get).settings
    return base_profile(name, Manifest(MANIFEST, "Cargo.toml"), settings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("release", "release"),
        ("dev", "dev"),
        ("bench", "release"),
        ("test", "dev"),
        ("tiny", "release"),
        ("trace", "dev"),
    ],
)
def test_every_profile_comes_from_one_of_two(name: str, expected: str) -> None:
    assert base(name) == expected


def test_the_configuration_defines_profiles_too() -> None:
    config = '[profile.mine]\ninherits = "tiny"\n[profile.trace]\ninherits = "release"\n'
    assert (base("mine", config), base("trace", config)) == ("release", "release")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "tinny",
            "profile=tinny: no profile is called 'tinny'; did you mean 'tiny'?\n  remedy   choose one of about, alone, "
            "bench, debuggable, dev, lost, release, round, test, tiny, trace, or add [profile.tinny] to Cargo.toml",
        ),
        ("lost", "Cargo.toml:23: no profile is called 'tny'; did you mean 'tiny'?"),
        (
            "alone",
            'Cargo.toml:13: [profile.alone] does not say what it inherits from\n  remedy   add inherits = "release"',
        ),
        ("round", "Cargo.toml:19: [profile.about] inherits from itself"),
    ],
)
def test_a_profile_that_comes_from_nothing_is_refused(name: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        base(name)
    assert str(caught.value).startswith(words)
