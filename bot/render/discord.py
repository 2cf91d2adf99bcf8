"""
An answer as Discord shows it: one embed, its claims above and one field a citation below.

Pure: what comes out is text that fits Discord's limits, and the cog that sends it makes the embed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answering import Answer, Citation, Claim, Support
from bot.languages import ENGLISH
from bot.render.dates import date_in, with_dates_in
from bot.render.markup import link, plain, timestamp, units, visible, web_address
from bot.render.wording import searched_as, searched_within
from index_store import ArticleSummary, counted

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 4_096
FIELDS_LIMIT = 25
FIELD_VALUE_LIMIT = 1_024
EMBED_LIMIT = 6_000

# Our own shares of these, so that a long answer still shows its sources.
_CLAIMS_SHARE = 2_000
_FOOTER_SHARE = 250
_LEAST_CLAIM = 200
_LEAST_CITATION = 280
_PUBLISHER_SHARE = 80
_LEAD_IN_SHARE = 120
_TITLE_SHARE = 240
_NUMBERS_SHOWN = 6
_COPIES_SHARE = 160
_UNKNOWN = "unknown publisher"

_WORDED = {"extractive": "Quoted word for word", "llm": "Worded by a model, checked against quotes"}

GREEN, BLUE, AMBER, GREY = 0x2E8B57, 0x3B6EA5, 0xD9822B, 0x808890
_SUPPORT: dict[Support, tuple[str, str]] = {
    "confirmed": ("✅", "confirmed"),
    "single-source": ("🔹", "single source"),
    "disputed": ("⚠️", "disputed"),
}


@dataclass(frozen=True, slots=True)
class EmbedField:
    """One block of an embed: a bold name, which shows no links, over a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """
    One Discord message: the parts of its only embed, all within Discord's limits and safe to send.

    Attributes:
        title: The question.
        description: The claims, or why there are none.
        fields: One a citation, in the order of their numbers.
        footer: Plain text; Discord renders no markup there. Empty for none.
        colour: 24-bit RGB of the embed's edge.
    """

    title: str
    description: str
    fields: tuple[EmbedField, ...]
    footer: str
    colour: int


@dataclass(frozen=True, slots=True)
class Style:
    """
    How messages are written.

    Attributes:
        language: Of the dates that we write, where Discord's own cannot stand: a code of `languages.LANGUAGES`.
        short: Whether an answer shows its gist alone.
    """

    language: str = ENGLISH
    short: bool = False

    def date_of(self, when: datetime | str | None) -> str:
        """Write a date that we state."""
        return date_in(when, self.language)

    def reason(self, text: str | None) -> str:
        """Write why nothing is said: a sentence of ours, in which dates may stand."""
        return plain(with_dates_in(text or "", self.language), limit=1_000)


USUAL = Style()


def answer_message(answer: Answer, style: Style = USUAL) -> AnswerMessage:
    """Render an answer, or an abstention with the nearest articles."""
    title = plain(answer.question.text, limit=TITLE_LIMIT) or "Your question"
    if answer.abstained:
        return AnswerMessage(title, _abstention(answer, style), (), "", GREY)
    claims = answer.gist if style.short else answer.claims
    window = searched_within(answer, style.date_of)
    description = _searched_as(answer) + _claims(answer, claims, style) + (f"\n*{window}*" if window else "")
    room = EMBED_LIMIT - units(title) - units(description) - _FOOTER_SHARE
    cited = _cited_by(claims, answer.citations) if style.short else answer.citations
    fields = _citations(cited, room)
    return AnswerMessage(title, description, fields, _footer(answer, cited, len(fields)), _colour(answer.claims))


def with_line(message: AnswerMessage, line: str) -> AnswerMessage:
    """Put a line of ours, already safe, above a message's text; what no longer fits goes from the end of its fields."""
    fields, description = message.fields, f"{line}\n{message.description}"[:DESCRIPTION_LIMIT]
    sizes = [units(field.name) + units(field.value) for field in fields]
    room = EMBED_LIMIT - units(message.title) - units(description) - units(message.footer)
    while sum(sizes) > room:
        sizes.pop()
    return replace(message, description=description, fields=fields[: len(sizes)])


def failure_message(message: str, *, remedy: str = "") -> AnswerMessage:
    """Render a failure in words for the asker: what happened, and what to do about it."""
    lines = (plain(message, limit=1_000), plain(remedy, limit=1_000))
    return AnswerMessage("No answer this time", "\n".join(filter(None, lines)), (), "", GREY)


def _searched_as(answer: Answer) -> str:
    """Show the question that was searched where it is not the one that was asked."""
    searched = searched_as(answer)
    return f"*Searched as: {plain(searched, limit=300)}*\n" if searched else ""


def _claims(answer: Answer, claims: Sequence[Claim], style: Style) -> str:
    """Write a line a claim. Each may use an equal share of the room that those before it have left."""
    shown = claims[: _CLAIMS_SHARE // _LEAST_CLAIM]
    lines: list[str] = []
    room = _CLAIMS_SHARE
    for position, claim in enumerate(shown):
        line = _claim(claim, answer.lead_in(claim, style.date_of), limit=room // (len(shown) - position))
        lines.append(line)
        room -= units(line) + len("\n")
    if len(shown) < len(claims):
        lines.append(f"*… and {len(claims) - len(shown)} more.*")
    if len(claims) < len(answer.claims):
        lines.append(f"*{counted(len(answer.claims) - len(claims), 'more claim')}: press Why? to read.*")
    return "\n".join(lines)


def _cited_by(claims: Sequence[Claim], citations: Sequence[Citation]) -> tuple[Citation, ...]:
    numbers = {n for claim in claims for n in claim.citations}
    return tuple(citation for citation in citations if citation.n in numbers)


def _claim(claim: Claim, lead_in: str, *, limit: int) -> str:
    sign, words = support_of(claim)
    numbers = "".join(rf"\[{n}\]" for n in claim.citations[:_NUMBERS_SHOWN])
    more = "…" if len(claim.citations) > _NUMBERS_SHOWN else ""
    before = f"{sign} **{plain(lead_in, limit=_LEAD_IN_SHARE)}** " if lead_in else f"{sign} "
    after = f" **{numbers}{more}** · *{words}*"
    return before + plain(claim.text, limit=limit - units(before) - units(after) - len("\n")) + after


def support_of(claim: Claim) -> tuple[str, str]:
    """Return a sign and words for how well a claim is supported."""
    return _SUPPORT[claim.support]


def _citations(citations: Sequence[Citation], room: int) -> tuple[EmbedField, ...]:
    """Write a field a citation, each with an equal share of the room that those before it have left."""
    shown = citations[: min(FIELDS_LIMIT, room // _LEAST_CITATION)]
    fields: list[EmbedField] = []
    for position, citation in enumerate(shown):
        field = _citation(citation, limit=room // (len(shown) - position))
        fields.append(field)
        room -= units(field.name) + units(field.value)
    return tuple(fields)


def _citation(citation: Citation, *, limit: int) -> EmbedField:
    name = rf"\[{citation.n}\] {publisher_of(citation)}"
    value_limit = min(FIELD_VALUE_LIMIT, limit - units(name))
    copies = _also_in(citation) if value_limit > 2 * _LEAST_CITATION else ""
    head = f"{headline(citation, limit=value_limit // 2)}\n{when(citation)}\n{copies}> "
    return EmbedField(name, head + (plain(citation.quote, limit=value_limit - units(head)) or "…"))


def _also_in(citation: Citation) -> str:
    """Name the other publishers of the same report on a line of their own, as many as there is room for."""
    names = dict.fromkeys(publisher_of(copy) for copy in citation.also_in)
    others = [name for name in names if name not in (publisher_of(citation), _UNKNOWN)]
    while units(", ".join(others)) > _COPIES_SHARE:
        others.pop()
    return f"also in {', '.join(others)}\n" if others else ""


def _abstention(answer: Answer, style: Style) -> str:
    reason = f"**{answer.text}**\n{style.reason(answer.reason)}".rstrip()
    if not answer.nearest:
        return _searched_as(answer) + reason
    nearest = "\n".join(_nearest(article) for article in answer.nearest[:3])
    return f"{_searched_as(answer)}{reason}\n\n**Nearest articles**\n{nearest}"


def _nearest(article: ArticleSummary) -> str:
    return f"• {headline(article, limit=700)}\n{publisher_of(article)} · {when(article)}"


def headline(article: Citation | ArticleSummary, *, limit: int) -> str:
    """Link an article's headline, which takes its share; what remains of the limit is for the address."""
    address = web_address(article.url) or ""
    return link(article.title, article.url, limit=min(limit, _TITLE_SHARE + len(address)))


def when(article: Citation | ArticleSummary) -> str:
    """Write when an article was published."""
    return "no date" if article.published_at is None else timestamp(article.published_at)


def publisher_of(article: Citation | ArticleSummary) -> str:
    """Name the publisher; the site where it is unknown."""
    return plain(_publisher(article), limit=_PUBLISHER_SHARE)


def publisher_link(article: Citation | ArticleSummary, *, limit: int) -> str:
    """Name the publisher as a link to the article; as bare text where that does not fit."""
    address = web_address(article.url) or ""
    return link(_publisher(article), article.url, limit=min(limit, _PUBLISHER_SHARE + len(address)))


def _publisher(article: Citation | ArticleSummary) -> str:
    site = (web_address(article.url) or "").partition("://")[2].partition("/")[0]
    return visible(article.publisher or site) or _UNKNOWN


def _footer(answer: Answer, cited: Sequence[Citation], shown: int) -> str:
    articles = len({citation.article_id for citation in cited})
    hidden = len(cited) - shown
    return " · ".join(
        (
            f"{_WORDED[answer.mode]} from {articles} {'article' if articles == 1 else 'articles'}",
            *([answer.note] if answer.note else []),
            *([f"{hidden} more quotes not shown"] if hidden else []),
            f"{answer.elapsed_ms / 1_000:.2f} s",
        )
    )


def _colour(claims: Sequence[Claim]) -> int:
    """Colour an answer by its weakest claim."""
    supports = {claim.support for claim in claims}
    if "disputed" in supports:
        return AMBER
    return BLUE if "single-source" in supports else GREEN
