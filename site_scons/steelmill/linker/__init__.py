"""How an image is linked: linker scripts, MEMORY regions, link command lines, what the linker says about them.

The terms are those of "Linker Scripts" and "Command Line Options" of the GNU ld manual,
https://sourceware.org/binutils/docs/ld/; LLD reads the same language.
"""
