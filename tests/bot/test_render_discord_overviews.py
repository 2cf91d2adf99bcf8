"""What Discord shows of timelines, digests and changes keeps within its limits and does nothing of a stranger's."""

import re
from datetime import UTC, datetime

from hostile import hostile, inert, long_hostile
from hypothesis import given, settings
from hypothesis import strategies as st
from test_render_discord import LINK, TIME, addresses, length, moments, publishers

from bot.answering import Citation, Claim
from bot.overviews import Changes, Correction, Digest, Event, Story, Timeline, Withdrawal
from bot.render.discord import GREY, AnswerMessage
from bot.render.discord_overviews import MOST_LINES, changes_message, digest_message, timeline_message
from bot.render.markup import timestamp, units
from index_store import ArticleSummary, Filters

PUBLISHED = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
QUOTE = "The ferry strike ended on Tuesday."
LONG_URL = f"https://quay.example/{'a' * 140}"


@st.composite
def overviews(draw: st.DrawFn) -> tuple[AnswerMessage, ...]:
    """One message of each kind, few or many lines long, in which every text is hostile."""
    text, title, publisher, at = draw(long_hostile), draw(hostile), draw(publishers), draw(moments)
    url, many = draw(addresses), draw(st.sampled_from((1, 3, 30)))
    article = ArticleSummary("a1", url, title, publisher, at)
    citations = tuple(Citation(n, f"a{n}", 1, url, title, publisher, (), at, text, 0, 1) for n in (1, 2))
    claim = Claim(text, (1, 2), draw(st.sampled_from(("confirmed", "single-source", "disputed"))))
    others = (article, *(ArticleSummary("a2", "", title, draw(hostile), None) for _ in range(3)))
    window = Filters(since=at or PUBLISHED)
    event = Event(draw(st.sampled_from(("2023", "2024-11", "2025-09-30"))), "published", claim, others)
    story = Story(claim, (), 1, at, others)
    one = Correction(article, 1, 2, PUBLISHED, draw(publishers), (claim,), draw(st.sampled_from(((claim,), ()))))
    gone = Withdrawal(article, 1, PUBLISHED)
    kinds = ((claim,) * many, (claim,), (one,) * many, (gone,))
    return (
        timeline_message(Timeline(title, window, (event,) * many, citations, None, (), many - 1, 1.0)),
        timeline_message(Timeline(title, window, (), (), f"No. {text}", others, 0, 1.0)),
        digest_message(Digest(title, window, (story,) * many, citations, 7, 0, None, (), 1.0)),
        changes_message(Changes(title, window, *kinds, citations, many - 1, None, (), 1.0)),
    )


OURS = (
    r"\*\*(New|No longer said|Corrected|Withdrawn|Nearest articles|Since date|7 articles)\*\*( since date)?",
    r"\*… and \d+ more\.\*",
    r"(✅|🔹|⚠️) \*\*[\w ]+\*\* (?P<rest>.*)",
    r"\*\*No\.(?P<rest>.*)\*\*",
    r"(?P<rest>.*) · date · `\w+`",
)


def harmless(description: str) -> bool:
    """Whether only our own links, dates and emphasis are live, line by line."""
    for line in description.split("\n"):
        shown = TIME.sub("date", LINK.sub(lambda found: "x" + found[1], line))
        ours = next(filter(None, (re.fullmatch(pattern, shown) for pattern in OURS)), None)
        if not inert("x" + (ours.groupdict().get("rest") or "") if ours else shown):
            return False
    return True


@settings(max_examples=30, deadline=None)
@given(overviews())
def test_limits_and_inertness(messages: tuple[AnswerMessage, ...]) -> None:
    """Every message keeps within Discord's limits, has something to show, and none of what strangers wrote is live."""
    for message in messages:
        assert 1 <= units(message.title) <= 256
        assert 1 <= units(message.description) <= 4096
        assert length(message) <= 6000
        assert inert(message.title)
        assert harmless(message.description)


def summary(publisher: str = "Quay Mail", title: str = "Strike ends") -> ArticleSummary:
    """An ordinary article."""
    return ArticleSummary("a1", "https://quay.example/1", title, publisher, PUBLISHED)


def cited(n: int = 1, *, url: str = "https://quay.example/1", publisher: str = "Quay Mail") -> Citation:
    """A citation of an ordinary article."""
    return Citation(n, f"a{n}", 1, url, "Strike ends", publisher, (), PUBLISHED, QUOTE, 0, len(QUOTE))


def timeline_of(*told: Event, left_out: int = 0, citations: tuple[Citation, ...] = (cited(),)) -> Timeline:
    """A timeline of these events."""
    return Timeline("strike", Filters(), told, citations, None, (), left_out, 20.0)


def test_a_timeline() -> None:
    """An event is a line: support, date as exactly as it is known, quote, linked publisher, and who else reports it."""
    both = (cited(), cited(2, publisher="Harbour Post"))
    told = Event("2025-03", "sentence", Claim(QUOTE, (1, 2), "confirmed"), (summary("Marsh Weekly"), summary()))
    message = timeline_message(timeline_of(told, citations=both))
    assert message.title == "Timeline of strike"
    source = "[Quay Mail](https://quay.example/1), Harbour Post, Marsh Weekly"
    assert message.description == f"✅ **March 2025** {QUOTE} – {source}"
    assert message.footer.startswith("Quoted word for word from 2 articles · ✅ confirmed")


def test_what_does_not_fit_is_counted() -> None:
    """Ten lines are shown, each with its link though the address is long; all others are counted."""
    told = [Event("2025-03-04", "sentence", Claim(QUOTE * 40, (1,), "single-source"))] * 14
    message = timeline_message(timeline_of(*told, left_out=3, citations=(cited(url=LONG_URL),)))
    *lines, last = message.description.split("\n")
    assert len(lines) == MOST_LINES
    assert all(line.endswith(f"… – [Quay Mail]({LONG_URL})") for line in lines)
    assert last == "*… and 7 more.*"


def test_a_digest() -> None:
    """A story tells when it was last reported, and by whom; at most a few publishers are named."""
    names = ("Quay Mail", "Harbour Post", "Marsh Weekly", "Reed Times", "Dune Courier")
    story = Story(Claim(QUOTE, (1,), "confirmed"), names, 5, PUBLISHED, tuple(map(summary, names)))
    window = Filters(since=PUBLISHED)
    message = digest_message(Digest(None, window, (story,), (cited(),), 7, 0, None, (), 20.0))
    date = timestamp(PUBLISHED)
    source = "[Quay Mail](https://quay.example/1), Harbour Post, Marsh Weekly, Reed Times +1"
    assert (message.title, message.description) == (
        "Digest",
        f"**7 articles** since {date}\n✅ {date} {QUOTE} – {source}",
    )


def test_changes() -> None:
    """What is new, no longer said, corrected and withdrawn stand below each other, each under its title."""
    said, date, source = (
        Claim(QUOTE, (1,), "single-source"),
        timestamp(PUBLISHED),
        "[Quay Mail](https://quay.example/1)",
    )
    one = Correction(summary(), 1, 2, PUBLISHED, "Strike goes on", (said,), (said,))
    gone = Withdrawal(summary(title="Owner gives up"), 3, PUBLISHED)
    window = Filters(since=PUBLISHED)
    message = changes_message(
        Changes("strike", window, (said,), (said,), (one,), (gone,), (cited(),), 0, None, (), 20.0)
    )
    assert message.description.split("\n") == [
        f"**Since {date}**", "**New**", f"🔹 {date} {QUOTE} – {source}",
        "**No longer said**", f"➖ {date} {QUOTE} – {source}",
        "**Corrected**", rf"✏️ {date} Strike ends (was\: Strike goes on) – now\: “{QUOTE}” – {source}",
        "**Withdrawn**", f"🗑️ {date} Owner gives up – {source}",
    ]  # fmt: skip


def test_nothing_to_tell() -> None:
    """An empty overview says why, with the nearest articles."""
    message = timeline_message(Timeline("x", Filters(), (), (), "No article mentions x.", (summary(),), 0, 1.0))
    assert message.description.startswith("**No article mentions x.**\n\n**Nearest articles**\n• [Strike ends](")
    assert message.colour == GREY
