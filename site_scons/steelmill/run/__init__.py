"""The image in an emulator: how it is started, and whether it did what it shall do."""
