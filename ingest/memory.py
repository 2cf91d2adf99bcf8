"""Memory that is free again, given back to the system."""

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """
    Give free memory back to the system, where the C library is one that can (glibc).

    It keeps what several threads free in many sizes: after 2,300 articles 0.26 of 0.9 GB were free, and all grew.
    """
    trim = _trim()
    if trim:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return None
    return trim
