"""doctor, target-spec and new-target: the verbs that look at targets, not at images."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rust_firmware import compat
from rust_firmware.doctor import print_report
from rust_firmware.new_targets import make_new_target
from rust_firmware.verb_action import VerbAction
from steelmill.errors import InputError
from steelmill.target_spec.canonical import readable_text
from steelmill.target_spec.difference import format_difference, like_built_in
from steelmill.target_spec.model import TargetSpec

if TYPE_CHECKING:
    from rust_firmware.product import Product


def add_target_verbs(product: Product, env: Any) -> None:
    """Make the aliases of the verbs."""
    verbs: Mapping[str, Callable[[Product], str | None]] = {
        "doctor": print_report,
        "target-spec": print_target,
        "new-target": make_new_target,
    }
    for verb, act in verbs.items():
        env.AlwaysBuild(env.Alias(verb, [], VerbAction(product.session, partial(act, product))))


def print_target(product: Product) -> None:
    """Print the JSON of the target on standard output, and the difference on standard error."""
    names = product.selected_targets() or ()
    if len(names) != 1:
        raise InputError(
            f"target-spec prints one target; {len(names) or 'none'} {'are' if names else 'is'} chosen",
            place="target=",
            remedy="say scons target-spec target=NAME",
        )
    spec = product.spec(names[0])
    said = _difference(product, spec)
    sys.stdout.write(readable_text(spec))
    sys.stdout.flush()
    if not compat.is_quiet():
        sys.stderr.write(said)


def _difference(product: Product, spec: TargetSpec) -> str:
    files = product.target_files
    base = files.base_of(spec)
    if base is None:
        name = like_built_in(spec, files.built_in_names())
        if name is None:
            return f"{spec.place}: no target built into rustc is like it\n"
        base = files.built_in(name)
    return f"{spec.place} is built in\n" if spec.place == base.place else format_difference(base, spec)
