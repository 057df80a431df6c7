from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg
from steelmill.rustc.cfg_expr import All, Always, Any, CfgExpr, Not, Option, parse_cfg_expr, target_matches

ARM = Cfg(frozenset({("target_arch", "arm"), ("thumb", None), ("feature", "usb")}))

names = st.sampled_from(["unix", "thumb", "feature", "target_arch", "true", "é"])
values = st.none() | st.text(max_size=5)
options = st.builds(Option, names, values)
exprs: st.SearchStrategy[CfgExpr] = st.recursive(
    options | st.builds(Always, st.booleans()),
    lambda inner: st.builds(Not, inner) | st.builds(All, st.tuples(inner, inner)) | st.builds(Any, st.tuples(inner)),
    max_leaves=8,
)
cfgs = st.builds(Cfg, st.frozensets(st.tuples(names, values), max_size=6))


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ('cfg(target_arch = "arm")', True),
        ('cfg(target_arch="x86_64")', False),
        ("cfg(target_arch)", False),
        ("thumb", True),
        ('cfg(all(thumb, not(unix), any(unix, feature = "usb"),),)', True),
        ("all()", True),
        ("any()", False),
        ("cfg(true)", True),
        ("not(false)", True),
        ("r#true", False),
        (r'target_arch = r#"arm"#', True),
        (r'target_arch = "a\u{72}m"', True),
        ("cfg( /* block */ thumb // line\n )", True),
        ("not(all(thumb, unix))", True),
    ],
)
def test_predicates_are_evaluated(text: str, truth: bool) -> None:
    assert parse_cfg_expr(text).holds(ARM) is truth


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected a name, found 'the end'"),
        ("cfg()", "expected a name, found ')'"),
        ("cfg(thumb", "expected ')', found 'the end'"),
        ("cfg(thumb) x", "'x' after the end of the predicate"),
        ("cfg(al(thumb))", "unknown predicate 'al'; did you mean 'all'?"),
        ("cfg(not())", "not() takes one predicate, found 0"),
        ("cfg(not(a, b))", "not() takes one predicate, found 2"),
        ("cfg(a b)", "expected ')', found 'b'"),
        ("cfg(all(a b))", "expected ',', found 'b'"),
        ("cfg(target_arch = arm)", "the value of 'target_arch' must be a string in double quotes, found 'arm'"),
        ('cfg(target_arch == "arm")', "the value of 'target_arch' must be a string in double quotes, found '='"),
        ("cfg(a && b)", "unexpected '&'"),
        ("not(" * 200 + "a" + ")" * 200, "nested deeper than 128"),
    ],
)
def test_errors_say_what_and_where(text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_cfg_expr(text, place="firmware.toml:7")
    assert caught.value.place == "firmware.toml:7"
    assert caught.value.what == f"bad cfg predicate {text!r}: {problem}"


def test_a_target_key_is_a_predicate_or_a_name() -> None:
    assert target_matches('cfg(target_arch = "arm")', ARM, "thumbv7em-none-eabihf")
    assert target_matches("thumbv7em-none-eabihf", ARM, "thumbv7em-none-eabihf")
    assert not target_matches("thumb", ARM, "thumbv7em-none-eabihf")


@given(exprs)
def test_what_is_printed_reads_back(expr: CfgExpr) -> None:
    assert parse_cfg_expr(str(expr)) == expr
    assert parse_cfg_expr(f"cfg({expr})") == expr


@given(exprs, exprs, cfgs)
def test_de_morgan(a: CfgExpr, b: CfgExpr, cfg: Cfg) -> None:
    assert Not(All((a, b))).holds(cfg) is Any((Not(a), Not(b))).holds(cfg)
    assert Not(Any((a, b))).holds(cfg) is All((Not(a), Not(b))).holds(cfg)
    assert Not(Not(a)).holds(cfg) is a.holds(cfg)
