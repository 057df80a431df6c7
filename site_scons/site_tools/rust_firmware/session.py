"""Session: what one run of SCons shares between all its environments."""

from __future__ import annotations

import atexit
import os
import threading
from functools import cached_property
from typing import Any

import SCons.Node.FS
import SCons.Script

import steelmill
from rust_firmware import compat
from rust_firmware.claims import Claims
from rust_firmware.console import Console
from rust_firmware.interrupts import Interrupts
from rust_firmware.journal import Journal
from rust_firmware.locks import lock_tools, lock_tree
from rust_firmware.probes import Probes, default_cache_dir
from rust_firmware.scans import Scans
from rust_firmware.signatures import SignatureModule
from rust_firmware.tree import Tree
from rust_firmware.variables import with_absolute_paths
from rust_firmware.verbs import RUST_VERBS, WITHOUT_IMAGES
from steelmill.step import Tool

_HERE = os.path.dirname(os.path.abspath(__file__))

BUILD_DIR = "build"
"""Below the project's top folder; holds everything that a build writes there."""


class Session:
    """One run in one project: its folders, locks, probes and what it shows."""

    def __init__(self, arguments: dict[str, str]) -> None:
        self.tree = Tree(str(SCons.Node.FS.get_default_fs().Top.get_abspath()))
        self.arguments = with_absolute_paths(arguments, self.tree.absolute)
        self.cache_dir = self.arguments.get("cache") or default_cache_dir()
        self.probes = Probes(self.cache_dir)
        self.console = Console(verbose=arguments.get("verbose") == "1", explain=arguments.get("why") == "1")
        self.journal = Journal(self.tree.absolute(f"{BUILD_DIR}/.unfinished"))
        self.interrupts = Interrupts()
        self.claims = Claims()
        self.scans = Scans(self.tree, self.tree.absolute(f"{BUILD_DIR}/.scans"))
        self.running: set[Any] = set()
        """Runs with an early output that have not given all; cleaned up with the session."""
        self.base_profiles: dict[str, str] = {}
        """Which of release and dev the profiles of packages inherit from, by name."""
        self.verified_sources: dict[tuple[str, str, str], str] = {}
        """What stands for the files of immutable packages, by id, folder and pin."""
        self.help_shown = False
        self.built = 0
        """How many Steps have run."""
        self._tree_lock = -1 if compat.changes_nothing() else lock_tree(self.tree.top)
        self._tools_lock = -1
        self._begin = threading.Lock()
        atexit.register(self._end)
        self._signatures = SignatureModule(self.journal, self.scans.save, read_only=compat.changes_nothing())
        compat.store_signatures_in(self.tree.absolute(f"{BUILD_DIR}/.sconsign"), self._signatures)

    @cached_property
    def own_tool(self) -> Tool:
        """Steelmill's own code, for Steps whose bytes it decides."""
        package = os.path.dirname(os.path.abspath(steelmill.__file__))
        return Tool(f"steelmill {steelmill.__version__}", self.probes.digest_of_folders([package, _HERE], ".py"))

    @property
    def shows_help(self) -> bool:
        """True under ``-h``: nothing needs planning."""
        return bool(SCons.Script.GetOption("help"))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What the command line asks for: verbs and files."""
        return tuple(map(str, SCons.Script.COMMAND_LINE_TARGETS))

    @property
    def plans_images(self) -> bool:
        """False under ``-h``, and where every word of the command line is a verb that needs no image."""
        return not self.shows_help and not (self.words and all(word in WITHOUT_IMAGES for word in self.words))

    @property
    def builds_images(self) -> bool:
        """False where nothing is asked for but what looks at the Rust of images: they need no linker then."""
        return self.plans_images and not (self.words and all(w in (*WITHOUT_IMAGES, *RUST_VERBS) for w in self.words))

    def tools_lock(self) -> int:
        """Give the descriptor that every tool inherits; the first call makes the build folder."""
        with self._begin:
            if self._tools_lock < 0:
                os.makedirs(BUILD_DIR, exist_ok=True)
                self._tools_lock = lock_tools(BUILD_DIR)
            return self._tools_lock

    def _end(self) -> None:
        for run in list(self.running):
            run.clean_up()
        if not self._signatures.used and not compat.changes_nothing():
            # the project's own SConsignFile() took their place; SCons has written it by now
            self.journal.clear()


def get_session() -> Session:
    """Give the session of this run; the first call starts it."""
    # tools=[]: the default tools would run `gcc --version` at every start
    holder: Any = SCons.Script.DefaultEnvironment(tools=[])
    if "STEELMILL_SESSION" not in holder:
        compat.quiet_phases()
        # without a drift limit SCons reads every file younger than two days again at every build
        SCons.Script.SetOption("max_drift", 1)
        compat.see_fractions_of_seconds()
        compat.store_whole_signatures()
        if SCons.Script.GetOption("num_jobs") == 1:
            # two more than cores, as ninja: a job may only wait for the end of a command whose early outputs are in use
            SCons.Script.SetOption("num_jobs", (os.cpu_count() or 1) + 2)
        holder["STEELMILL_SESSION"] = Session(dict(SCons.Script.ARGUMENTS))
    session: Session = holder["STEELMILL_SESSION"]
    return session
