"""Profiles of this run: Steelmill's own, and what the Cargo.toml of packages defines on top of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rust_firmware.session import Session
from steelmill.errors import InputError
from steelmill.rustc.codegen import PROFILES
from steelmill.suggest import did_you_mean

if TYPE_CHECKING:
    from steelmill.cargo.resolved import Resolved


def find_base(session: Session, profile: str) -> str:
    """Give ``release`` or ``dev``; raise InputError for a profile that no package has defined."""
    base = profile if profile in PROFILES else session.base_profiles.get(profile)
    if base is None:
        raise unknown_profile(profile)
    return base


def unknown_profile(profile: str) -> InputError:
    """Make the error for a profile that is none of Steelmill's own, where there is no package."""
    return InputError(
        f"{profile!r} is no value of profile{did_you_mean(profile, PROFILES)}",
        place=f"profile={profile}",
        remedy=f"choose one of {', '.join(PROFILES)}; others are for images of Cargo packages that define them",
    )


def learn_base(session: Session, profile: str, workspaces: Iterable[Resolved]) -> str:
    """Note what a profile inherits from; raise InputError where two workspaces differ in that."""
    for resolved in workspaces:
        base = session.base_profiles.setdefault(profile, resolved.base_profile)
        if base != resolved.base_profile:
            raise InputError(
                f"[profile.{profile}] inherits from {resolved.base_profile} here and from {base} in another workspace",
                place=session.tree.relative(f"{resolved.workspace_root}/Cargo.toml"),
                remedy="let both inherit from one: the C of an image is compiled by it",
            )
    return session.base_profiles[profile]
