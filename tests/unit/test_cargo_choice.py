from __future__ import annotations

import pytest

from cargo_packages import recorded
from steelmill.cargo.choice import check_features, choose_target
from steelmill.cargo.metadata import Package, parse_metadata
from steelmill.cargo.unit_graph import Target
from steelmill.errors import InputError

PACKAGE = parse_metadata(recorded("board").metadata).packages[0]
PLACES = {"package": "firmware.toml:5", "bin": "firmware.toml:6", "lib": "firmware.toml:7"}


def package(*names: str, default_run: str | None = None) -> Package:
    """Make a package with these binaries, and a library for the name ``lib``."""
    kinds = [("lib" if name == "lib" else "bin", name) for name in names]
    targets = tuple(Target((kind,), (kind,), name, f"/p/src/{name}.rs", "2021") for kind, name in kinds)
    return PACKAGE._replace(name="app", targets=targets, default_run=default_run, features=("default", "uart"))


@pytest.mark.parametrize(
    ("one", "name", "library", "chosen"),
    [
        (package("lib"), None, False, "--lib"),
        (package("app"), None, False, "--bin=app"),
        (package("lib", "app"), None, False, "--bin=app"),
        (package("lib", "app"), None, True, "--lib"),
        (package("app", "boot"), "boot", False, "--bin=boot"),
        (package("app", "boot", default_run="boot"), None, False, "--bin=boot"),
        (package("app", "boot", default_run="boot"), "app", False, "--bin=app"),
    ],
)
def test_one_target_becomes_the_image(one: Package, name: str | None, library: bool, chosen: str) -> None:
    assert choose_target(one, name, library=library, places=PLACES) == (chosen,)


@pytest.mark.parametrize(
    ("one", "name", "library", "message"),
    [
        (
            package("app", "boot"),
            None,
            False,
            'firmware.toml:5: app has several binaries: app, boot\n  remedy   add bin = "app"',
        ),
        (
            package("app"),
            "apq",
            False,
            "firmware.toml:6: app has no binary 'apq'; did you mean 'app'?\n  remedy   choose one of app",
        ),
        (
            package("lib"),
            "app",
            False,
            "firmware.toml:6: app has no binary 'app'\n  remedy   take bin out: the package has a library alone",
        ),
        (
            package("app"),
            None,
            True,
            "firmware.toml:7: app has no library\n  remedy   take lib out, or add src/lib.rs to the package",
        ),
        (
            package(),
            None,
            False,
            "firmware.toml:5: app has neither a library nor a binary\n  remedy   give it a src/lib.rs or a src/main.rs",
        ),
    ],
)
def test_what_there_is_not_cannot_be_chosen(one: Package, name: str | None, library: bool, message: str) -> None:
    with pytest.raises(InputError) as caught:
        choose_target(one, name, library=library, places=PLACES)
    assert str(caught.value) == message


def test_features_are_those_that_the_package_declares() -> None:
    check_features(package("lib"), ("uart", "dependency/feature"), "firmware.toml:8")
    with pytest.raises(InputError) as caught:
        check_features(package("lib"), ("uarrt",), "firmware.toml:8")
    assert str(caught.value) == (
        "firmware.toml:8: app has no feature 'uarrt'; did you mean 'uart'?\n  remedy   choose among default, uart"
    )
