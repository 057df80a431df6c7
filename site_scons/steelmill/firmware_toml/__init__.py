"""firmware.toml: one firmware, declared.

text -> ``parse.parse_firmware_toml`` -> ``raw.RawFirmware`` -> ``resolve.resolve_firmware`` -> ``model.Firmware``
"""
