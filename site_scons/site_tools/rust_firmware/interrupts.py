"""Whether the user has asked to stop: SCons notes Ctrl-C for its own loop and tells nobody."""

from __future__ import annotations

import os
import select
import signal


class Interrupts:
    """Sees every signal that SCons handles, whatever handler it puts in place."""

    def __init__(self) -> None:
        self._seen, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)

    def arrived(self) -> bool:
        """Tell whether a signal has come; safe in any thread."""
        return bool(select.select([self._seen], [], [], 0)[0])
