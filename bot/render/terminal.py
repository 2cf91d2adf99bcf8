"""Answer → text for a terminal; colours vanish where they are not wanted."""

import shutil
import textwrap

import click

from bot.answering import Answer, Citation, Claim
from bot.answering.answer import numbers
from bot.render.wording import quoted_because, searched_as, searched_within
from index_store import ArticleSummary, also_in, day

WIDEST = 96


# Escape sequences could rewrite the screen, and bidirectional marks the reading order.
_UNPRINTABLE = dict.fromkeys(
    (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def printable(text: str) -> str:
    """Leave out the characters that would steer a terminal."""
    return text.translate(_UNPRINTABLE)


def one_line(text: str) -> str:
    """Write a text on one line, without what would steer a terminal: it cannot pose as a line of ours."""
    return " ".join(printable(text).split())


def answer_text(answer: Answer) -> str:
    """Lay an answer out for reading: the claims, then each citation with its quote, title, publisher, date and link."""
    if answer.abstained:
        return _abstention(answer)
    return f"{click.style(_claims(answer), bold=True)}\n{sources_text(answer)}"


def sources_text(answer: Answer) -> str:
    """Lay out what stands below the claims, from the next line on."""
    below = "".join(f"{line}\n" for line in _searched(answer))
    return below + "".join(f"\n{_citation(citation)}\n" for citation in answer.citations).rstrip("\n")


def claim_text(claim: Claim) -> str:
    """Lay one claim out, before the answer is whole; its number is explained with the answer."""
    return click.style(wrapped(printable(_claim(claim))), bold=True)


def _searched(answer: Answer) -> list[str]:
    """Say what was searched, where the question does not say it in so many words."""
    lines = (_followed(answer), searched_within(answer), printable(quoted_because(answer)))
    return [wrapped(line) for line in lines if line]


def _followed(answer: Answer) -> str:
    searched = searched_as(answer)
    return f"Searched as: {printable(searched)}" if searched else ""


def _claims(answer: Answer) -> str:
    """Write claims as one paragraph; figures that differ and events have one each."""
    claims = [printable(f"{answer.lead_in(claim)}{_claim(claim)}") for claim in answer.claims]
    stand_alone = any(claim.standing or claim.when for claim in answer.claims)
    return "\n".join(map(wrapped, claims)) if stand_alone else wrapped(" ".join(claims))


def _claim(claim: Claim) -> str:
    support = "" if claim.support == "single-source" else f" ({claim.support})"
    return f"{claim.text} {numbers(claim)}{support}"


def _abstention(answer: Answer) -> str:
    lines = (printable(answer.reason or ""), _followed(answer))
    told = "\n".join([click.style(answer.text, bold=True), *(wrapped(line) for line in lines if line)])
    if not answer.nearest:
        return told
    return f"{told}\n\nNearest:\n" + "\n".join(nearest_text(summary) for summary in answer.nearest)


def _citation(citation: Citation) -> str:
    number = click.style(f"[{citation.n}]", fg="cyan", bold=True)
    where = where_text(citation)
    quote = wrapped(f"“{one_line(citation.quote)}”", indent="    ")
    copies = printable(also_in(citation.also_in, publisher=citation.publisher))
    shown = f"{number} {click.style(one_line(citation.title), bold=True)}\n    {where}\n{quote}"
    return f"{shown}\n{wrapped(copies, indent='    ')}" if copies else shown


def nearest_text(summary: ArticleSummary) -> str:
    """Name an article that came near, in two lines."""
    return f"  - {one_line(summary.title)}\n    {where_text(summary)}"


def where_text(article: Citation | ArticleSummary) -> str:
    """Say who published an article and when, and below it where."""
    told = " · ".join(filter(None, (one_line(article.publisher or ""), day(article.published_at))))
    return f"{told}\n    {click.style(one_line(article.url), fg='blue')}"


def wrapped(text: str, *, indent: str = "") -> str:
    """Break a text into lines that are easy to read, each behind an indent."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
