"""Do C and Rust lay out alike what they share: read from DWARF, compared, and asserted where DWARF cannot tell."""
