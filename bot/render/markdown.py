"""A conversation → Markdown, with quotes and links; strangers' text stays text. Pure functions."""

import re
from collections.abc import Iterable, Iterator

from bot.answering import Answer, Citation
from bot.render.grounds import among
from bot.render.markup import link, plain
from index_store import ArticleSummary, Filters, day

_LONGEST = 4_000
_ENTITY = re.compile(r"&(?=#?\w)")
_LINE_OF_EQUALS = re.compile(r"^=")


def conversation_markdown(answers: Iterable[Answer], *, title: str) -> str:
    """Write answers, oldest first, as a document."""
    return "\n\n".join([f"# {escaped(title)}", *("\n\n".join(_parts(answer)) for answer in answers)]) + "\n"


def escaped(text: str) -> str:
    """Write a text on one line so that Markdown shows it as it is."""
    return _LINE_OF_EQUALS.sub(r"\\=", _ENTITY.sub(r"\\&", plain(text, limit=_LONGEST)))


def _parts(answer: Answer) -> Iterator[str]:
    yield f"## {escaped(answer.question.text) or '…'}"
    if answer.standalone_question != " ".join(answer.question.text.split()):
        yield f"*Searched as:* {escaped(answer.standalone_question)}"
    if answer.window != Filters():
        yield f"*Among* {escaped(among(answer.window))}"
    if answer.abstained:
        yield f"**{answer.text}** {escaped(answer.reason or '')}".rstrip()
        if answer.nearest:
            yield "\n".join(f"- {_article(summary)}" for summary in answer.nearest)
        return
    for claim in answer.claims:
        numbers = "".join(rf"\[{n}\]" for n in claim.citations)
        support = "" if claim.support == "single-source" else f" ({claim.support})"
        yield f"{escaped(answer.lead_in(claim) + claim.text)} {numbers}{support}"
    for citation in answer.citations:
        yield f"\\[{citation.n}\\] {_article(citation)}\n\n> {escaped(citation.quote)}"


def _article(article: Citation | ArticleSummary) -> str:
    told = (
        link(article.title, article.url, limit=_LONGEST),
        escaped(article.publisher or ""),
        day(article.published_at),
    )
    return " · ".join(filter(None, told))
