"""Build attributes: what a compiler says of an object, ``.ARM.attributes`` and ``.riscv.attributes``.

Follows "Addenda to, and Errata in, the ABI for the Arm Architecture" (build attributes),
https://github.com/ARM-software/abi-aa, and the RISC-V ELF psABI, "Attributes",
https://github.com/riscv-non-isa/riscv-elf-psabi-doc. Both write the same container.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Attribute = int | str

_FILE = 1
"""Tag of the attributes that hold for the whole file; those of sections and symbols are out of use."""


class _Vendor(NamedTuple):
    names: Mapping[int, str]
    texts: frozenset[int]
    """Tags below ``parity`` whose value is a string; the others' is a number."""
    parity: int
    """From this tag on, odd tags have strings."""


_ARM = _Vendor(
    {
        4: "CPU_raw_name", 5: "CPU_name", 6: "CPU_arch", 7: "CPU_arch_profile", 8: "ARM_ISA_use", 9: "THUMB_ISA_use",
        10: "FP_arch", 11: "WMMX_arch", 12: "Advanced_SIMD_arch", 13: "PCS_config", 14: "ABI_PCS_R9_use",
        15: "ABI_PCS_RW_data", 16: "ABI_PCS_RO_data", 17: "ABI_PCS_GOT_use", 18: "ABI_PCS_wchar_t",
        19: "ABI_FP_rounding", 20: "ABI_FP_denormal", 21: "ABI_FP_exceptions", 22: "ABI_FP_user_exceptions",
        23: "ABI_FP_number_model", 24: "ABI_align_needed", 25: "ABI_align_preserved", 26: "ABI_enum_size",
        27: "ABI_HardFP_use", 28: "ABI_VFP_args", 29: "ABI_WMMX_args", 30: "ABI_optimization_goals",
        31: "ABI_FP_optimization_goals", 32: "compatibility", 34: "CPU_unaligned_access", 36: "FP_HP_extension",
        38: "ABI_FP_16bit_format", 42: "MPextension_use", 44: "DIV_use", 46: "DSP_extension", 48: "MVE_arch",
        50: "PAC_extension", 52: "BTI_extension", 66: "T2EE_use", 68: "Virtualization_use", 70: "MPextension_use_old",
        74: "BTI_use", 76: "PACRET_use",
    },
    frozenset((4, 5)),
    33,
)  # fmt: skip

_RISCV = _Vendor(
    {
        4: "stack_align", 5: "arch", 6: "unaligned_access", 8: "priv_spec", 10: "priv_spec_minor",
        12: "priv_spec_revision", 14: "atomic_abi", 16: "x3_reg_usage",
    },
    frozenset(),
    0,
)  # fmt: skip

_COMPATIBILITY = 32
"""A number and a string, in both."""

_VENDORS = {b"aeabi": _ARM, b"riscv": _RISCV}


class AttributesError(ValueError):
    """The section is damaged."""


def parse_attributes(data: bytes, order: Literal["little", "big"]) -> dict[str, Attribute]:
    """Read the attributes of the whole file; unknown tags as ``Tag_70``. Other vendors' are passed over.

    Raise AttributesError where a length or a string reaches beyond its end.
    """
    found: dict[str, Attribute] = {}
    if data[:1] != b"A":
        return found
    position = 1
    while position < len(data):
        part = _sized(data, position, position, order)
        position += len(part)
        vendor, body = _text(part, 4)
        if vendor in _VENDORS:
            _parse_vendor(part, body, order, _VENDORS[vendor], found)
    return found


def _parse_vendor(
    part: bytes, position: int, order: Literal["little", "big"], vendor: _Vendor, found: dict[str, Attribute]
) -> None:
    while position < len(part):
        tag, body = _number(part, position)
        sub = _sized(part, position, body, order)
        if tag == _FILE:
            _parse_tags(sub, body - position + 4, vendor, found)
        position += len(sub)


def _parse_tags(data: bytes, position: int, vendor: _Vendor, found: dict[str, Attribute]) -> None:
    while position < len(data):
        tag, position = _number(data, position)
        value: Attribute
        if tag == _COMPATIBILITY:
            value, position = _number(data, position)
            _, position = _text(data, position)
        elif tag in vendor.texts or (tag >= vendor.parity and tag % 2):
            text, position = _text(data, position)
            value = text.decode("utf-8", "backslashreplace")
        else:
            value, position = _number(data, position)
        found[vendor.names.get(tag, f"Tag_{tag}")] = value


def _sized(data: bytes, start: int, at: int, order: Literal["little", "big"]) -> bytes:
    """Give what begins at ``start`` and whose length, counted from there, stands at ``at``."""
    size = int.from_bytes(data[at : at + 4], order)
    if size < at - start + 4 or start + size > len(data):
        raise AttributesError("attributes reach beyond their end")
    return data[start : start + size]


def _number(data: bytes, position: int) -> tuple[int, int]:
    """Read an ULEB128; give it and the position behind it."""
    value = shift = 0
    while position < len(data) and shift < 64:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position += 1
        shift += 7
        if byte < 0x80:
            return value, position
    raise AttributesError("attributes end in the middle of a number")


def _text(data: bytes, position: int) -> tuple[bytes, int]:
    end = data.find(b"\0", position)
    if end < 0:
        raise AttributesError("attributes end in the middle of a string")
    return data[position:end], end + 1
