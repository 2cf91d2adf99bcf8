"""Timelines, digests and changes → text for a terminal: the lines first, then the sources that they quote."""

from collections.abc import Iterable, Sequence

import click

from bot.answering import Citation, Claim
from bot.overviews import Changes, Correction, Digest, Event, Story, Timeline, Withdrawal
from bot.render.terminal import nearest_text, one_line, where_text, wrapped
from index_store import ArticleSummary, counted, day, partial_date

_MOST_NAMED = 6
_LONGEST_BAR = 24


def timeline_text(timeline: Timeline) -> str:
    """Lay out a timeline: a date, then what happened, in the words of an article."""
    if timeline.reason:
        return _declined(timeline.reason, timeline.nearest)
    more = _left_out(timeline.left_out, "less telling event")
    return _joined((*map(_event, timeline.events), more, *_sources(timeline.citations)))


def digest_text(digest: Digest, *, bars: bool = False) -> str:
    """Lay out a digest: each story with who reported it; `bars` draws how many sources did, for who looks at it."""
    if digest.reason:
        return _declined(digest.reason, digest.nearest)
    head = f"{counted(digest.articles, 'article')} since {day(digest.filters.since)}."
    more = _left_out(digest.left_out, "smaller story", "smaller stories")
    most = max((story.sources for story in digest.stories), default=1) if bars else 0
    stories = (_story(story, most) for story in digest.stories)
    return _joined((head, *stories, more, *_sources(digest.citations)))


def changes_text(changes: Changes) -> str:
    """Lay out changes: what is new, what was dropped, corrected and withdrawn."""
    if changes.reason:
        return _declined(changes.reason, changes.nearest)
    since = day(changes.filters.since)
    parts = (
        *_section(f"New since {since}", [_claim(claim) for claim in changes.new]),
        _left_out(changes.left_out, "more new claim"),
        *_section("No longer said", [_claim(claim) for claim in changes.dropped]),
        *_section("Corrected", [_correction(one) for one in changes.corrected]),
        *_section("Withdrawn", [_withdrawal(one) for one in changes.withdrawn]),
    )
    return _joined((*parts, *_sources(changes.citations)))


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _section(title: str, lines: Sequence[str]) -> tuple[str, ...]:
    return (click.style(title, bold=True), *lines) if lines else ()


def _declined(reason: str, nearest: Sequence[ArticleSummary]) -> str:
    told = click.style(wrapped(one_line(reason)), bold=True)
    return f"{told}\n\nNearest:\n" + "\n".join(map(nearest_text, nearest)) if nearest else told


def _left_out(count: int, one: str, several: str = "") -> str:
    return f"{counted(count, one, several)} not shown; raise -n to see more." if count else ""


def _event(event: Event) -> str:
    told_by = f"also reported by {_named(event.retold_in)}" if event.retold_in else ""
    head = click.style(partial_date(event.date), bold=True)
    return "\n".join(filter(None, (head, _claim(event.claim), wrapped(told_by, indent="  "))))


def _story(story: Story, most: int) -> str:
    """Write a story; `most` is how many sources the longest bar stands for, 0 for no bars."""
    publishers = ", ".join(one_line(name) for name in story.publishers[:_MOST_NAMED])
    more = len(story.publishers) - _MOST_NAMED
    names = f"{publishers} and {more} more" if more > 0 else publishers
    articles = f", {counted(len(story.articles), 'article')}" if len(story.articles) > 1 else ""
    told = f"{counted(story.sources, 'source')}{articles}: {names} · {day(story.newest)}"
    bar = "▇" * max(1, round(_LONGEST_BAR * story.sources / most)) if most else ""
    lines = (_claim(story.claim), f"  {click.style(bar, fg='cyan')}" if bar else "", wrapped(told, indent="  "))
    return "\n".join(filter(None, lines))


def _claim(claim: Claim, *, sign: str = "") -> str:
    """Write a quote with its numbers, and its support where that is more than one source."""
    support = "" if claim.support == "single-source" else f" ({claim.support})"
    numbers = "".join(f"[{n}]" for n in claim.citations)
    return wrapped(f"{sign}“{one_line(claim.text)}” {numbers}{support}", indent="  ")


def _correction(one: Correction) -> str:
    when = f"version {one.old_version} replaced by version {one.new_version}, {day(one.corrected_at)}"
    lines = [f"  {one_line(one.article.title)}", f"  {where_text(one.article)}", wrapped(when, indent="  ")]
    if one.old_title:
        lines.append(wrapped(f"The headline was: “{one_line(one.old_title)}”", indent="  "))
    if not one.is_comparable:
        lines.append("  The old text was given up by `dateline compact`.")
    lines += [_claim(claim, sign="- ") for claim in one.removed]
    lines += [_claim(claim, sign="+ ") for claim in one.added]
    return "\n".join(lines)


def _withdrawal(one: Withdrawal) -> str:
    shown = f"dateline articles show {one.article.article_id} --version {one.version}"
    when = f"Removed on {day(one.withdrawn_at)}; `{shown}` shows what it was."
    return f"  {one_line(one.article.title)}\n  {where_text(one.article)}\n{wrapped(when, indent='  ')}"


def _sources(citations: Sequence[Citation]) -> Iterable[str]:
    """List what is quoted; the quotes stand above."""
    for citation in citations:
        number = click.style(f"[{citation.n}]", fg="cyan", bold=True)
        yield f"{number} {one_line(citation.title)}\n    {where_text(citation)}"


def _named(articles: Sequence[ArticleSummary]) -> str:
    names = dict.fromkeys(one_line(article.publisher or article.url) for article in articles)
    return ", ".join(list(names)[:_MOST_NAMED])
