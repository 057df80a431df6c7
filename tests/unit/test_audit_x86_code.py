"""What the walk over x86 code says, on instructions as capstone writes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steelmill.audit.x86_code import FunctionFacts, disassembler, read_function

OUTSIDE = "outside"


def walk(
    text: str, bits: int = 64, name: str = "f", called: Callable[[int], str] = lambda _address: OUTSIDE
) -> FunctionFacts | None:
    """Look at instructions one byte apart, so that a jump's operand is a line's number from 0."""
    instructions = []
    for at, line in enumerate(text.splitlines()):
        mnemonic, _, operands = line.replace("lock ", "lock_").partition(" ")
        instructions.append((at, 1, mnemonic.replace("_", " "), operands))
    return read_function(name, b"", 0, bits, lambda _code, _start: instructions, called)


@pytest.mark.parametrize(
    ("instruction", "unit"),
    [
        ("movsd xmm0, qword ptr [rip + 8]", "sse"),
        ("vmovdqu ymm1, ymmword ptr [rdi]", "avx"),
        ("vpxord zmm0, zmm0, zmm0", "avx512"),
        ("movq mm0, qword ptr [rdi]", "mmx"),
        ("fld qword ptr [rdi]", "x87"),
        ("faddp st(1)", "x87"),
        ("vzeroupper", "avx"),
    ],
)
def test_registers(instruction: str, unit: str) -> None:
    assert walk(f"{instruction}\nret ") == FunctionFacts("f", (unit,), instruction)


@pytest.mark.parametrize(
    "instruction",
    ["fxsave [rdi]", "fxrstor64 [rdi]", "fninit ", "ldmxcsr dword ptr [rdi]", "fwait ", "mov rax, cr4", "vmcall "],
)
def test_what_sets_a_unit_up_or_saves_it_uses_no_register_of_it(instruction: str) -> None:
    assert walk(f"{instruction}\nret ") is None


RED = {
    "leaf": "mov dword ptr [rsp - 4], edi",
    "by the frame pointer": "push rbp\nmov rbp, rsp\nmov dword ptr [rbp - 4], edi\npop rbp\nret ",
    "below a frame too small": "push rbp\nmov rbp, rsp\nsub rsp, 0x10\nmov qword ptr [rbp - 0x18], rax",
    "after the frame is gone": "sub rsp, 8\nadd rsp, 8\nmov qword ptr [rsp - 8], rax",
    "by a float": "fstp tbyte ptr [rsp - 0x18]",
    "by an exchange": "xchg dword ptr [rsp - 4], eax",
    "in a block that is jumped to": "push rbp\nmov rbp, rsp\nje 5\nsub rsp, 0x10\nret \nmov dword ptr [rbp - 4], edi",
    "frame pointer above the stack": "sub rsp, 0x20\nlea rbp, [rsp + 0x10]\nmov byte ptr [rbp - 0x18], al",
}


@pytest.mark.parametrize("text", RED.values(), ids=RED.keys())
def test_a_store_below_the_stack_pointer(text: str) -> None:
    found = walk(text)
    assert found is not None
    assert found.red_zone in text


CLEAN = {
    "a frame": "push rbp\nmov rbp, rsp\nsub rsp, 0x10\nmov dword ptr [rbp - 4], edi\nleave \nret ",
    "pushes count": "push rbp\nmov rbp, rsp\npush rbx\nmov qword ptr [rbp - 8], rbx",
    "a frame by adding": "push rbp\nmov rbp, rsp\nadd rsp, 0xffffffffffffff80\nmov dword ptr [rbp - 0x80], edi",
    "a load": "mov eax, dword ptr [rsp - 4]",
    "a comparison": "cmp dword ptr [rsp - 4], 0",
    "an address": "lea rax, [rsp - 0x10]",
    "a probe of the stack": "or dword ptr [rsp - 0x1000], 0",
    "a barrier": "lock or dword ptr [rsp - 0x40], 0",
    "a frame of unknown size": "push rbp\nmov rbp, rsp\nsub rsp, rax\nmov dword ptr [rbp - 4], edi",
    "an aligned stack": "push rbp\nmov rbp, rsp\nand rsp, 0xffffffffffffffe0\nmov dword ptr [rbp - 4], edi",
    "another register in the frame pointer": "mov rbp, rdi\nmov dword ptr [rbp - 4], edi",
    "a block that nothing known jumps to": "push rbp\nmov rbp, rsp\nret \nmov dword ptr [rbp - 4], edi",
    "a comparison of the stack pointer": "push rbp\nmov rbp, rsp\nsub rsp, 8\ncmp rsp, rax\nmov byte ptr [rbp - 8], al",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_no_store_below_the_stack_pointer(text: str) -> None:
    assert walk(text) is None


def test_a_call_with_the_stack_at_an_odd_multiple_of_8() -> None:
    assert walk("sub rsp, 0x10\ncall 0x100") == FunctionFacts("f", unaligned_call=OUTSIDE)
    assert walk("call 0x100") == FunctionFacts("f", unaligned_call=OUTSIDE)
    assert walk("push rax\ncall 0x100") is None
    assert walk("sub rsp, 0x18\ncall 0x100") is None
    assert walk("push rax\ncall 0x100\npush rax\ncall 0x100") is None, "only the first call is sure"
    assert walk("and rsp, 0xfffffffffffffff0\ncall 0x100") is None
    assert walk("call 0x100\niretq ") is None, "an interrupt's stack begins as the processor likes"
    assert walk("call 0x100", name="f.cold") is None
    assert walk("call 0x100", called=lambda _: "") is None, "a function of the same file may need less"


def test_code_of_32_bits() -> None:
    assert walk("push ebp\nmov ebp, esp\nmov dword ptr [ebp - 4], eax", bits=32) == FunctionFacts(
        "f", red_zone="mov dword ptr [ebp - 4], eax"
    )
    assert walk("push ebp\nmov ebp, esp\nsub esp, 4\nmov dword ptr [ebp - 4], eax", bits=32) is None


def test_capstone_writes_what_the_walk_reads() -> None:
    code = bytes.fromhex("554889e54883ec80c745fc00000000660fefc0f3c3c9c3")
    found = [f"{mnemonic} {operands}".strip() for _, _, mnemonic, operands in disassembler(64)(code, 0x10)]
    assert found == [
        "push rbp", "mov rbp, rsp", "sub rsp, -0x80", "mov dword ptr [rbp - 4], 0", "pxor xmm0, xmm0", "repz ret",
        "leave", "ret",
    ]  # fmt: skip
    jump = next(iter(disassembler(64)(b"\x75\x02", 0x10)))
    assert jump == (0x10, 2, "jne", "0x14")
