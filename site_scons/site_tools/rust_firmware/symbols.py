"""The global symbols that prebuilt objects and archives define."""

from __future__ import annotations

from rust_firmware.probes import Probes, stamp


def defined_symbols(probes: Probes, path: str) -> frozenset[str]:
    """Give the names; the file is read again only when it changed. Raise InputError where it is damaged."""
    return frozenset(probes.remember("symbols", [stamp(path)], lambda: sorted(_read(path))))


def _read(path: str) -> set[str]:
    from steelmill.audit.facts import read_facts

    with open(path, "rb") as file:
        members = read_facts(file.read(), path).members
    return {name for member in members for name in (*member.defined, *member.common)}
