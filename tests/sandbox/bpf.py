"""An interpreter for the few operations of classic BPF that the filter uses, to ask it about calls nobody makes here.

Written from the kernel's description (Documentation/networking/filter.rst), not from the filter's builder.
"""

import struct

ALLOW = "allow"
KILL = "kill"


def decide(code: bytes, audit: int, number: int, *arguments: int) -> str | int:
    """Return what a filter says to a call: `ALLOW`, `KILL` or the error number that the caller gets."""
    padded = [argument & (2**64 - 1) for argument in [*arguments, 0, 0, 0, 0, 0, 0][:6]]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, audit, 0, *padded)
    program = list(struct.iter_unpack("<HBBI", code))
    accumulator, at = 0, 0
    while True:
        operation, if_true, if_false, operand = program[at]
        at += 1
        match operation:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, operand)
            case 0x05:
                at += operand
            case 0x15:
                at += if_true if accumulator == operand else if_false
            case 0x35:
                at += if_true if accumulator >= operand else if_false
            case 0x45:
                at += if_true if accumulator & operand else if_false
            case 0x06:
                return _verdict(operand)
            case _:
                raise AssertionError(f"operation {operation:#x}")


def _verdict(value: int) -> str | int:
    match value & 0xFFFF0000:
        case 0x7FFF0000:
            return ALLOW
        case 0x80000000:
            return KILL
        case 0x00050000:
            return value & 0xFFFF
    raise AssertionError(f"verdict {value:#x}")


def refusing(audit: int, numbers: list[int], error: int) -> bytes:
    """Return a filter that says ``error`` to these calls and allows all else: a kernel or container that lacks them."""
    instructions = [(0x20, 0, 0, 4), (0x15, 1, 0, audit), (0x06, 0, 0, 0x7FFF0000), (0x20, 0, 0, 0)]
    for number in numbers:
        instructions += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
    instructions.append((0x06, 0, 0, 0x7FFF0000))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in instructions)
