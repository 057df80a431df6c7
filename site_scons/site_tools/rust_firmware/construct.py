"""What loading the tool does to an environment."""

from __future__ import annotations

from typing import Any

import SCons.Util

from rust_firmware.boundary import reports_errors
from rust_firmware.builders import sconscript
from rust_firmware.builders.firmware import firmware
from rust_firmware.builders.stock import complete_stock_builders
from rust_firmware.construction_variables import DEFAULTS, FLAGS
from rust_firmware.product import get_product
from rust_firmware.session import get_session
from rust_firmware.target_files import shipped_names
from rust_firmware.verbs import format_help, show_help

METHODS = {
    "Firmware": firmware,
    "RustSysroot": sconscript.rust_sysroot,
    "RustLibrary": sconscript.rust_library,
    "RustStaticLibrary": sconscript.rust_static_library,
    "CargoPackage": sconscript.cargo_package,
    "Bindgen": sconscript.bindgen,
    "Cbindgen": sconscript.cbindgen,
    "FirmwareElf": sconscript.firmware_elf,
    "FirmwareImage": sconscript.firmware_image,
}
"""The builders, by the name under which an environment has them."""


@reports_errors
def set_up(env: Any) -> None:
    """Add builders, construction variables and the scanners of SCons's own builders; start the session at first."""
    session = get_session()
    if session.shows_help and not session.help_shown:
        session.help_shown = True
        show_help(format_help(shipped_names(session.tree)) + "\n\nFirmwares, with their targets:")
    for name, method in METHODS.items():
        env.AddMethod(method, name)
    env.SetDefault(**DEFAULTS, **{name: SCons.Util.CLVar("") for name in FLAGS})
    complete_stock_builders(env, session)
    if not session.plans_images:
        # its verbs need no firmware either
        get_product()
