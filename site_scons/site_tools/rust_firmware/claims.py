"""Claims: of several builds that need an entry of the shared cache at the same time, one builds it and the others wait.

A claim is ``flock`` on a folder beside the entry. It goes with the process that has it, however that ends, and the
folder goes with the claim.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable

from rust_firmware.locks import holder, try_lock

_ASK_AGAIN = 0.1
"""Seconds."""
_PATIENCE = 1.0
"""Seconds before a build says that it waits."""


class Claims:
    """The claims of one session; safe to call from SCons's worker threads.

    A claim ends when SCons gets round to the last output of a Step. So a session that has one never waits for another:
    it could be waited for itself, by the very build that it waits for. It builds the entry too, which costs time alone.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._held: dict[str, int] = {}

    def take(self, path: str, say: Callable[[str], None], stopped: Callable[[], bool]) -> bool:
        """Claim the folder ``path``; wait for the build that has it. True where this session has the claim.

        False where it goes without: the folder cannot be made, this session has claims, or ``stopped()`` says so.
        ``say`` is told, once and after a moment, who is waited for: `` (process 12)``, or nothing where nobody knows.
        """
        begin, said = time.monotonic(), False
        while not stopped():
            try:
                os.makedirs(path, exist_ok=True)
                descriptor = os.open(path, os.O_RDONLY)
            except OSError:
                # a cache that cannot be written
                return False
            with self._changing:
                if try_lock(descriptor) and _is_still(descriptor, path):
                    self._held[path] = descriptor
                    return True
                alone = not self._held
            other = holder(descriptor)
            os.close(descriptor)
            if not alone:
                return False
            if not said and time.monotonic() - begin > _PATIENCE:
                said = True
                say(other)
            time.sleep(_ASK_AGAIN)
        return False

    def release(self, path: str) -> None:
        """Let others have the entry."""
        with self._changing:
            descriptor = self._held.pop(path)
            with contextlib.suppress(OSError):
                os.rmdir(path)
            os.close(descriptor)


def _is_still(descriptor: int, path: str) -> bool:
    """Tell whether the folder is the one that was opened: who released it has removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
