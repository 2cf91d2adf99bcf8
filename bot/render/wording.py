"""What every front end says in the same words."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bot.answering import Answer, Citation
from bot.answering.answer import WriteDate, in_english
from index_store import Filters, counted

HOW_WORDED = {
    "extractive": "Each claim is quoted word for word from an indexed article.",
    "llm": "A language model worded the claims; each was checked against the sentence that it cites.",
}


def among(window: Filters, date_of: Callable[[datetime], str], safe: Callable[[str], str]) -> str:
    """
    Describe which articles were asked.

    Args:
        window: What they had to pass.
        date_of: Writes a date.
        safe: Writes the publishers' names, which strangers chose.
    """
    bounds = [
        f"{word} {date_of(moment)}"
        for word, moment in (("since", window.since), ("until", window.until), ("known by", window.as_of))
        if moment
    ]
    names = safe(", ".join(window.publishers))
    told = [f"published {' and '.join(bounds)}"] if bounds else []
    told += [f"of {names}"] if names else []
    return f"articles {', '.join(told)}" if told else "all indexed articles"


def repeated_by(cited: Iterable[Citation]) -> str:
    """Count the copies of what is cited, to stand behind its publishers; "" where there are none."""
    copies = len({copy.article_id for citation in cited for copy in citation.also_in})
    return f", repeated by {counted(copies, 'copy', 'copies')}" if copies else ""


def searched_within(answer: Answer, date_of: WriteDate = in_english) -> str:
    """Say which articles were asked where the question's own words of time chose them; "" where they did not."""
    window, asked = answer.window, answer.question.filters
    bounds = [
        f"{word} {date_of(moment)}"
        for word, moment, own in (
            ("since", window.since, asked.since),
            ("until", window.until, asked.until),
        )
        if moment and moment != own
    ]
    return f"Searched: articles published {' and '.join(bounds)}." if bounds else ""


def searched_as(answer: Answer) -> str:
    """Return the question that was searched where it is not the one that was asked; "" where it is."""
    asked = " ".join(answer.question.text.split())
    return "" if answer.standalone_question == asked else answer.standalone_question


def quoted_because(answer: Answer) -> str:
    """Say why an answer is quoted though a model was to word it; "" where none was, or it did."""
    return f"Quoted word for word: {answer.note}." if answer.note else ""


def age(moment: datetime | None, *, now: datetime) -> str:
    """Say how long ago a day was: "today", "3 days ago", "2 years ago"; "" where it is unknown, or yet to come."""
    days = None if moment is None else (now.astimezone(UTC).date() - moment.astimezone(UTC).date()).days
    if days is None or days < 0:
        return ""
    if days < 2:
        return ("today", "yesterday")[days]
    for length, word in ((365.25, "year"), (30.44, "month"), (7, "week")):
        if days >= 2 * length:
            return f"{counted(int(days / length), word)} ago"
    return f"{days} days ago"
