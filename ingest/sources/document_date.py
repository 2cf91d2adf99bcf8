"""The date that an office file says it was made on."""

from datetime import UTC, datetime, timedelta


def document_date(created: object) -> str | None:
    """
    Return the date as it is written in ISO 8601; None where there is none.

    A date in the future tells of a clock that was wrong, not of an article that must wait, so it is none, too.
    """
    if not isinstance(created, datetime):
        return None
    moment = created if created.tzinfo else created.replace(tzinfo=UTC)
    return created.isoformat() if moment < datetime.now(UTC) + timedelta(days=1) else None
