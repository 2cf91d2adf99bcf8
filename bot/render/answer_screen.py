"""Answer → what a terminal shows of it: claims with superscript numbers, then the sources with their quotes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.answering import Answer, Citation, Claim
from bot.render.excerpts import Excerpt
from bot.render.screen import Screen, joined, laid_out, linked, shown, site, superscript, text_of
from bot.render.wording import age, quoted_because, searched_as, searched_within
from index_store import ArticleSummary, also_in, day

if TYPE_CHECKING:
    from rich.text import Text

_INDENT = "    "
_SUPPORT_STYLE = {"confirmed": "green", "disputed": "yellow", "single-source": ""}


def answer_page(answer: Answer, excerpts: Sequence[Excerpt], screen: Screen, *, now: datetime) -> "Text":
    """
    Lay an answer out.

    Args:
        answer: The answer, or an abstention.
        excerpts: Its quotes in context, in the order of its citations.
        screen: Where it is to be shown.
        now: What ages are counted from.
    """
    if answer.abstained:
        return joined(list(_abstention(answer, screen, now)))
    claims = _claims(answer, screen)
    return joined([claims, sources_page(answer, excerpts, screen, now=now)])


def sources_page(answer: Answer, excerpts: Sequence[Excerpt], screen: Screen, *, now: datetime) -> "Text":
    """Lay out what stands below the claims, from the next line on."""
    lines = [*_searched(answer, screen)]
    for citation, excerpt in zip(answer.citations, excerpts, strict=True):
        lines += [text_of(""), _source(citation, excerpt, screen, now)]
    return joined(lines)


def claim_page(claim: Claim, screen: Screen) -> "Text":
    """Lay one claim out, before the answer is whole."""
    return laid_out(screen, _claim(claim))


def _claims(answer: Answer, screen: Screen) -> "Text":
    """Write claims as one paragraph; figures that differ and events have one each."""
    claims = [
        text_of((shown(answer.lead_in(claim)), "dim"), _space(answer, claim), _claim(claim)) for claim in answer.claims
    ]
    stand_alone = any(claim.standing or claim.when for claim in answer.claims)
    if not stand_alone:
        return laid_out(screen, joined(claims, by=" "))
    return joined([laid_out(screen, claim) for claim in claims])


def _space(answer: Answer, claim: Claim) -> str:
    return " " if answer.lead_in(claim) else ""


def _claim(claim: Claim) -> "Text":
    told = text_of((shown(claim.text), "bold"), (superscript(claim.citations), "bold cyan"))
    if claim.support == "single-source":
        return told
    return text_of(told, " ", (f"({claim.support})", _SUPPORT_STYLE[claim.support]))


def _searched(answer: Answer, screen: Screen) -> Iterator["Text"]:
    """Say what was searched, where the question does not say it in so many words."""
    searched = searched_as(answer)
    lines = (f"Searched as: {shown(searched)}" if searched else "", searched_within(answer), quoted_because(answer))
    return (laid_out(screen, text_of((line, "dim"))) for line in map(shown, lines) if line)


def _source(citation: Citation, excerpt: Excerpt, screen: Screen, now: datetime) -> "Text":
    number = text_of((f"{superscript([citation.n]):>2}", "bold cyan"), "  ")
    title = linked(screen, text_of((shown(citation.title) or "untitled", "bold")), citation.url)
    parts = [laid_out(screen, title, indent=_INDENT, first=number), *_where(citation, screen, now)]
    copies = shown(also_in(citation.also_in, publisher=citation.publisher))
    parts += [laid_out(screen, text_of((copies, "dim")), indent=_INDENT)] if copies else []
    return joined([*parts, excerpt_page(excerpt, screen)])


def excerpt_page(excerpt: Excerpt, screen: Screen) -> "Text":
    """Lay a quote out in its context, which steps back, while the words that are asked for stand out."""
    quote = text_of(excerpt.quote)
    for start, end in ((span.start, span.end) for span in excerpt.matter):
        quote.stylize("bold yellow", start, end)
    before = (f"{excerpt.before} " if excerpt.before else "", "dim")
    after = (f" {excerpt.after}" if excerpt.after else "", "dim")
    return laid_out(screen, text_of(before, "“", quote, "”", after), indent=_INDENT)


def _where(article: Citation | ArticleSummary, screen: Screen, now: datetime) -> Iterator["Text"]:
    """Say who published an article and when; where no click leads there, its address stands below, whole."""
    when = ", ".join(filter(None, (day(article.published_at), age(article.published_at, now=now))))
    told = [shown(article.publisher or ""), when, *([site(article.url)] if screen.links else [])]
    yield laid_out(screen, text_of((" · ".join(filter(None, told)), "dim")), indent=_INDENT)
    if not (screen.links and site(article.url)):
        yield text_of(_INDENT, (shown(article.url), "blue"))


def _abstention(answer: Answer, screen: Screen, now: datetime) -> Iterator["Text"]:
    yield laid_out(screen, text_of((answer.text, "bold")))
    if answer.reason:
        yield laid_out(screen, text_of(shown(answer.reason)))
    yield from _searched(answer, screen)
    if answer.nearest:
        yield text_of("\n", ("Nearest:", "bold"))
    for summary in answer.nearest:
        yield article_page(summary, screen, now=now)


def article_page(summary: ArticleSummary, screen: Screen, *, now: datetime) -> "Text":
    """Name an article in a list."""
    title = linked(screen, text_of(shown(summary.title) or "untitled"), summary.url)
    first = text_of(("  • ", "cyan"))
    return joined([laid_out(screen, title, indent=_INDENT, first=first), *_where(summary, screen, now)])
