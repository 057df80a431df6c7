"""The lints of a manifest, in cargo's order."""

from __future__ import annotations

import pytest

from cargo_packages import FILES
from steelmill.cargo.manifest import Manifest, lint_rustflags
from steelmill.errors import InputError

LINTS = """\
[lints.rust]
unused = { level = "allow", priority = -1 }
b_lint = "warn"
a_lint = "deny"
unexpected_cfgs = { level = "forbid", check-cfg = ["cfg(a)", 'cfg(b, values("x"))'] }
[lints.clippy]
all = { level = "deny", priority = -2 }
a_lint = "warn"
[lints.cargo]
unknown = "warn"
"""


def test_flags_come_by_priority_and_then_by_falling_name() -> None:
    assert lint_rustflags(Manifest(LINTS, "Cargo.toml"), None) == (
        "--deny=clippy::all",
        "--allow=unused",
        "--forbid=unexpected_cfgs",
        "--warn=b_lint",
        "--deny=a_lint",
        "--warn=clippy::a_lint",
        "--check-cfg",
        "cfg(a)",
        "--check-cfg",
        'cfg(b, values("x"))',
    )


def test_lints_of_the_workspace() -> None:
    app, root = FILES["workspace/app/Cargo.toml"], FILES["workspace/Cargo.toml"]
    assert lint_rustflags(Manifest(app, "app/Cargo.toml"), Manifest(root, "Cargo.toml")) == (
        "--allow=unsafe_code",
        "--warn=unexpected_cfgs",
        "--check-cfg",
        'cfg(board, values("a"))',
    )


def test_a_manifest_without_lints() -> None:
    assert lint_rustflags(Manifest(FILES["board/Cargo.toml"], "Cargo.toml"), None) == ()


def test_a_root_package_may_take_the_lints_of_its_own_workspace() -> None:
    text = '[lints]\nworkspace = true\n[workspace.lints.rust]\nunused = "deny"\n'
    assert lint_rustflags(Manifest(text, "Cargo.toml"), None) == ("--deny=unused",)


def test_a_workspace_without_lints() -> None:
    member = Manifest("[package]\n[lints]\nworkspace = true\n", "app/Cargo.toml")
    with pytest.raises(InputError) as caught:
        lint_rustflags(member, Manifest("[workspace]\n", "Cargo.toml"))
    assert str(caught.value) == (
        "app/Cargo.toml:3: lints are those of the workspace, and Cargo.toml has no [workspace.lints]\n"
        "  remedy   add [workspace.lints] there, or write the lints here"
    )
