"""What flags change without a predefined macro to show for it: of those about one property the last one decides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.cc.arch.model import Family, Request, Switch
from steelmill.cc.flags import DEFAULT_VERSION, find_arch
from steelmill.cc.macros import Finding
from steelmill.cc.view import CfgView, TargetView

_COMMON = (
    Switch(
        "c-enum-min-bits",
        on="-fshort-enums",
        off="-fno-short-enums",
        wanted=lambda request: str(request.spec.get("c-enum-min-bits", 32)) == "8",
        # as the macro check of ARM has it, which would otherwise tell the same a second time
        words=("enums of at least 32 bits", "enums of at least 8 bits"),
    ),
    Switch(
        "data-layout",
        on=r"-fpack-struct(=\d+)?",
        off="-fno-pack-struct",
        wanted=lambda _request: False,
        words=("structs laid out as by repr(C)", "packed structs"),
    ),
)


def find_switched(
    spec: TargetView,
    cfg: CfgView | None,
    words: Sequence[str],
    family: Family = "gcc",
    version: tuple[int, int] = DEFAULT_VERSION,
) -> tuple[Finding, ...]:
    """List the properties that a command line decides otherwise than the target needs them; ``words`` is all of it."""
    request = Request(spec, cfg, family, version)
    found = []
    for switch in (*_COMMON, *find_arch(spec).switches):
        state = _state(switch, words)
        wanted = switch.wanted(request)
        if wanted is not None and state is not None and state != wanted:
            found.append(Finding("error", switch.key, switch.words[wanted], switch.words[state]))
    return tuple(found)


def _state(switch: Switch, words: Sequence[str]) -> bool | None:
    """Tell which way the flags decide; None where none does, or one takes the harm away."""
    if any(re.fullmatch(switch.unless, word) for word in words):
        return None
    states = (
        True if re.fullmatch(switch.on, word) else False if re.fullmatch(switch.off, word) else None
        for word in reversed(words)
    )
    return next((state for state in states if state is not None), None)
