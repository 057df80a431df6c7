"""The tables of known messages, their page, and how they are applied."""

from __future__ import annotations

import re

import pytest

from errors_by_scons import MISTAKES
from errors_by_tool import CALLS
from project import CHECKOUT
from steelmill.hints.explain import explain, explain_output, explain_warnings, join_names
from steelmill.hints.facts import Facts
from steelmill.hints.hint import Hint
from steelmill.hints.table import HINTS
from steelmill.step import Step

STEP = Step(
    label=("LINK", "app.elf  board"), argv=("ld", "-Lboards", "-o", "app.elf"), out_dir="b", outputs=("app.elf",)
)
PAGE = (CHECKOUT / "docs/errors.md").read_text(encoding="utf-8")


def _slug(heading: str) -> str:
    """Give the anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


SECTIONS = {_slug(heading): body for heading, body in re.findall(r"^### (.+)\n((?:(?!^##).*\n?)*)", PAGE, re.MULTILINE)}


def anchors(output: str, step: Step = STEP) -> list[str]:
    return [explanation.anchor for explanation in explain(step, output)]


def test_the_middle_of_a_long_command_is_left_out() -> None:
    objects = " ".join(f"build/vendor/object{number}.o" for number in range(1000))
    text = str(explain_output(STEP, f"ld -m armelf {objects} -T link.ld", 1, "ld: cannot find -lc"))
    assert "\nld -m armelf build/vendor/object0.o " in text
    assert " -T link.ld\n(verbose=1 shows the whole command)\nld: cannot find -lc\n" in text
    assert len(text) < 1300


def test_every_hint_has_its_section_and_every_section_its_hint() -> None:
    assert list(SECTIONS) == [hint.anchor for hint in HINTS]


@pytest.mark.parametrize("hint", HINTS, ids=[hint.anchor for hint in HINTS])
def test_a_section_shows_the_words_says_why_and_what_to_do(hint: Hint) -> None:
    section = SECTIONS[hint.anchor]
    block = re.match(r"\n```text\n(.*?)^```\n", section, re.MULTILINE | re.DOTALL)
    assert block
    for pattern in hint.patterns:
        assert re.search(pattern, block[1], re.MULTILINE), pattern
    assert anchors(block[1]) == [hint.anchor]
    paragraphs = [part for part in section[block.end() :].split("\n\n") if part.strip() and not part.startswith("```")]
    assert len(paragraphs) >= 2


def test_every_hint_was_seen_in_the_words_of_a_real_tool() -> None:
    seen = {mistake.anchor for mistake in MISTAKES} | {call.anchor for call in CALLS}
    assert seen == {hint.anchor for hint in HINTS}


def test_links_of_the_page_lead_to_its_sections() -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= set(SECTIONS)


@pytest.mark.parametrize("hint", HINTS, ids=[hint.anchor for hint in HINTS])
def test_groups_have_the_same_names_in_all_patterns(hint: Hint) -> None:
    assert len({frozenset(re.compile(pattern).groupindex) for pattern in hint.patterns}) == 1


@pytest.mark.parametrize(
    "output",
    [
        "",
        "main.c:3:1: error: expected ';' before '}' token\n",
        "error[E0308]: mismatched types\n --> src/lib.rs:4:5\n",
        "warning: unused variable: `x`\n",
        "main.c:1: warning: ISO C forbids an empty translation unit\n",
    ],
)
def test_other_words_are_shown_as_they_are(output: str) -> None:
    assert anchors(output) == []
    error = explain_output(STEP, "ld -o app.elf", 1, output)
    assert error.remedy == "the tool's own words above say what it refused"
    assert error.see is None
    assert explain_warnings(STEP, output) == ""


def test_several_symbols_of_one_family_are_one_explanation() -> None:
    output = "".join(f"ld: a.o: undefined reference to `{name}'\n" for name in ("memcpy", "memset", "memcpy"))
    (explanation,) = explain(STEP, output)
    assert explanation.cause.startswith("the compilers call memcpy, memset by themselves")


def test_explanations_stand_in_the_order_of_the_words() -> None:
    output = "ld: undefined reference to `zebra'\nld: undefined reference to `memcpy'\nld: cannot find -lphy\n"
    assert anchors(output) == ["undefined-symbol", "memory-functions-undefined", "library-missing"]


def test_not_more_than_four_are_shown() -> None:
    names = ("_sbrk", "memcpy", "main", "__stack_chk_fail", "_Unwind_Resume", "zebra")
    output = "".join(f"ld.lld: error: undefined symbol: {name}\n" for name in names)
    assert len(anchors(output)) == 4
    text = str(explain_output(STEP, "ld", 1, output))
    assert re.findall(r"^  (\w+) ", text, re.MULTILINE) == ["cause", "remedy", "see"] * 4


def test_words_behind_rustcs_margin_are_explained() -> None:
    output = (
        "error: linking with `rust-lld` failed: exit status: 1\n"
        "  = note: rust-lld: error: duplicate symbol: tick\n"
        "          >>> defined at a.c\n"
        "          >>>            a.o:(tick)\n"
        "          >>> defined at b.o:(.text+0x0) in archive libb.a\n"
    )
    (explanation,) = explain(STEP, output)
    assert explanation.anchor == "duplicate-symbol"
    assert explanation.details == (("both", "a.o and libb.a(b.o): tick"),)


def test_names_are_counted_where_they_are_many() -> None:
    assert join_names(["a", "b", "a"]) == "a, b"
    assert join_names(list("abcdefg")) == "a, b, c, d and 3 more"


def test_a_warning_is_explained_under_a_command_that_ended_well() -> None:
    text = explain_warnings(STEP, "ld: warning: cannot find entry symbol Reset; defaulting to 00000000\n")
    assert text.splitlines()[0].startswith("  cause    nothing that is linked defines the entry symbol Reset")
    assert text.splitlines()[-1] == "  see      docs/errors.md#entry-missing"


def test_a_specification_is_named_by_its_place() -> None:
    words = "'+warp' is not a recognized feature for this target (ignoring feature)\n" * 3
    (explanation,) = explain(STEP, words, Facts(place="targets/board.json"))
    assert explanation.cause == ("targets/board.json: features names '+warp', which LLVM does not know for this target")


def test_alloc_is_told_apart_by_whether_it_was_built() -> None:
    words = "error[E0463]: can't find crate for `alloc`\n"
    built = Step(
        ("RUSTC", "app"), ("rustc", "--extern", "noprelude,nounused:alloc=x.rlib"), out_dir="b", outputs=("a",)
    )
    assert explain(STEP, words)[0].remedy.startswith('add "alloc" to [rust] build-std (RUST_BUILD_STD)')
    assert explain(built, words)[0].remedy == "write extern crate alloc;"


def test_a_full_region_is_measured() -> None:
    (explanation,) = explain(STEP, "ld: region `FLASH' overflowed by 16 bytes\n", Facts(profile="dev"))
    assert explanation.cause == "region FLASH overflows by 16 bytes"
    assert explanation.details == (("image", "b/app.elf"), ("region", "FLASH"))
    assert explanation.remedy == "shrink the image, raise the length of FLASH, or build with profile=release"
