"""The shared cache: outputs of Steps under a digest of everything that decides them.

It holds what is costly and equal for many checkouts: ``core`` and its like. An entry is a folder that appears whole
(by one rename) and carries the digests of its files, so that a damaged one is not believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping

from rust_firmware.folder_files import file_digest
from steelmill.step import Step

_MANIFEST = "manifest.json"


class SharedCache:
    """The entries of one cache folder."""

    def __init__(self, cache_dir: str) -> None:
        self._folder = os.path.join(cache_dir, "outputs")

    def key(self, step: Step, digests: Mapping[str, str]) -> str:
        """Give the key of a Step whose inputs (path -> digest of the contents) are known.

        The folders of inputs count for nothing: the same contents elsewhere give the same outputs. Their names do
        count: the stem of the target specification is part of every crate's identity.
        """
        text = step.signature()
        for path in sorted(digests, key=len, reverse=True):
            name = json.dumps(os.path.basename(path))[1:-1]
            text = text.replace(json.dumps(path)[1:-1], f"<{digests[path]}>/{name}")
        tools = [[tool.name, tool.identity] for tool in step.tools]
        return hashlib.sha256(json.dumps([text, sorted(digests.values()), tools]).encode()).hexdigest()

    def fetch(self, key: str, step: Step, folder: str) -> bool:
        """Copy the outputs into ``folder``; False where there is no sound entry."""
        entry = self._entry(key)
        if not os.path.isdir(entry):
            return False
        try:
            with open(os.path.join(entry, _MANIFEST), encoding="utf-8") as file:
                digests = json.load(file)
            for name in step.outputs:
                path = os.path.join(folder, name)
                shutil.copyfile(os.path.join(entry, name), path)
                if file_digest(path) != digests[name]:
                    raise ValueError(name)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            # it makes room for a sound one
            shutil.rmtree(entry, ignore_errors=True)
            return False
        except OSError:
            return False
        return True

    def store(self, key: str, step: Step, folder: str) -> None:
        """Keep the outputs found in ``folder``; a cache that cannot be written is no error."""
        entry = self._entry(key)
        try:
            os.makedirs(os.path.dirname(entry), exist_ok=True)
            # unlike tempfile's folders, one that the user's umask lets others read
            part = f"{entry}.{os.urandom(8).hex()}.part"
            os.mkdir(part)
            try:
                for name in step.outputs:
                    shutil.copyfile(os.path.join(folder, name), os.path.join(part, name))
                with open(os.path.join(part, _MANIFEST), "w", encoding="utf-8") as file:
                    json.dump({name: file_digest(os.path.join(part, name)) for name in step.outputs}, file)
                os.rename(part, entry)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        except OSError:
            pass

    def claim_path(self, key: str) -> str:
        """Give the folder by which a build claims that it makes the entry."""
        return f"{self._entry(key)}.claim"

    def _entry(self, key: str) -> str:
        return os.path.join(self._folder, key[:2], key)
