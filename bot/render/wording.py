"""What every front end says in the same words."""

from bot.answering import Answer
from bot.answering.answer import WriteDate, in_english


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
