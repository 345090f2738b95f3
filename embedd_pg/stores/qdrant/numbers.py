"""Numbers as a Qdrant server keeps them.

The server reads the text of a number with two roundings, one for the digits and one for their power of ten, in requests
and again whenever it reads a stored payload. About one double in ten becomes an adjacent one, and may move further each
time. Integers of 64 bits are kept exactly, but bounds of a range are doubles.
"""

from __future__ import annotations

import math
import struct
import sys
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

#: Two numbers with at most this many digits are never adjacent doubles.
DIGITS = 15
#: Powers of ten up to this one are doubles.
_POWER = 22


def kept(number: float) -> bool:
    """Return whether the server keeps a number exactly: it has few digits, and its text is read exactly."""
    text = repr(number)
    if len(text) <= DIGITS + 1 and "e" not in text:
        return True
    return len(Decimal(text).normalize().as_tuple().digits) <= DIGITS and _read_exactly(number)


def order(number: float) -> int:
    """Return the position of a double among all doubles, an integer of 64 bits: smaller numbers come first."""
    bits: int = struct.unpack("<q", struct.pack("<d", number))[0]
    return bits if bits >= 0 else -(bits + 2**63)


def inward(number: float, *, up: bool) -> float:
    """Return the next number with few digits, upwards or downwards: exactly kept numbers compare alike with both."""
    context = Context(prec=DIGITS, rounding=ROUND_CEILING if up else ROUND_FLOOR)
    rounded = float(context.create_decimal(repr(number)))
    return max(-sys.float_info.max, min(rounded, sys.float_info.max))


def bound(number: int, *, up: bool) -> float:
    """Return the next double, upwards or downwards, that the server reads exactly."""
    double, limit = float(number), math.inf if up else -math.inf
    while (double < number if up else double > number) or not _read_exactly(double):
        double = math.nextafter(double, limit)
    return double


def _read_exactly(number: float) -> bool:
    """Return whether digits and power of ten are doubles themselves, so that only one rounding is left."""
    _, digits, exponent = Decimal(repr(number)).as_tuple()
    whole = int("".join(map(str, digits)))
    return isinstance(exponent, int) and abs(exponent) <= _POWER and int(float(whole)) == whole
