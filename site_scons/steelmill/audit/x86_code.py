"""What x86 machine code does that nothing else in an object tells: registers, red zone, stack alignment.

Follows the System V ABI, AMD64 Architecture Processor Supplement, section 3.2 "Function Calling Sequence". One pass
from the first instruction to the last; the stack pointer's distance from its place at entry is carried along and over
jumps. Where it is not known, as after ``and rsp, -32``, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

Instruction = tuple[int, int, str, str]
"""Address, size in bytes, mnemonic, operands in Intel's order."""

Disassemble = Callable[[bytes, int], Iterable[Instruction]]
"""Code and its address -> instructions."""


class FunctionFacts(NamedTuple):
    """What the machine code of one function does that a target may forbid; functions without it are left out."""

    name: str
    registers: tuple[str, ...] = ()
    """Of ``avx``, ``avx512``, ``mmx``, ``sse``, ``x87``: the units whose registers it uses, sorted."""
    example: str = ""
    """The first instruction that does, as assembly."""
    red_zone: str = ""
    """A store below the stack pointer, as assembly."""
    unaligned_call: str = ""
    """An outside function that it calls while the stack pointer is no multiple of 16."""


class _Place(NamedTuple):
    """Where the stack is: bytes below its place at entry, the return address not counted; None where unknown."""

    depth: int | None
    frame: int | None
    """The same of the frame pointer, as long as it is one."""


_UNITS = (("zmm", "avx512"), ("ymm", "avx"), ("xmm", "sse"), ("mm", "mmx"))

_X87_CONTROL = frozenset((
    "fxsave", "fxsave64", "fxrstor", "fxrstor64", "fninit", "fnsave", "frstor", "fnclex", "fldcw", "fnstcw", "fnstsw",
    "fnstenv", "fldenv", "fwait", "fnop", "femms",
))  # fmt: skip
"""Set the unit up or save it, as a switch of tasks does; no value is in its registers for it."""

_LOADS = frozenset((
    "cmp", "test", "bt", "push", "call", "jmp", "nop", "mul", "imul", "div", "idiv", "lgdt", "lidt", "lldt", "ltr",
    "invlpg", "clflush", "clflushopt", "clwb", "verr", "verw", "ldmxcsr", "fld", "fild", "fldcw", "fxrstor",
    "fxrstor64", "xrstor", "xrstor64", "lmsw", "prefetcht0", "prefetcht1", "prefetcht2", "prefetchnta", "prefetchw",
))  # fmt: skip
"""Take a memory operand first and do not write it."""

_ENDS = frozenset((
    "ret", "repz ret", "bnd ret", "retf", "jmp", "bnd jmp", "notrack jmp", "ud2", "hlt", "int3",
    "iretq", "iretd", "iret",
))  # fmt: skip
"""What follows is reached by a jump alone."""

_TOUCHES = ("or", "lock or")
"""With 0 they leave memory as it is: ``or [rsp - 4096], 0`` probes the stack, with ``lock`` it is a barrier."""

_COMPARES = ("cmp", "test")

_PUSHES = {"push": 1, "pushfq": 1, "pushfd": 1, "pop": -1, "popfq": -1, "popfd": -1}

_BASED = re.compile(r"\[([re][sb]p) ([-+]) (0x[0-9a-f]+|\d+)\]")


def read_function(
    name: str,
    code: bytes,
    start: int,
    bits: int,
    disassemble: Disassemble,
    called: Callable[[int], str] | None,
) -> FunctionFacts | None:
    """Look at one function; None where there is nothing to say.

    start   address of ``code`` in its section
    called  address of a call instruction -> the outside function that it calls, empty for one of this file. None where
            calls are not looked at: hand-written assembly may begin with any stack
    """
    stack, frame = ("rsp", "rbp") if bits == 64 else ("esp", "ebp")
    word = bits // 8
    units: set[str] = set()
    example = red_zone = unaligned = ""
    interrupt = False
    jumps: dict[int, _Place] = {}
    # The cold part of a function is jumped to from its middle.
    here = _Place(None if ".cold" in name else 0, None)
    for address, _, mnemonic, operands in disassemble(code, start):
        if address in jumps:
            here = jumps[address]
        unit = _unit(mnemonic, operands)
        if unit:
            example = example or f"{mnemonic} {operands}".rstrip()
            units.add(unit)
        if mnemonic[0] == "j" and operands[:1].isdigit():
            jumps.setdefault(int(operands, 16), here)
        if mnemonic in _ENDS:
            interrupt = interrupt or mnemonic.startswith("iret")
            here = _Place(None, None)
        elif mnemonic == "call":
            # Only the first one is judged: what follows a function that never returns is reached from elsewhere.
            if called and here.depth is not None and (here.depth + word) % 16:
                unaligned = called(address)
            called = None
        elif mnemonic == "leave":
            here = _Place(None if here.frame is None else here.frame - word, None)
        elif mnemonic in _PUSHES:
            here = _pushed(mnemonic, operands, here, word, stack, frame)
        elif stack in operands or frame in operands:
            if not red_zone and _is_below(mnemonic, operands, here, stack):
                red_zone = f"{mnemonic} {operands}"
            here = _moved(mnemonic, operands, here, stack, frame, bits)
    if interrupt:
        # The processor pushed what it likes before the first instruction, an error code or none.
        unaligned = ""
    if not (units or red_zone or unaligned):
        return None
    return FunctionFacts(name, tuple(sorted(units)), example, red_zone, unaligned)


def disassembler(bits: int) -> Disassemble:
    """Give capstone's decoder for code of 32 or 64 bits."""
    import capstone

    decoder = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64 if bits == 64 else capstone.CS_MODE_32)

    def disassemble(code: bytes, start: int) -> Iterator[Instruction]:
        yield from decoder.disasm_lite(code, start)

    return disassemble


def _unit(mnemonic: str, operands: str) -> str:
    if "mm" in operands:
        return next(unit for text, unit in _UNITS if text in operands)
    if mnemonic[0] == "f" and mnemonic not in _X87_CONTROL:
        return "x87"
    return "avx" if mnemonic in ("vzeroupper", "vzeroall") else ""


def _pushed(mnemonic: str, operands: str, here: _Place, word: int, stack: str, frame: str) -> _Place:
    if mnemonic == "pop" and operands == stack:
        return _Place(None, None)
    depth = None if here.depth is None else here.depth + _PUSHES[mnemonic] * word
    return _Place(depth, None if mnemonic == "pop" and operands == frame else here.frame)


def _is_below(mnemonic: str, operands: str, here: _Place, stack: str) -> bool:
    """Say whether an instruction writes memory below the stack pointer."""
    target, _, rest = operands.partition(", ")
    if "[" not in target or mnemonic in _LOADS or (mnemonic in _TOUCHES and rest == "0"):
        return False
    match = _BASED.search(target)
    if match is None or match[2] == "+":
        return False
    if match[1] == stack:
        return True
    return None not in here and here.frame + int(match[3], 0) > here.depth  # type: ignore[operator]


def _moved(mnemonic: str, operands: str, here: _Place, stack: str, frame: str, bits: int) -> _Place:
    """Follow an instruction that writes the stack or frame pointer."""
    target, _, source = operands.partition(", ")
    if mnemonic in _COMPARES:
        return here
    if target == stack:
        return here._replace(depth=_place_of(mnemonic, source, here, here.depth, stack, frame, bits))
    if target == frame:
        return here._replace(frame=_place_of(mnemonic, source, here, here.frame, stack, frame, bits))
    return here


def _place_of(
    mnemonic: str, source: str, here: _Place, old: int | None, stack: str, frame: str, bits: int
) -> int | None:
    """Give the place that a pointer gets, which was at ``old``."""
    known = {stack: here.depth, frame: here.frame}
    if mnemonic in ("add", "sub"):
        amount = _signed(source, bits)
        if amount is None or old is None:
            return None
        return old - amount if mnemonic == "add" else old + amount
    if mnemonic == "mov":
        return known.get(source)
    match = _BASED.fullmatch(source) if mnemonic == "lea" else None
    if match is None:
        return None
    base = known.get(match[1])
    if base is None:
        return None
    return base + int(match[3], 0) if match[2] == "-" else base - int(match[3], 0)


def _signed(text: str, bits: int) -> int | None:
    """Read an immediate; capstone writes -128 as 0xffffffffffffff80 or as -0x80."""
    try:
        value = int(text, 0)
    except ValueError:
        return None
    return value - (1 << bits) if value >= 1 << (bits - 1) else value
