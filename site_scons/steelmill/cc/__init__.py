"""How C, C++ and assembly are compiled so that they fit the Rust: toolchain, flags, checks, command lines.

Follows "Invoking GCC" of the GCC manual, https://gcc.gnu.org/onlinedocs/gcc/Invoking-GCC.html.
"""
