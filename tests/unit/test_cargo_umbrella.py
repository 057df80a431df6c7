from __future__ import annotations

from dataclasses import replace

import pytest

from cargo_units import SETTING, board_plan, find, plan_of, recorded_graph
from steelmill.cargo.choice import feature_options
from steelmill.cargo.together import check_together
from steelmill.cargo.umbrella import umbrella_step, umbrella_text
from steelmill.cargo.unit_graph import Profile
from steelmill.cargo.unit_plan import UnitPlan
from steelmill.errors import InputError
from steelmill.firmware_toml.model import PackagePart

PLAN = board_plan()


def with_profiles(**change: str) -> UnitPlan:
    """Give the plan with another profile for all units."""
    graph = recorded_graph()
    return plan_of(
        graph._replace(units=tuple(unit._replace(profile=_changed(unit.profile, change)) for unit in graph.units))
    )


def _changed(profile: Profile, change: dict[str, str]) -> Profile:
    return profile._replace(**change)  # type: ignore[arg-type]


def library_plan(package: str) -> UnitPlan:
    """Give the plan with the library of a package as what was asked for."""
    return plan_of(
        recorded_graph()._replace(roots=(find(PLAN, package),)), replace(SETTING, primary=PLAN.setting.primary)
    )


def test_equal_units_of_two_workspaces_go_together() -> None:
    check_together((PLAN, board_plan()))


def test_two_copies_of_a_links_package_do_not() -> None:
    with pytest.raises(InputError) as caught:
        check_together((PLAN, with_profiles(opt_level="3")))
    assert "two workspaces bring a package for the native library cortex-m" in str(caught.value)
    assert str(caught.value).count("  copy     cortex-m") == 2


def test_profiles_agree_in_what_holds_for_the_whole_image() -> None:
    for change in ({"lto": "off"}, {"panic": "immediate-abort"}):
        with pytest.raises(InputError, match=r"board/Cargo.toml: \[profile.release\] says (lto|panic) = "):
            check_together((PLAN, with_profiles(**change)))


def test_the_umbrella_names_every_library_once_and_reads_each_file_once() -> None:
    plans = (library_plan("heapless"), library_plan("cortex-m"), library_plan("heapless"))
    ids = plans[2].ids[find(PLAN, "heapless")].files
    assert umbrella_text(plans) == (
        f"#![no_std]\nextern crate heapless;\nextern crate cortex_m;\nextern crate heapless_{ids};\n"
    )
    step = umbrella_step(plans, "all", "build/all.rs", "build/all")
    assert len(step.inputs) == len(set(step.inputs))
    assert f"heapless_{ids}=" in " ".join(step.argv)
    assert {path for library in SETTING.sysroot.libraries for path in library.paths} <= set(step.inputs)


def part(*features: str, default: bool = True) -> PackagePart:
    return PackagePart("Cargo.toml", features, default, None, True, "x", {})


def test_features_of_several_packages_are_told_apart() -> None:
    package = PLAN.package(0)._replace(name="one", features=("default", "uart"))
    other = package._replace(name="two", features=("spi",))
    assert feature_options([(package, part("uart", default=False))]) == ("--features=uart", "--no-default-features")
    assert feature_options([(package, part()), (other, part())]) == ()
    assert feature_options([(package, part("uart")), (other, part("spi", default=False))]) == (
        "--features=one/default,one/uart,two/spi",
        "--no-default-features",
    )
    assert feature_options([(package, part(default=False)), (other, part())]) == ("--no-default-features",)
