"""Files that are written whole or not at all: a reader sees the old content or the new one."""

from __future__ import annotations

import contextlib
import os


def write_whole(path: str, content: str | bytes) -> None:
    """Replace a file, or make it with its folder; raise OSError, with nothing changed, where that fails."""
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    # several processes may write one file of a cache
    part = f"{path}.{os.urandom(8).hex()}.part"
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    try:
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
