"""Files of objects as they lie on the disk: ELF, its build attributes, ``ar`` archives. Nothing here judges."""
