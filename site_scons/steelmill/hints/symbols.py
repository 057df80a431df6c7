"""Families of symbols by who supplies them: regular expressions for the tables of undefined and of duplicate ones."""

from __future__ import annotations

MEMORY = r"(?:mem(?:cpy|move|set|cmp)|bcmp|strlen|__aeabi_mem(?:cpy|move|set|clr)[48]?)"
"""What compilers call to copy and compare memory."""
ATOMIC = r"__(?:sync|atomic)_\w+"
UNWIND = r"(?:rust_eh_personality|_Unwind_\w+|__gcc_personality_v0|__aeabi_unwind_cpp_pr\d)"
TLS = r"(?:__tls_get_addr|__aeabi_read_tp|__emutls_get_address)"
COMPILER = r"(?:__aeabi_\w+|__[a-z]{3,10}(?:[sdt]i|[hsdtx]f)\d?|__riscv_(?:save|restore)_\d+|__gnu_\w+)"
"""The compilers' own arithmetic (libgcc, "Library Routines"; "Run-time ABI for the Arm Architecture")."""
RUST = r"(?:_R\w+|_ZN(?:4core|5alloc)\w+|(?:core|alloc|__rustc)::.+|rust_begin_unwind|__rust_\w+)"
CXX = (
    r"(?:__cxa_\w+|__gxx_personality_v0|__dso_handle|(?:vtable|typeinfo|VTT) for .+|operator (?:new|delete).*|std::.+)"
)
SYSTEM_CALL = (
    r"_(?:sbrk|write|read|close|lseek|fstat|isatty|exit|kill|getpid|open|gettimeofday|times|unlink|link|stat|fork|wait"
    r"|execve)"
)
"""What newlib wants from whoever has no operating system (newlib's manual, "System Calls")."""
LIBC_START = r"(?:__libc_(?:init|fini)_array|_init|_fini)"
STACK_PROTECTOR = r"__stack_chk_\w+"
SCRIPT = (
    r"(?:_+(?:s|e|si|start_|end_|load_)?(?:text|i?data|bss|heap|stack|rodata)(?:_?(?:start|end|top|limit|size|base|load))?_*"
    r"|__(?:Stack|Heap)(?:Top|Limit|Base)|_?_?end(?:__)?|__etext|__exidx_(?:start|end)"
    r"|__(?:preinit|init|fini)_array_(?:start|end)|__global_pointer\$)"
)
"""What startup code and C libraries expect a linker script to define."""
START = r"(?:_start|Reset|Reset_Handler|main|_mainCRTStartup)"
CXX_CALL = r"[\w:~]+\(.*\)"
"""A function under its C++ name, as linkers show it: with the types of its arguments."""
ANY = r".+?"
