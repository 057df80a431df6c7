"""Reading firmware.toml: parsed and checked once for each content."""

from __future__ import annotations

import hashlib

from rust_firmware.session import Session
from steelmill.errors import InputError
from steelmill.firmware_toml.raw import RawFirmware


def load_firmware(session: Session, path: str) -> RawFirmware:
    """Read the file at ``path``, relative to the top folder."""
    try:
        with open(session.tree.absolute(path), encoding="utf-8-sig") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", place=path, remedy="give the path of a firmware.toml, in UTF-8"
        ) from None
    facts = [session.own_tool.identity, path, hashlib.sha256(text.encode()).hexdigest()]

    def parse() -> object:
        # costly to import, and needed only when the file changed
        from steelmill.firmware_toml.parse import parse_firmware_toml

        return parse_firmware_toml(text, path).to_json()

    content = session.probes.remember("firmware.toml", facts, parse)
    return RawFirmware.from_json(content, path)
