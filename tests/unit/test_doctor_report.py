from __future__ import annotations

from steelmill.doctor import Row, Section, format_report

FIT = Section("Rust", (Row("found", "rustc", "1.96.0"), Row("note", "passed over", "old one")))
UNFIT = Section(
    "board", (Row("missing", "linker", "LLD is not there\nlooked at: PATH", "install it: dnf install lld"),)
)


def test_a_section_fits_where_nothing_is_missing() -> None:
    assert FIT.fits
    assert not UNFIT.fits


def test_the_report_lines_up_and_shows_what_is_missing() -> None:
    assert (
        format_report([FIT, UNFIT])
        == """\
Rust
  rustc        1.96.0
  passed over  old one

board
  linker       MISSING  LLD is not there
               looked at: PATH
               remedy: install it: dnf install lld"""
    )
