"""What became of an article's versions, and what changed between two of them: pure functions."""

import re
from collections.abc import Sequence
from difflib import unified_diff
from typing import Any

from index_store.formats import day, iso_utc
from index_store.records import Lifetime, Span, Version

_SENTENCE_END = re.compile("(?<=[.!?…][\"”’')\\]])\\s+|(?<=[.!?…])\\s+|\n+")  # only where a diff breaks its lines
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Prof|Rev|No|vs|[A-Z])\.$")
_MOST_LINES = 2_000  # two such texts with nothing in common are compared in about a second


def fate(number: int, lifetimes: Sequence[Lifetime]) -> str:
    """Say in a sentence what became of a version: "Version 1 was replaced by version 2 on 5 March 2025."."""
    ended = next(one.retired_at for one in lifetimes if one.number == number)
    if ended is None:
        return f"Version {number} is the current one."
    after = next((one for one in lifetimes if one.number == number + 1 and one.indexed_at == ended), None)
    deed = f"replaced by version {after.number}" if after else "removed"
    return f"Version {number} was {deed} on {day(ended)}."


def changes(old: Version, new: Version) -> tuple[str, ...]:
    """
    Compare two versions, headline, byline and text, sentence by sentence.

    Returns:
        The lines of a unified diff; none where nothing that is compared has changed.
    """
    lines, others = _lines(old), _lines(new)
    if max(len(lines), len(others)) > _MOST_LINES:
        lines, others = _without_common_ends(lines, others)
    names = (f"version {old.number}", f"version {new.number}")
    if max(len(lines), len(others)) > _MOST_LINES:  # too much for a comparison: all of it goes, all of it comes
        return ("--- " + names[0], "+++ " + names[1], *(f"-{line}" for line in lines), *(f"+{one}" for one in others))
    return tuple(unified_diff(lines, others, *names, n=1, lineterm=""))


def sentence_spans(text: str) -> tuple[Span, ...]:
    """
    Say where the sentences of a text stand, near enough to compare two versions: chunks know it of live ones alone.

    A title or an initial ends no sentence ("Mr. Lind", "J. Velk").
    """
    spans, start = list[Span](), 0
    for gap in _SENTENCE_END.finditer(text):
        if "\n" in gap[0] or not _ABBREVIATION.search(text, max(start, gap.start() - 8), gap.start()):
            spans.append(Span(start, gap.start()))
            start = gap.end()
    spans.append(Span(start, len(text.rstrip())))
    return tuple(span for span in spans if text[span.start : span.end].strip())


def _lines(version: Version) -> list[str]:
    article = version.article
    byline = " · ".join(filter(None, (", ".join(article.authors), article.publisher, day(article.published_at))))
    return [article.title, byline, *(line for line in _SENTENCE_END.split(article.text) if line)]


def _without_common_ends(lines: list[str], others: list[str]) -> tuple[list[str], list[str]]:
    shorter = min(len(lines), len(others))
    start = next((n for n in range(shorter) if lines[n] != others[n]), shorter)
    lines, others = lines[start:], others[start:]
    shorter = min(len(lines), len(others))
    end = next((n for n in range(shorter) if lines[-1 - n] != others[-1 - n]), shorter)
    return lines[: len(lines) - end], others[: len(others) - end]


def lifetime_json(lifetime: Lifetime) -> dict[str, Any]:
    """Write when a version was live; `retired_at` is null while it is."""
    return {
        "version": lifetime.number,
        "indexed_at": iso_utc(lifetime.indexed_at),
        "retired_at": iso_utc(lifetime.retired_at),
    }
