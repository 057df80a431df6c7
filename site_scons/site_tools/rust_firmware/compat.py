"""The few calls into SCons's own modules that its public interface does not offer.

Each stands alone, with the reason; tests run them on the oldest and the newest supported SCons.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import SCons.Action
import SCons.Node
import SCons.Node.FS
import SCons.Node.Python
import SCons.SConsign
import SCons.Script
import SCons.Script.Main

Action: Any = SCons.Action._ActionAction
"""The base for actions of one's own: ``Action(callable)`` signs bytecode and spends 0.3 ms on it for each node."""

_FILE_INFO = 1
"""Index of files in SCons's table of how nodes are stored."""


def quiet_phases() -> None:
    """Drop SCons's lines about reading, building and being done.

    ``SetOption("no_progress")`` alone takes effect only after the line that says that reading is done.
    """
    SCons.Script.SetOption("no_progress", True)
    SCons.Script.Main.progress_display.set_mode(0)


def store_signatures_in(path: str, module: object) -> None:
    """Name the file and the dbm-like module for signatures; ``SConsignFile()`` would make the folder at once."""
    SCons.SConsign.File(path, module)


def see_fractions_of_seconds() -> None:
    """Make SCons tell two versions of a file within one second apart.

    It compares modification times by ``st[ST_MTIME]``, which is whole seconds: a file edited, built and edited again
    within one second would count as unchanged as soon as ``max_drift`` has passed.
    """

    def stat(path: str) -> os.stat_result:
        exact = os.stat(path)
        return os.stat_result((*exact[:8], exact.st_mtime, exact.st_ctime))

    SCons.Node.FS.get_default_fs().stat = stat


def store_whole_signatures() -> None:
    """Keep SCons from storing a file's new time of change beside its old signature.

    It does so with a source that it has visited but whose signature nothing has asked for, as when a build fails
    before the target that reads it; every later build then takes the changed file for the old one.
    """
    store = SCons.Node.store_info_map[_FILE_INFO]

    def store_with_signature(node: Any) -> None:
        node.get_csig()
        store(node)

    SCons.Node.store_info_map[_FILE_INFO] = store_with_signature


def count_as_scons(function: Any) -> None:
    """Make SCons leave a function out when it names the line of an error, so that the SConscript's own line is named.

    It looks for the deepest frame whose file does not lie in a folder called SCons.
    """
    function.__code__ = function.__code__.replace(co_filename="/SCons/rust_firmware/boundary.py")


def is_quiet() -> bool:
    """Tell whether the user asked for ``-s``."""
    return bool(SCons.Script.GetOption("silent"))


def changes_nothing() -> bool:
    """Tell whether this run only looks: ``-n``, ``-q``, ``-h``."""
    return bool(
        SCons.Script.GetOption("no_exec") or SCons.Script.GetOption("question") or SCons.Script.GetOption("help")
    )


def keep_going() -> None:
    """Build what can be built after an error, as ``-k`` does; ``SetOption`` does not take it."""
    SCons.Script.Main.OptionsParser.values.keep_going = True


def replace_implicit(node: Any, dependencies: Iterable[Any]) -> None:
    """Set what ``node`` was found to depend on while its action ran, so that this is what SCons stores.

    SCons stores the dependencies that its scanners found before the action; what the compiler itself says is known
    only after it (SCons has no interface for that).
    """
    for dependency in dependencies:
        dependency.get_csig()
    node.implicit = []
    node.implicit_set = set()
    node.add_to_implicit(dependencies)
    node._children_reset()
    node.del_binfo()


def known_file(path: str) -> Any | None:
    """Give the node for the file ``path`` if some SConscript has made one, without making it."""
    fs = SCons.Node.FS.get_default_fs()
    node: Any = fs.Top
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            node = node.dir
            continue
        entries = getattr(node, "entries", None)
        node = entries.get(SCons.Node.FS._my_normcase(part)) if entries else None
        if node is None:
            return None
    return None if isinstance(node, SCons.Node.FS.Dir) else node


def direct_children(node: Any) -> list[Any]:
    """Give what a node depends on as far as it is known without scanning; of a folder, what lies in it."""
    if isinstance(node, SCons.Node.FS.Dir):
        return [entry for name, entry in node.entries.items() if name not in (".", "..")]
    return [*(node.sources or ()), *(node.depends or ()), *(node.prerequisites or ()), *(node.implicit or ())]


def describe(node: Any) -> str:
    """Name a node for people: a file's path, a Value's name."""
    return str(node.name) if isinstance(node, SCons.Node.Python.Value) else str(node)
