"""The linker in rustflags, in all the forms that rustc takes."""

from __future__ import annotations

import pytest

from steelmill.cargo.linker_flag import take_linker

SCRIPT = ("-C", "link-arg=-Tlink.x")


@pytest.mark.parametrize(
    ("flags", "linker", "others"),
    [
        ((), None, ()),
        (SCRIPT, None, SCRIPT),
        (("-C", "linker-flavor=gnu-lld"), None, ("-C", "linker-flavor=gnu-lld")),
        (("-C", "linker=flip-link", *SCRIPT), "flip-link", SCRIPT),
        ((*SCRIPT, "-Clinker=a", "--codegen", "linker=b"), "b", SCRIPT),
        (("--codegen=linker=tools/ld", "-Dwarnings"), "tools/ld", ("-Dwarnings",)),
        (("--cfg", "linker=x", "-C"), None, ("--cfg", "linker=x", "-C")),
    ],
)
def test_the_last_one_named_is_taken_out(flags: tuple[str, ...], linker: str | None, others: tuple[str, ...]) -> None:
    assert take_linker(flags) == (linker, others)
