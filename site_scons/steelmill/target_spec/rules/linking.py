"""The link: ``pre-link-args`` and their like, ``link-env``.

Whether arguments serve the linker in use is for the link to say (``linker.flavor.spec_link_args``).
"""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.suggest import did_you_mean
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec

ARGUMENT_KEYS = (
    "pre-link-args", "late-link-args", "late-link-args-dynamic", "late-link-args-static", "post-link-args",
)  # fmt: skip
_LINKERS = ("gnu", "gnu-lld", "ld", "ld.lld")
"""Flavors of a linker that is run itself, by no compiler driver."""


def link_args_fit_the_flavor(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Check each list: under a flavor that there is, not empty, and without the driver's ``-Wl,`` for a linker."""
    flavors = knowledge.schema["properties"]["linker-flavor"].get("enum", ())
    for key in ARGUMENT_KEYS:
        for flavor, arguments in spec.get(key, {}).items():
            if flavors and flavor not in flavors:
                near = did_you_mean(flavor, flavors)
                yield Fault((key, flavor), f"unknown linker flavor{near}", f"choose among {', '.join(flavors)}")
            # rustc has such lists in its own specifications of AVR alone
            if not arguments and spec.arch != "avr":
                yield Fault((key, flavor), "the list is empty; expected arguments", "remove the flavor")
            for index, argument in enumerate(arguments if flavor in _LINKERS else ()):
                if argument.startswith("-Wl,"):
                    yield Fault(
                        (key, flavor, index),
                        f"{argument!r} is for a compiler driver; expected {' '.join(argument.split(',')[1:])!r}",
                        f"write it as the linker takes it, or under {flavor}-cc",
                    )


def link_env_is_assignments(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Check that each word is NAME=VALUE: rustc passes over what is not."""
    for index, word in enumerate(spec.get("link-env", ())):
        if word.count("=") != 1 or word.startswith("="):
            yield Fault(("link-env", index), f"{word!r}; expected NAME=VALUE", "correct it")
