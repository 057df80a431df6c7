"""Facts of object files and archives, kept so that only what changed is read again.

A Rust staticlib changes with every edit, though one of its 400 members does: so members are kept by their digests.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os

import steelmill
from rust_firmware.probes import keep
from rust_firmware.session import BUILD_DIR
from steelmill.audit.facts import FileFacts, MemberFacts, dump_facts, load_facts
from steelmill.audit.object_facts import read_member
from steelmill.elf.archive import is_archive, read_members

_FOLDER = f"{BUILD_DIR}/.facts"


class FactsCache:
    """The facts read so far, one file in ``build/.facts`` for each object file or archive."""

    def __init__(self) -> None:
        # what an older Steelmill read is not what this one would read
        self._reader = _digest_of_sources()

    def read(self, path: str) -> FileFacts:
        """Give the facts of a file; raise InputError where it is no object and no archive, or damaged."""
        with open(path, "rb") as file:
            content = file.read()
        digest = hashlib.sha256(content).hexdigest()
        kept = os.path.join(_FOLDER, f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:24]}.json")
        known_digest, known, facts = self._load(kept, path)
        if facts and known_digest == digest:
            return facts
        facts, digests = _read(content, path, known)
        keep(kept, f"{json.dumps([self._reader, digest, digests])}\n{dump_facts(facts)}")
        return facts

    def _load(self, kept: str, path: str) -> tuple[str, dict[tuple[str, str], MemberFacts], FileFacts | None]:
        """Give the digest of the file as it was, its members' facts by name and digest, and all of them."""
        try:
            with open(kept, encoding="utf-8") as file:
                reader, digest, digests = json.loads(file.readline())
                if reader != self._reader:
                    return "", {}, None
                facts = load_facts(file.read(), path)
        except (OSError, ValueError, TypeError, KeyError):
            return "", {}, None
        members = {(member.name, of): member for member, of in zip(facts.members, digests, strict=True)}
        return digest, members, facts


def _read(content: bytes, path: str, known: dict[tuple[str, str], MemberFacts]) -> tuple[FileFacts, list[str]]:
    parts = list(read_members(content, path))
    digests = [hashlib.sha256(part).hexdigest() for _, part in parts]
    members = tuple(
        known.get((name, digest)) or read_member(name, part, path)
        for (name, part), digest in zip(parts, digests, strict=True)
    )
    return FileFacts(path, is_archive(content), members), digests


def _digest_of_sources() -> str:
    total = hashlib.sha256()
    package = glob.escape(os.path.dirname(steelmill.__file__))
    for room in ("audit", "elf"):
        for path in sorted(glob.glob(f"{package}/{room}/*.py")):
            with open(path, "rb") as file:
                total.update(file.read())
    return total.hexdigest()
