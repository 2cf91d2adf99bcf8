"""What subscriptions post and how they are listed: within Discord's limits, and nothing of a stranger's is live."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from hostile import hostile, inert, long_hostile
from hypothesis import given, settings
from hypothesis import strategies as st
from test_render_discord import LINK, TIME, addresses, length, moments, publishers

from bot.answering import Citation, Claim
from bot.overviews import Digest, Story, Unfolding
from bot.render.discord import AnswerMessage
from bot.render.discord_subscriptions import (
    choice_label,
    daily_message,
    fingerprint,
    is_marked,
    story_message,
    subscribed_message,
    subscriptions_message,
)
from bot.render.markup import timestamp, units
from bot.subscribing import QuietHours, Subscription, Wish
from index_store import ArticleSummary, Filters

AT = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
QUOTE = "The ferry strike ended on Tuesday."
NONCE = "0123456789ab"
CITATION = Citation(1, "a1", 1, "https://quay.example/1", "Strike ends", "Quay Mail", (), AT, QUOTE, 0, len(QUOTE))
ARTICLE = ArticleSummary("a1", "https://quay.example/1", "Strike ends", "Quay Mail", AT)
STORY = Story(Claim(QUOTE, (1,), "single-source"), ("Quay Mail", "Gull Gazette"), 1, AT, (ARTICLE,))
ENDED = Unfolding(None, STORY, (CITATION,))
OURS = re.compile(
    r"🔄 \*Updated date\*|\*[\d,]+ more stor(?:y|ies) with the next look; `/digest` shows them now\.\*|"
    r"(?:.*) · \*\*[\d,]+ independent sources?\*\* · \*[\w -]+\* · (?:date|no date)|"
    r"• \*\*(?:.*)\*\*|<#\d+> · .*"
)


@st.composite
def stories(draw: st.DrawFn) -> Unfolding:
    """A story in which every text is hostile, with one publisher or many."""
    text, title, at = draw(long_hostile), draw(hostile), draw(moments)
    citation = replace(
        CITATION, quote=text, title=title, url=draw(addresses), publisher=draw(publishers), published_at=at
    )
    names = tuple(draw(st.lists(long_hostile, max_size=3))) * draw(st.sampled_from((1, 20)))
    return Unfolding(None, Story(Claim(text, (1,), "confirmed"), names, 2, at, (ARTICLE,)), (citation,))


@settings(max_examples=40, deadline=None)
@given(stories(), hostile)
def test_limits_and_inertness(story: Unfolding, topic: str) -> None:
    """Posts, confirmations, lists and what is offered while typing fit, and none of what strangers wrote is live."""
    post = story_message(story, topic, NONCE, updated_at=AT, waiting=3)
    one = Subscription(1, Wish(topic[:100]), 3, 2, AT, AT, paused="gone")
    made = subscribed_message(one, AT)
    listed = subscriptions_message([(one, AT)] * 25, direct=False)
    assert all(map(fits, (post, made, listed)))
    assert is_marked(post.footer, NONCE)
    assert all(quiet(line) for line in post.description.split("\n"))
    assert all(quiet(line.removeprefix("**").removesuffix("**")) for line in made.description.split("\n")[:1])
    assert len(choice_label(one, topic, limit=100)) <= 100


def fits(message: AnswerMessage) -> bool:
    """Whether a message is one, and within Discord's limits."""
    sizes = (1 <= units(message.title) <= 256, 1 <= units(message.description) <= 4_096, length(message) <= 6_000)
    return all(sizes) and inert(message.title)


def quiet(line: str) -> bool:
    """Whether only our own links, dates and emphasis are live in a line."""
    shown = TIME.sub("date", LINK.sub(lambda found: "x" + found[1], line))
    ours = re.fullmatch(r"(.*) · \*\*[\d,]+ independent sources?\*\* · \*[\w -]+\* · (?:date|no date)", shown)
    return inert("x" + (ours[1] if ours else "" if OURS.fullmatch(shown) else shown))


def test_a_post() -> None:
    """What is said, where, who reports it, how many of them independently, when, and what waits."""
    message = story_message(ENDED, "port strike", NONCE, waiting=7)
    assert message.title == "port strike"
    assert message.description.split("\n") == [
        f"🔹 {QUOTE}",
        "– [Strike ends](https://quay.example/1)",
        f"Quay Mail, Gull Gazette · **1 independent source** · *single source* · {timestamp(AT)}",
        "*7 more stories with the next look; `/digest` shows them now.*",
    ]
    assert message.footer == f"Quoted word for word · post {NONCE}"
    edited = story_message(ENDED, "port strike", NONCE, updated_at=AT)
    assert edited.description.startswith(f"🔄 *Updated {timestamp(AT)}*\n🔹")


def test_a_post_is_known_by_its_nonce_alone() -> None:
    """One that begins or ends like it is another's."""
    footer = story_message(ENDED, "x", NONCE).footer
    assert is_marked(footer, NONCE)
    assert not any(is_marked(footer, other) for other in (NONCE[1:], NONCE[:-1], NONCE + "c"))
    assert not is_marked(None, NONCE)
    digest = Digest(None, Filters(since=AT), (STORY,), (CITATION,), 1, 0, None, (), 1.0)
    assert is_marked(daily_message(digest, NONCE).footer, NONCE)


def test_a_fingerprint_changes_with_what_is_worth_an_edit() -> None:
    """Another report, another line and a corrected one do; the order of time and a recount of the index do not."""
    first = fingerprint(ENDED)
    more = replace(STORY, publishers=(*STORY.publishers, "Marsh Weekly"), sources=2)
    other = replace(STORY, claim=Claim("It goes on.", (1,), "single-source"))
    assert first == fingerprint(replace(ENDED, known=4))
    assert len({first, *(fingerprint(replace(ENDED, story=story)) for story in (more, other))}) == 3


def test_a_list_tells_what_comes_when_or_why_not() -> None:
    """Topic, channel, how often, quiet hours, the next look; of a paused one what to do."""
    news = Subscription(1, Wish("port strike", 10_800, QuietHours(22, 7)), 3, 2, AT, AT)
    daily = Subscription(2, Wish("", 0, None, 8), 4, 2, AT, AT, paused="forbidden")
    told = subscriptions_message([(news, AT), (daily, AT)], direct=False).description.split("\n")
    assert told[:3] == [
        "• **port strike**",
        f"<#3> · every 3 hours, quiet 22:00–07:00 · next {timestamp(AT)}",
        "• **Daily digest**",
    ]
    assert told[3].startswith("<#4> · every day at 08:00 · ⏸️ paused: I may not post here any more")
    assert "None yet" in subscriptions_message([], direct=True).description
