from __future__ import annotations

from steelmill.rustc.findings import count_warnings, format_counts

SAID = """\
warning: unused variable: `unused`
 --> part/src/lib.rs:3:9
  |
3 |     let unused = 1; // warning: none
  |
  = note: `#[warn(unused_variables)]` on by default

warning[E0133]: call to unsafe function `f` is unsafe
 --> part/src/lib.rs:9:1

warning: 2 warnings emitted

"""


def test_the_sum_at_the_end_is_no_warning() -> None:
    assert count_warnings(SAID) == 2
    assert count_warnings("warning: `#[inline]` is ignored\n\nwarning: 1 warning emitted\n\n") == 1
    assert count_warnings("") == 0


def test_counts_are_said_in_a_line() -> None:
    assert format_counts("clippy", 1, 0) == "clippy  1 crate, no warnings"
    assert format_counts("check-rust", 3, 1) == "check-rust  3 crates, 1 warning"
    assert format_counts("check-rust", 2, 12) == "check-rust  2 crates, 12 warnings"
