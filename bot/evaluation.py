"""
How well questions with known answers are answered: the figures, and what to read of the failures.

A question with gold articles should be answered from one of them; a question without should be declined.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bot.answering import Answer
from index_store import DatelineError, UnreadableDateError, parse_when

SEARCHED_ARTICLES = 10
_RANKS = (1, 5, 10)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """
    A question whose answer is known.

    Attributes:
        key: Its id.
        text: As asked.
        asked_at: When; nothing that was published later may answer. None for now.
        answers: The right answer, in each wording that counts.
        gold_urls: Addresses of the articles that answer it; none where it should be declined.
        stands_in_gold: Whether one of the answers stands in them word for word, so that a quote could hold it.
    """

    key: str
    text: str
    asked_at: datetime | None
    answers: tuple[str, ...]
    gold_urls: tuple[str, ...]
    stands_in_gold: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question: the answer, and the addresses that a search for it found, best first."""

    question: KnownQuestion
    answer: Answer
    found_urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """
    An outcome to read.

    Attributes:
        said: The answer, or why it was declined.
        expected: What should have been said.
        problem: What is wrong with it, in a few words.
    """

    key: str
    question: str
    problem: str
    said: str
    expected: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    All figures; shares from 0 to 1, None where there is nothing to take a share of.

    Attributes:
        search: Of questions with gold articles: whether one of them is found first, among five and among ten, and the
            mean of the reciprocal rank.
        ask: Of the same: answered, citing a gold article, and, of those whose answer stands there, holding it.
        refuse: Of the others: declined.
        failures: In the order asked.
    """

    search: dict[str, float | None]
    ask: dict[str, float | None]
    refuse: dict[str, float | None]
    failures: tuple[Failure, ...]


def read_questions(file: Path) -> tuple[KnownQuestion, ...]:
    """
    Read questions, one JSON object a line: id, question, asked_at, answers, gold_urls, answer_in_gold.

    Raises:
        DatelineError: If the file or one of its lines cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise DatelineError(f"{file} cannot be read: {why}.", remedy="Name a file of JSON lines in UTF-8.") from error
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        raise DatelineError(f"{file} holds no question.", remedy="Write one JSON object a line; see docs/overviews.md.")
    return tuple(_read_line(line, f"{file}, line {number}") for number, line in numbered)


def _read_line(line: str, place: str) -> KnownQuestion:
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict):
            raise TypeError("it is no JSON object")
        asked_at = fields.get("asked_at")
        return KnownQuestion(
            key=str(fields.get("id") or place),
            text=_text(fields, "question"),
            asked_at=None if asked_at is None else parse_when(str(asked_at), last_moment=True),
            answers=_texts(fields, "answers"),
            gold_urls=_texts(fields, "gold_urls"),
            stands_in_gold=fields.get("answer_in_gold") is True,
        )
    except (ValueError, TypeError, RecursionError, UnreadableDateError) as error:
        raise DatelineError(
            f"{place} cannot be read: {str(error).rstrip('.')}.",
            remedy='A line is {"id": "1", "question": "…", "answers": ["…"], "gold_urls": ["…"]}: docs/overviews.md',
        ) from error


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"it needs a “{name}”")
    return value


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    values = fields.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"“{name}” must be a list of texts")
    return tuple(values)


def evaluate(outcomes: Sequence[Outcome]) -> Evaluation:
    """Take all figures, each rounded to four decimals."""
    answerable = [one for one in outcomes if one.question.gold_urls]
    others = [one for one in outcomes if not one.question.gold_urls]
    declined = {"questions": len(others), "declined": _share(one.answer.abstained for one in others)}
    failures = (_failure(one) for one in outcomes)
    return Evaluation(
        search=_search_figures(answerable),
        ask=_ask_figures(answerable),
        refuse=declined,
        failures=tuple(failure for failure in failures if failure),
    )


def _search_figures(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    ranks = [_rank(one) for one in outcomes]
    hits = {f"hit@{most}": _share(rank is not None and rank <= most for rank in ranks) for most in _RANKS}
    reciprocals = [1 / rank if rank else 0.0 for rank in ranks]
    mean = round(sum(reciprocals) / len(ranks), 4) if ranks else None
    return {"questions": len(ranks), **hits, f"mrr@{SEARCHED_ARTICLES}": mean}


def _rank(outcome: Outcome) -> int | None:
    gold = _pages(outcome.question.gold_urls)
    found = dict.fromkeys(map(_page, outcome.found_urls))
    return next((rank for rank, page in enumerate(found, 1) if page in gold and rank <= SEARCHED_ARTICLES), None)


def _ask_figures(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    scorable = [one for one in outcomes if one.question.stands_in_gold]
    lengths = [len(_words(one.answer.text)) for one in outcomes if not one.answer.abstained]
    return {
        "questions": len(outcomes),
        "answered": _share(not one.answer.abstained for one in outcomes),
        "first_cites_gold": _share(_cites_gold(one, first=True) for one in outcomes),
        "any_cites_gold": _share(_cites_gold(one, first=False) for one in outcomes),
        "with_answer_in_gold": len(scorable),
        "first_quote_holds": _share(_quote_holds(one, first=True) for one in scorable),
        "any_quote_holds": _share(_quote_holds(one, first=False) for one in scorable),
        "answer_holds": _share(not one.answer.abstained and _holds(one.answer.text, one) for one in scorable),
        "median_answer_words": median(lengths) if lengths else None,
    }


def _cites_gold(outcome: Outcome, *, first: bool) -> bool:
    gold = _pages(outcome.question.gold_urls)
    citations = outcome.answer.citations[:1] if first else outcome.answer.citations
    return any(_page(citation.url) in gold for citation in citations)


def _quote_holds(outcome: Outcome, *, first: bool) -> bool:
    citations = outcome.answer.citations[:1] if first else outcome.answer.citations
    return any(_holds(citation.quote, outcome) for citation in citations)


def _holds(text: str, outcome: Outcome) -> bool:
    """Whether the words of one of the right answers stand in a text, together and in order."""
    words = f" {' '.join(_words(text))} "
    wanted = (" ".join(_words(answer)) for answer in outcome.question.answers)
    return any(f" {answer} " in words for answer in wanted if answer)


def _words(text: str) -> list[str]:
    """Cut into words without case; "2,000" is "2000"."""
    return _WORD.findall(text.casefold().replace(",", ""))


def _pages(urls: Iterable[str]) -> set[str]:
    return {_page(url) for url in urls}


def _page(url: str) -> str:
    """Name a page, whatever variant of its address is given: scheme, query, "www." and "edition." are left out."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.netloc.removeprefix("www.").removeprefix("edition.") + parts.path.rstrip("/")


def _share(flags: Iterable[bool]) -> float | None:
    counted = list(flags)
    return round(sum(counted) / len(counted), 4) if counted else None


def _failure(outcome: Outcome) -> Failure | None:
    problem = _problem(outcome)
    if problem is None:
        return None
    question, answer = outcome.question, outcome.answer
    expected = " or ".join(question.answers) or ("an answer" if question.gold_urls else "no answer")
    where = f" ({question.gold_urls[0]})" if question.gold_urls else ""
    said = f"declined: {answer.reason}" if answer.abstained else answer.text
    return Failure(question.key, question.text, problem, said, expected + where)


def _problem(outcome: Outcome) -> str | None:
    """Say what is wrong with an answer, the gravest first; None where nothing is."""
    if not outcome.question.gold_urls:
        return None if outcome.answer.abstained else "answered, and should be declined"
    if outcome.answer.abstained:
        return "declined"
    if outcome.question.stands_in_gold and not _quote_holds(outcome, first=False):
        return "no quote holds the answer"
    if not _cites_gold(outcome, first=True):
        return "another article is cited first"
    if outcome.question.stands_in_gold and not _quote_holds(outcome, first=True):
        return "not the first quote holds the answer"
    return None
