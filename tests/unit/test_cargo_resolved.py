from __future__ import annotations

import json

import pytest

from cargo_packages import PROJECT, recorded
from steelmill.cargo.library_config import LibraryConfig
from steelmill.cargo.lock import parse_lock
from steelmill.cargo.metadata import parse_metadata
from steelmill.cargo.resolved import Resolved, cut_metadata, find_pins, resolution_inputs, with_metadata_ids
from steelmill.cargo.unit_graph import parse_unit_graph

BOARD, WORKSPACE = recorded("board"), recorded("workspace")


def test_a_cache_gives_back_what_it_was_given() -> None:
    library = LibraryConfig(("core", "alloc"), ("optimize_for_size",), mem=True)
    inputs = ("{}", "{}", {"id": ("--deny=x",)}, {"id": "ab"}, ("-Cx",), (("A", "b"),), "unix\n", "/p")
    resolved = Resolved(*inputs, library, "dev", "flip-link", {"ssl": "cargo::rustc-link-lib=ssl\n"}, {})
    assert Resolved.from_json(resolved.to_json()) == resolved


def test_metadata_is_cut_to_what_is_built() -> None:
    graph = parse_unit_graph(BOARD.unit_graph)
    everything, cut = parse_metadata(BOARD.metadata), parse_metadata(cut_metadata(BOARD.metadata, graph))
    used = {unit.pkg_id for unit in graph.units}
    assert {package.id for package in cut.packages} == used
    assert set(cut.packages) <= set(everything.packages)
    assert json.loads(cut_metadata(BOARD.metadata, graph))["resolve"] is None


@pytest.mark.parametrize(
    ("older", "known"),
    [
        ("app 0.1.0 (path+file:///p/app)", "path+file:///p/app#0.1.0"),
        ("mac 0.1.0 (path+file:///p/app)", "path+file:///p/app#mac@0.1.0"),
        ("cfg-if 1.0.0 (registry+https://example.org/index)", "registry+https://example.org/index#cfg-if@1.0.0"),
        ("three 0.2.0 (git+file:///g?branch=a#ab12)", "git+file:///g?branch=a#three@0.2.0"),
    ],
)
def test_an_older_spelling_of_ids_is_made_the_one_of_metadata(older: str, known: str) -> None:
    graph, metadata = ({"units": [{"pkg_id": one}]} for one in (older, known)), {"packages": [{"id": known}]}
    old, new = (json.dumps(one) for one in graph)
    assert json.loads(with_metadata_ids(old, json.dumps(metadata))) == json.loads(new)
    assert with_metadata_ids(new, json.dumps(metadata)) is new


def test_every_immutable_package_has_a_pin() -> None:
    for said in (BOARD, WORKSPACE):
        metadata = parse_metadata(said.metadata)
        pins = find_pins(metadata, parse_lock(said.lock, "Cargo.lock"))
        assert set(pins) == {package.id for package in metadata.packages if not package.is_local}
        assert all(len(pin) in (40, 64) for pin in pins.values())


def test_cargo_is_asked_again_for_manifests_and_for_names_that_it_finds() -> None:
    inputs = resolution_inputs(parse_metadata(WORKSPACE.metadata), f"{PROJECT}/workspace/app")
    root = f"{PROJECT}/workspace"
    assert {f"{root}/Cargo.toml", f"{root}/Cargo.lock", f"{root}/clink/Cargo.toml", "/home/Cargo.toml"} <= {*inputs}
    assert {f"glob:{root}/app/src/bin/*", f"glob:{root}/*/Cargo.toml"} <= {*inputs}
    assert not any(path.endswith(".rs") and not path.startswith("glob:") for path in inputs)


def test_a_folder_is_no_pattern() -> None:
    metadata = parse_metadata(BOARD.metadata.replace(PROJECT, "/home/[a]*"))
    assert "glob:/home/[[]a][*]/board/src/*.rs" in resolution_inputs(metadata, "/home/[a]*/board")
