"""Timelines, digests and changes as Discord shows them: one embed, a line an event, story or change. Pure."""

from collections.abc import Callable, Sequence

from bot.answering import Citation, Claim
from bot.overviews import Changes, Correction, Digest, Event, Story, Timeline, Withdrawal
from bot.render.discord import (
    BLUE,
    DESCRIPTION_LIMIT,
    GREY,
    TITLE_LIMIT,
    USUAL,
    AnswerMessage,
    Style,
    publisher_link,
    publisher_of,
    support_of,
    when,
)
from bot.render.discord_details import article_line
from bot.render.markup import plain, timestamp, units
from index_store import ArticleSummary, counted

MOST_LINES = 10  # so that each has room for a link and enough of its quote
_ROOM = DESCRIPTION_LIMIT - 300  # for all lines; the rest is for what stands above and below
_LEAST_QUOTE = 120
_OTHERS_SHARE = 40
_MOST_NAMED = 3
_NEAREST_SHOWN = 3
_LEGEND = {"✅": "✅ confirmed", "🔹": "🔹 single source", "⚠️": "⚠️ disputed"}

_Line = Callable[[int], str]  # most UTF-16 units → a line that has no more
_Source = Citation | ArticleSummary


def timeline_message(timeline: Timeline, style: Style = USUAL) -> AnswerMessage:
    """Render a timeline: a date, what happened in the words of an article, and who reported it."""
    title = _title("Timeline of", timeline.topic)
    if timeline.reason:
        return _nothing(title, style.reason(timeline.reason), timeline.nearest)
    lines = [_event(event, timeline.citations, style) for event in timeline.events]
    told = _listed(lines, left_out=timeline.left_out)
    return AnswerMessage(title, told, (), _footer(told, timeline.citations, timeline.elapsed_ms), BLUE)


def digest_message(digest: Digest, style: Style = USUAL) -> AnswerMessage:
    """Render a digest: each story in a sentence, with who reported it, and when last."""
    title = _title("Digest on", digest.topic) if digest.topic else "Digest"
    if digest.reason:
        return _nothing(title, style.reason(digest.reason), digest.nearest)
    since = f" since {timestamp(digest.filters.since)}" if digest.filters.since else ""
    told = _listed([_story(story, digest.citations) for story in digest.stories], left_out=digest.left_out)
    told = f"**{counted(digest.articles, 'article')}**{since}\n{told}"
    return AnswerMessage(title, told, (), _footer(told, digest.citations, digest.elapsed_ms), BLUE)


def changes_message(changes: Changes, style: Style = USUAL) -> AnswerMessage:
    """Render changes: what is new, what was dropped, corrected and withdrawn."""
    title = _title("Changes in", changes.topic)
    if changes.reason:
        return _nothing(title, style.reason(changes.reason), changes.nearest)
    since = f"**Since {timestamp(changes.filters.since)}**\n" if changes.filters.since else ""
    lines = [
        *_section("New", [_claim(claim, changes.citations) for claim in changes.new]),
        *_section("No longer said", [_dropped(claim, changes.citations) for claim in changes.dropped]),
        *_section("Corrected", [_correction(one) for one in changes.corrected]),
        *_section("Withdrawn", [_withdrawal(one) for one in changes.withdrawn]),
    ]
    told = since + _listed(lines, left_out=changes.left_out)
    return AnswerMessage(title, told, (), _footer(told, changes.citations, changes.elapsed_ms), BLUE)


def _title(kind: str, topic: str) -> str:
    return plain(f"{kind} {topic}", limit=TITLE_LIMIT)


def _nothing(title: str, reason: str, nearest: Sequence[ArticleSummary]) -> AnswerMessage:
    told = f"**{reason}**"
    if nearest:
        told += "\n\n**Nearest articles**\n" + "\n".join(map(article_line, nearest[:_NEAREST_SHOWN]))
    return AnswerMessage(title, told, (), "", GREY)


def _listed(lines: Sequence[_Line], *, left_out: int) -> str:
    """Write the first lines, each with an equal share of the room that those before it have left; count the others."""
    shown, room = list[str](), _ROOM
    for position, line in enumerate(lines[:MOST_LINES]):
        shown.append(line(room // (min(len(lines), MOST_LINES) - position) - 1))
        room -= units(shown[-1]) + 1
    more = len(lines) - len(shown) + left_out
    return "\n".join((*shown, *([f"*… and {more:,} more.*"] if more else [])))


def _section(title: str, lines: Sequence[_Line]) -> Sequence[_Line]:
    """Put a title above the first of some lines."""
    if not lines:
        return ()
    head, (first, *others) = f"**{title}**\n", lines
    return (lambda limit: head + first(limit - units(head)), *others)


def _event(event: Event, citations: Sequence[Citation], style: Style) -> _Line:
    sign, _ = support_of(event.claim)
    cited = _cited(event.claim, citations)
    begins = f"{sign} **{style.date_of(event.date)}** "
    return _line(begins, event.claim.text, cited[0], _names([*cited[1:], *event.retold_in], besides=cited[0]))


def _story(story: Story, citations: Sequence[Citation]) -> _Line:
    sign, _ = support_of(story.claim)
    cited = _cited(story.claim, citations)
    newest = timestamp(story.newest) if story.newest else "no date"
    return _line(f"{sign} {newest} ", story.claim.text, cited[0], _names(story.articles, besides=cited[0]))


def _claim(claim: Claim, citations: Sequence[Citation]) -> _Line:
    sign, _ = support_of(claim)
    cited = _cited(claim, citations)
    return _line(f"{sign} {when(cited[0])} ", claim.text, cited[0], _names(cited[1:], besides=cited[0]))


def _dropped(claim: Claim, citations: Sequence[Citation]) -> _Line:
    source = _cited(claim, citations)[0]
    return _line(f"➖ {when(source)} ", claim.text, source)


def _correction(one: Correction) -> _Line:
    told = one.article.title
    told += f" (was: {one.old_title})" if one.old_title else ""
    told += f" – now: “{one.added[0].text}”" if one.added else ""
    return _line(f"✏️ {timestamp(one.corrected_at)} ", told, one.article)


def _withdrawal(one: Withdrawal) -> _Line:
    return _line(f"🗑️ {timestamp(one.withdrawn_at)} ", one.article.title, one.article)


def _line(begins: str, text: str, source: _Source, others: str = "") -> _Line:
    """Make a line of what begins it, safe already, a stranger's text, and a link to where that stands."""

    def written(limit: int) -> str:
        room = limit - units(begins) - units(others) - len(" – ")
        link = publisher_link(source, limit=room - _LEAST_QUOTE)
        return f"{begins}{plain(text, limit=room - units(link))} – {link}{others}"

    return written


def _cited(claim: Claim, citations: Sequence[Citation]) -> list[Citation]:
    return [citations[n - 1] for n in claim.citations]


def _names(articles: Sequence[_Source], *, besides: _Source) -> str:
    """Name the other publishers that report the same, as many as there is room for, and count the rest."""
    own = publisher_of(besides)
    names = [name for name in dict.fromkeys(map(publisher_of, articles)) if name != own]
    shown = names[:_MOST_NAMED]
    while units(", ".join(shown)) > _OTHERS_SHARE:
        shown.pop()
    rest = len(names) - len(shown)
    return "".join(f", {name}" for name in shown) + (f" +{rest:,}" if rest else "")


def _footer(told: str, citations: Sequence[Citation], elapsed_ms: float) -> str:
    """Tell what the signs mean that lines begin with, and no others."""
    signs = {line.partition(" ")[0] for line in told.split("\n")}
    legend = (meaning for sign, meaning in _LEGEND.items() if sign in signs)
    articles = counted(len({citation.article_id for citation in citations}), "article")
    return " · ".join((f"Quoted word for word from {articles}", *legend, f"{elapsed_ms / 1_000:.2f} s"))
