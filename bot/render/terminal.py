"""Answer → text for a terminal; colours vanish where they are not wanted."""

import shutil
import textwrap
from datetime import datetime

import click

from bot.answering import Answer, Citation, Claim
from bot.render.wording import quoted_because, searched_within
from index_store import ArticleSummary, also_in, day

_WIDEST = 96


# Escape sequences could rewrite the screen, and bidirectional marks the reading order.
_UNPRINTABLE = dict.fromkeys(
    (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def printable(text: str) -> str:
    """Leave out the characters that would steer a terminal."""
    return text.translate(_UNPRINTABLE)


def answer_text(answer: Answer) -> str:
    """Lay an answer out for reading: the claims, then each citation with its quote, title, publisher, date and link."""
    if answer.abstained:
        return _abstention(answer)
    claims = click.style(_wrapped(printable(" ".join(_claim(claim) for claim in answer.claims))), bold=True)
    return f"{claims}\n{sources_text(answer)}"


def sources_text(answer: Answer) -> str:
    """Lay out what stands below the claims, from the next line on."""
    below = [f"{_wrapped(line)}\n" for line in (searched_within(answer), quoted_because(answer)) if line]
    return "".join(below) + "".join(f"\n{_citation(citation)}\n" for citation in answer.citations).rstrip("\n")


def claim_text(claim: Claim) -> str:
    """Lay one claim out, before the answer is whole; its number is explained with the answer."""
    return click.style(_wrapped(printable(_claim(claim))), bold=True)


def _claim(claim: Claim) -> str:
    support = "" if claim.support == "single-source" else f" ({claim.support})"
    return f"{claim.text} {''.join(f'[{n}]' for n in claim.citations)}{support}"


def _abstention(answer: Answer) -> str:
    told = click.style(answer.text, bold=True) + f"\n{_wrapped(printable(answer.reason or ''))}"
    if not answer.nearest:
        return told
    return f"{told}\n\nNearest:\n" + "\n".join(_nearest(summary) for summary in answer.nearest)


def _citation(citation: Citation) -> str:
    number = click.style(f"[{citation.n}]", fg="cyan", bold=True)
    where = _where(citation.publisher, citation.published_at, citation.url)
    quote = _wrapped(f"“{' '.join(printable(citation.quote).split())}”", indent="    ")
    copies = printable(also_in(citation.also_in, publisher=citation.publisher))
    shown = f"{number} {click.style(printable(citation.title), bold=True)}\n    {where}\n{quote}"
    return f"{shown}\n{_wrapped(copies, indent='    ')}" if copies else shown


def _nearest(summary: ArticleSummary) -> str:
    return f"  - {printable(summary.title)}\n    {_where(summary.publisher, summary.published_at, summary.url)}"


def _where(publisher: str | None, published_at: datetime | None, url: str) -> str:
    told = " · ".join(filter(None, (printable(publisher or ""), day(published_at))))
    return f"{told}\n    {click.style(printable(url), fg='blue')}"


def _wrapped(text: str, *, indent: str = "") -> str:
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
