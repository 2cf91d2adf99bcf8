"""What a terminal shows of timelines, digests and changes, and what no article can make it do."""

from datetime import UTC, datetime

import click
from hostile import hostile
from hypothesis import HealthCheck, given, settings
from test_render_terminal import STEERING

from bot.answering import Citation, Claim
from bot.overviews import Changes, Correction, Digest, Event, Story, Timeline, Withdrawal
from bot.render.overviews_terminal import changes_text, digest_text, timeline_text
from index_store import ArticleSummary, Filters

PUBLISHED = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
QUOTE = "The ferry strike ended on Tuesday."


def summary(text: str = "Strike ends") -> ArticleSummary:
    """An article, of which every text is the same."""
    return ArticleSummary("id", f"https://quay.example/{text}", text, text, PUBLISHED)


def cited(quote: str, title: str = "Strike ends", publisher: str = "Quay Mail") -> tuple[Citation, ...]:
    """A citation of a quote."""
    citation = Citation(1, "id", 1, "https://quay.example/1", title, publisher, (), PUBLISHED, quote, 0, len(quote))
    return (citation,)


def claim(text: str = QUOTE) -> Claim:
    """A claim that others bear out."""
    return Claim(text, (1,), "confirmed")


def timeline_of(*events: Event, reason: str | None = None, text: str = QUOTE) -> Timeline:
    """A timeline of these events."""
    return Timeline("strike", Filters(), events, cited(text), reason, (), 2, 1.0)


def test_a_timeline_shows_dates_as_exactly_as_they_are_known() -> None:
    """A day, a month and a year stand above their quotes, and the source below them all."""
    events = (
        Event("2023", "sentence", claim()),
        Event("2024-11", "sentence", claim()),
        Event("2025-03-04", "sentence", claim()),
    )
    told = click.unstyle(timeline_text(timeline_of(*events))).split("\n\n")
    assert [part.splitlines()[0] for part in told[:3]] == ["2023", "November 2024", "4 March 2025"]
    assert told[0].splitlines()[1] == f"  “{QUOTE}” [1] (confirmed)"
    assert told[3] == "2 less telling events not shown; raise -n to see more."
    assert told[4].splitlines()[0] == "[1] Strike ends"


def test_a_digest_draws_how_many_sources_a_story_has() -> None:
    """For who looks at it each story has a bar, the longest for most sources; a pipe gets none."""
    stories = tuple(Story(claim(), ("Quay Mail",), count, PUBLISHED, (summary(),)) for count in (8, 2, 1))
    digest = Digest(None, Filters(since=PUBLISHED), stories, cited(QUOTE), 7, 0, None, (), 1.0)
    bars = [line.strip() for line in click.unstyle(digest_text(digest, bars=True)).splitlines() if "▇" in line]
    assert [len(bar) for bar in bars] == [24, 6, 3]
    assert "▇" not in digest_text(digest)


def test_a_digest_names_publishers_and_independent_sources() -> None:
    """Below a story stand how many reported it, who they are, and when last."""
    story = Story(claim(), ("Quay Mail", "Harbour Post"), 2, PUBLISHED, (summary(), summary("Other")))
    digest = Digest(None, Filters(since=PUBLISHED), (story,), cited(QUOTE), 7, 0, None, (), 1.0)
    told = click.unstyle(digest_text(digest)).splitlines()
    assert told[0] == "7 articles since 5 March 2025."
    assert told[3] == "  2 sources, 2 articles: Quay Mail, Harbour Post · 5 March 2025"


def test_changes_show_what_went_and_what_came() -> None:
    """A correction has its old headline, a minus and a plus; a withdrawn article the command that shows it."""
    one = Correction(summary(), 1, 2, PUBLISHED, "Strike goes on", (claim("It goes on."),), (claim("It ended."),))
    gone = Withdrawal(summary("Owner gives up"), 3, PUBLISHED)
    changes = Changes(
        "strike", Filters(since=PUBLISHED), (claim(),), (), (one,), (gone,), cited(QUOTE), 0, None, (), 1.0
    )
    told = click.unstyle(changes_text(changes))
    for line in (
        "New since 5 March 2025", "The headline was: “Strike goes on”", "- “It goes on.” [1]", "+ “It ended.” [1]",
        "dateline articles show id --version 3",
    ):  # fmt: skip
        assert line in told


def test_a_reason_stands_alone_with_the_nearest_articles() -> None:
    """Where nothing is told, it says why and what came near."""
    told = click.unstyle(timeline_text(timeline_of(reason="No indexed article mentions Narvala.")))
    assert told == "No indexed article mentions Narvala."


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(hostile)
def test_no_text_steers_the_terminal(text: str) -> None:
    """Whatever articles hold, no control character but our own colours comes out, and no line that poses as ours."""
    event = Event("2025-03-04", "published", claim(text), (summary(text),))
    story = Story(claim(text), (text, text), 1, None, (summary(text),))
    one = Correction(summary(text), 1, 2, PUBLISHED, text, (claim(text),), (claim(text),), is_comparable=False)
    filters, citations = Filters(since=PUBLISHED), cited(text, text, text)
    shown = (
        timeline_text(timeline_of(event, text=text)),
        timeline_text(timeline_of(reason=text)),
        digest_text(Digest(text, filters, (story,), citations, 1, 1, None, (), 1.0)),
        changes_text(
            Changes(
                text, filters, (claim(text),), (claim(text),), (one,), (), citations, 1, None, (summary(text),), 1.0
            )
        ),
    )
    for told in map(click.unstyle, shown):
        assert not STEERING.search(told)
