from __future__ import annotations

from steelmill.rustc.probe import explain_probe

LAYOUT = (
    "error: data-layout for target `thumbv7em-none-eabihf-4119043664547853694`, `e-m:e-p:32:32-S64`, differs from LLVM "
    "target's `thumbv7em-none-eabihf` default layout, `e-m:e-p:32:32-n32-S64`\n\nerror: aborting\n"
)


def test_a_wrong_data_layout_is_told_with_the_right_one() -> None:
    error = explain_probe(LAYOUT, "targets/board.json")
    assert str(error).splitlines() == [
        "targets/board.json: data-layout is 'e-m:e-p:32:32-S64'; expected 'e-m:e-p:32:32-n32-S64', which is LLVM's",
        "  remedy   write the expected value, or correct llvm-target",
    ]


def test_unknown_features_and_processors_are_told_by_their_keys() -> None:
    feature = explain_probe("'+warp' is not a recognized feature for this target (ignoring feature)\n" * 3, "b.json")
    assert str(feature).startswith("b.json: features names '+warp', which LLVM does not know for this target\n")
    processor = explain_probe("'m99' is not a recognized processor for this target (ignoring processor)\n", "b.json")
    assert str(processor).startswith("b.json: cpu names 'm99', which LLVM does not know for this target\n")


def test_other_words_are_not_explained() -> None:
    assert explain_probe("error: linking failed", "b.json") is None
