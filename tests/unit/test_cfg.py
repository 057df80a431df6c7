from __future__ import annotations

from steelmill.rustc.cfg import Cfg, parse_cfg

PRINTED = """\
debug_assertions
panic="abort"
target_arch="arm"
target_feature="dsp"
target_feature="thumb2"
target_has_atomic
target_has_atomic="32"
target_vendor=""
"""


def test_names_and_values_are_told_apart() -> None:
    cfg = parse_cfg(PRINTED)
    assert cfg.has("debug_assertions")
    assert not cfg.has("target_arch")
    assert cfg.has("target_arch", "arm")
    assert not cfg.has("target_arch", "x86")
    assert cfg.has("target_has_atomic")
    assert cfg.has("target_has_atomic", "32")


def test_values_are_sorted_and_a_single_one_has_its_own_accessor() -> None:
    cfg = parse_cfg(PRINTED)
    assert cfg.values("target_feature") == ("dsp", "thumb2")
    assert cfg.value("target_feature") is None
    assert cfg.value("panic") == "abort"
    assert cfg.value("target_vendor") == ""
    assert cfg.value("nothing") is None


def test_rustc_prints_values_without_escapes() -> None:
    assert parse_cfg('a="b\\c"d"\n').value("a") == 'b\\c"d'


def test_options_are_added_without_touching_the_original() -> None:
    cfg = parse_cfg(PRINTED)
    more = cfg.with_options([("feature", "usb"), ("test", None)])
    assert more.has("feature", "usb")
    assert more.has("test")
    assert not cfg.has("test")
    assert cfg.with_options(parse_cfg("test")) == parse_cfg(PRINTED + "test\n")
    assert Cfg() == parse_cfg("\n")
