"""Steelmill: Rust and C in, firmware images out.

This package is the pure side: values and text in, values and text out. The SCons tool ``rust_firmware`` beside it
starts processes and opens files.
"""

from __future__ import annotations

import os.path

__version__ = "0.1.0"

_HERE = os.path.dirname(os.path.abspath(__file__))
_IN_WHEEL = os.path.join(_HERE, "site_tools")

TOOLPATH = _IN_WHEEL if os.path.isdir(_IN_WHEEL) else os.path.join(os.path.dirname(_HERE), "site_tools")
"""The folder for ``Environment(toolpath=[steelmill.TOOLPATH])``."""
