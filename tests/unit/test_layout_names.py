"""Names across the two languages."""

from __future__ import annotations

import pytest

from steelmill.audit.layout.names import last_segment, matches_path, plain, same_type_name, variant_names
from steelmill.audit.layout.probe import HeaderLayout, file_stem, probe_source, variable_name


@pytest.mark.parametrize(
    ("c", "rust", "same"),
    [
        ("struct sample_layout", "hello::ffi::SampleLayout", True),
        ("ring_t", "app::Ring", True),
        ("ring_t", "app::RingT", True),
        ("struct ring", "app::RawRing", False),
        ("enum unit", "app::Unit", True),
        ("struct ring", "app::Ring<u8>", False),
        ("struct u8x4", "app::U8X4", True),
    ],
)
def test_a_type_has_one_name_in_both_styles(c: str, rust: str, same: bool) -> None:
    assert same_type_name(c, rust) is same


def test_the_last_segment_keeps_what_stands_in_angle_brackets() -> None:
    assert last_segment("core::option::Option<core::num::NonZero<u32>>") == "Option<core::num::NonZero<u32>>"
    assert last_segment("struct ring") == "ring"


@pytest.mark.parametrize("path", ["hello::ffi::Sample", "ffi::Sample", "Sample"])
def test_the_end_of_a_path_names_a_type(path: str) -> None:
    assert matches_path("hello::ffi::Sample", path)
    assert not matches_path("hello::ffi::MySample", path)


@pytest.mark.parametrize(
    ("enumerators", "title", "names"),
    [
        (["UNIT_NONE", "UNIT_DARK_BLUE"], "enum unit", ("none", "darkblue")),
        (["NONE", "VOLT"], "enum unit", ("none", "volt")),
        (["HAL_OK", "HAL_ERROR"], "HAL_StatusTypeDef", ("ok", "error")),
        (["UNIT_ONE"], "enum unit", ("one",)),
        (["UNIT_ONE"], "unit_t", ("one",)),
        (["A_B", "A_B_C"], "enum a", ("b", "bc")),
        ([], "enum a", ()),
    ],
)
def test_enumerators_lose_what_all_begin_with(enumerators: list[str], title: str, names: tuple[str, ...]) -> None:
    assert variant_names(enumerators, title) == names


def test_only_style_is_taken_off_a_name() -> None:
    assert {plain(name) for name in ("itemCount", "item_count", "ITEM_COUNT", "ItemCount")} == {"itemcount"}
    assert plain("r#type") == plain("type_") == "type"


def test_a_header_gives_names_that_files_and_variables_may_have() -> None:
    assert file_stem("hal/stm32h7xx.hal-v2.h") == "stm32h7xx_hal_v2"
    assert variable_name("net/ring.h") == "LAYOUT_RING"


def test_the_probe_describes_types_their_alignment_and_functions() -> None:
    layout = HeaderLayout("net/ring.h", (("struct ring", "Ring"),), ("ring_take",), "fw/firmware.toml")
    assert probe_source(layout) == (
        "/* What fw/firmware.toml lists of net/ring.h, for the compiler to describe. */\n"
        '#include "net/ring.h"\n'
        "extern struct ring *steelmill_type_0;\n"
        "struct ring *steelmill_type_0;\n"
        "extern char (*steelmill_align_0)[__builtin_offsetof(struct { char first; struct ring next; }, next)];\n"
        "char (*steelmill_align_0)[__builtin_offsetof(struct { char first; struct ring next; }, next)];\n"
        "extern __typeof__(ring_take) *steelmill_function_0;\n"
        "__typeof__(ring_take) *steelmill_function_0;\n"
    )
