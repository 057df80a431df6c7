"""The SCons tool ``rust_firmware``: firmware images out of Rust and C, with every input a tracked node.

Load it with ``Environment(tools=["rust_firmware"])``, from another project with
``toolpath=[steelmill.TOOLPATH]``. docs/reference.md lists its builders and construction variables.
"""

# Nothing newer than Python 3.6 may stand in this file: it tells an old Python, an old SCons and a missing package
# apart before anything else of the tool is read.

import sys
from importlib.util import find_spec

import SCons
import SCons.Errors

OLDEST_PYTHON = (3, 11)
OLDEST_SCONS = (4, 5)
_REMEDY = (
    "\n  remedy   run ./bootstrap scons ... in a Steelmill checkout, or install the wheel into a newer environment"
)


def generate(env, **kwargs):  # type: ignore[no-untyped-def] # old Pythons read this file
    """Add the builders and make SCons's own Object, Library and Program track what they miss."""
    _check_installation()  # type: ignore[no-untyped-call]
    from rust_firmware.construct import set_up

    set_up(env, **kwargs)


def exists(env):  # type: ignore[no-untyped-def]
    """Tell SCons that the tool can be used; what it needs is reported when it is used."""
    return True


def _check_installation():  # type: ignore[no-untyped-def]
    if sys.version_info < OLDEST_PYTHON:
        raise SCons.Errors.UserError(
            "Python {}.{} is too old; expected {}.{} or later".format(*(sys.version_info[:2] + OLDEST_PYTHON)) + _REMEDY
        )
    scons = tuple(int(part) for part in SCons.__version__.split(".")[:2])
    if scons < OLDEST_SCONS:
        raise SCons.Errors.UserError(
            "SCons {} is too old; expected {}.{} or later".format(SCons.__version__, *OLDEST_SCONS) + _REMEDY
        )
    missing = [
        name for name in ("jsonschema", "elftools", "bincopy", "capstone", "steelmill") if find_spec(name) is None
    ]
    if missing:
        raise SCons.Errors.UserError("Python packages are missing: " + ", ".join(missing) + _REMEDY)
