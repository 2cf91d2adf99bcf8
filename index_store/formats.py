"""How times and articles are written, for programs and for people."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from index_store.records import ArticleSummary


def iso_utc(moment: datetime | None) -> str | None:
    """Write a time as in every JSON output: ISO 8601 in UTC, with Z."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(moment: datetime | None) -> str:
    """Write a date for people: "5 March 2025"."""
    return f"{moment.day} {moment:%B %Y}" if moment else "undated"


def summary_json(summary: ArticleSummary) -> dict[str, Any]:
    """Write what a list shows of an article."""
    return asdict(summary) | {"published_at": iso_utc(summary.published_at)}
