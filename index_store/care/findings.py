"""What a check of a data folder found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How it stands with what was checked; a note is no fault."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    The result of one check.

    Attributes:
        check: What was checked, in a word.
        status: How it stands.
        told: What was found, without a full stop.
        remedy: What to do about it, as a sentence; "" where there is nothing to do.
    """

    check: str
    status: Status
    told: str
    remedy: str = ""


def ok(check: str, told: str) -> Finding:
    """Say that all is well."""
    return Finding(check, Status.OK, told)


def note(check: str, told: str, *, remedy: str = "") -> Finding:
    """Say what should be known, and is no fault."""
    return Finding(check, Status.NOTE, told, remedy)


def problem(check: str, told: str, *, remedy: str) -> Finding:
    """Say what is wrong, and what to do about it."""
    return Finding(check, Status.PROBLEM, told, remedy)
