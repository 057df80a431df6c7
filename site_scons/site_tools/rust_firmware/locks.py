"""Two locks: one build at a time in a tree, and none beside the tools an ended build left running.

Both are ``flock`` on folders, so they write nothing and go with their holders.
"""

from __future__ import annotations

import fcntl
import os
import sys

from steelmill.errors import InputError


def lock_tree(top: str) -> int:
    """Lock the project's top folder until this process ends; raise InputError where another build has it."""
    descriptor = os.open(top, os.O_RDONLY)
    if not try_lock(descriptor):
        raise InputError(
            f"another scons is building in this tree{holder(descriptor)}",
            place=top,
            remedy="wait until it has ended, or end it",
        )
    return descriptor


def lock_tools(build_dir: str) -> int:
    """Lock the build folder for this build's tools, which inherit the descriptor.

    Tools that outlived a killed build still hold it and may still write: wait for them.
    """
    descriptor = os.open(build_dir, os.O_RDONLY)
    if not try_lock(descriptor):
        print(f"waiting for a tool that an interrupted build left running{holder(descriptor)}", file=sys.stderr)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def try_lock(descriptor: int) -> bool:
    """Lock a file or folder; False where another process, or another descriptor of this one, has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # a file system without flock: nothing can be said about other builds
        return True
    return True


def holder(descriptor: int) -> str:
    """Name the process that has the lock, `` (process 12)``, where the system tells."""
    inode = os.fstat(descriptor).st_ino
    try:
        with open("/proc/locks", encoding="ascii") as file:
            rows = [line.split() for line in file]
    except OSError:
        return ""
    pids = [row[4] for row in rows if row[1] == "FLOCK" and row[5].endswith(f":{inode}")]
    return f" (process {pids[0]})" if pids else ""
