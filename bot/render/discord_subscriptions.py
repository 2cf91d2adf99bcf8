"""What subscriptions post, and how they are listed; pure, as `discord.py`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.overviews import Digest, Story, Unfolding
from bot.render.discord import (
    BLUE,
    GREEN,
    TITLE_LIMIT,
    AnswerMessage,
    headline,
    support_of,
)
from bot.render.discord_details import details
from bot.render.discord_overviews import digest_message
from bot.render.markup import plain, timestamp, visible
from bot.subscribing import Subscription, Wish
from index_store import counted

_QUOTE = 1_500
_HEADLINE = 900
_MOST_NAMED = 6
_TOPIC = 120
_MARK = "post "
_PAUSED = {
    "forbidden": "I may not post here any more: let me View Channel, Send Messages, Embed Links and Read Message "
    "History, then subscribe again",
    "gone": "the channel is gone: end it with /unsubscribe",
}
_NOT_ADMITTED = (
    "this server's managers allow other channels only; it goes on once `/settings channels` allows this one, too"
)


def story_message(
    unfolding: Unfolding, topic: str, nonce: str, *, updated_at: datetime | None = None, waiting: int = 0
) -> AnswerMessage:
    """
    Render a story as one post of its own.

    Args:
        unfolding: The story as it stands.
        topic: What was subscribed to.
        nonce: What tells the post from every other; `is_marked` finds it again.
        updated_at: When the message was edited; None for a new one.
        waiting: How many more stories come with the next look.
    """
    story, source = unfolding.story, unfolding.citations[unfolding.story.claim.citations[0] - 1]
    sign, words = support_of(story.claim)
    lines = (
        f"🔄 *Updated {timestamp(updated_at)}*" if updated_at else "",
        f"{sign} {plain(story.claim.text, limit=_QUOTE) or '…'}",
        f"– {headline(source, limit=_HEADLINE)}",
        f"{_reporting(story)} · *{words}* · {timestamp(story.newest) if story.newest else 'no date'}",
        _waiting(waiting),
    )
    return AnswerMessage(
        plain(topic, limit=TITLE_LIMIT) or "News",
        "\n".join(filter(None, lines)),
        (),
        f"Quoted word for word · {_MARK}{nonce}",
        BLUE,
    )


def fingerprint(unfolding: Unfolding) -> str:
    """Reduce what a story's message shows to a text that changes when, and only when, it is worth an edit."""
    story = unfolding.story
    sources = [unfolding.citations[n - 1] for n in story.claim.citations[:1]]
    shown = (story.claim.text, [(one.article_id, one.quote) for one in sources], story.publishers, story.sources)
    return sha256(repr((shown, len(story.articles))).encode("utf-8", "replace")).hexdigest()[:32]


def daily_message(digest: Digest, nonce: str) -> AnswerMessage:
    """Render the digest of a day as a post."""
    message = digest_message(digest)
    return replace(message, footer=f"{message.footer} · {_MARK}{nonce}")


def is_marked(footer: str | None, nonce: str) -> bool:
    """Whether a message with this footer is the post with this nonce."""
    return bool(footer) and f" · {footer}".endswith(f" · {_MARK}{nonce}")


def subscribed_message(subscription: Subscription, next_at: datetime) -> AnswerMessage:
    """Confirm a subscription: what will come, and how to end it."""
    wish = subscription.wish
    if wish.daily_hour is None:
        told = "What is new will be posted here: one message a story, edited for four days as it develops."
        when = f"I look {_how_often(wish)}; the next time {timestamp(next_at)}."
    else:
        told = "The main stories of the day will be posted here."
        when = f"The first digest comes {timestamp(next_at)}."
    lines = [f"**{_name(wish)}**", told, when, "`/subscriptions` shows all of them, `/unsubscribe` ends one."]
    return details("Subscribed", lines, colour=GREEN)


def subscriptions_message(
    subscriptions: Sequence[tuple[Subscription, datetime | None]], *, direct: bool
) -> AnswerMessage:
    """
    List subscriptions.

    Args:
        subscriptions: Each with when it is looked for next; None where the server's managers allow other channels.
        direct: Whether they are of a direct conversation, which needs no channel named.
    """
    lines = [_listed(one, next_at, direct=direct) for one, next_at in subscriptions]
    return details("Subscriptions", lines or ["None yet. `/subscribe` or `/daily` makes one."], colour=BLUE)


def choice_label(subscription: Subscription, channel: str, *, limit: int) -> str:
    """Name a subscription on one line without markup, as it is offered while somebody types."""
    where = f" in #{channel}" if channel else ""
    return visible(f"{_plain_name(subscription.wish)}{where}")[:limit]


def _listed(one: Subscription, next_at: datetime | None, *, direct: bool) -> str:
    where = "" if direct else f"<#{one.channel_id}> · "
    why = _PAUSED[one.paused] if one.paused else _NOT_ADMITTED
    state = f"⏸️ paused: {why}" if one.paused or next_at is None else f"next {timestamp(next_at)}"
    quiet = f", quiet {one.wish.quiet}" if one.wish.quiet else ""
    return f"• **{_name(one.wish)}**\n{where}{_how_often(one.wish)}{quiet} · {state}"


def _name(wish: Wish) -> str:
    return plain(_plain_name(wish), limit=_TOPIC)


def _plain_name(wish: Wish) -> str:
    if wish.daily_hour is None:
        return wish.topic
    return f"Daily digest on {wish.topic}" if wish.topic else "Daily digest"


def _how_often(wish: Wish) -> str:
    if wish.daily_hour is not None:
        return f"every day at {wish.daily_hour:02}:00"
    every = timedelta(seconds=wish.every_s)
    if every >= timedelta(days=1):
        return "once a day"
    minutes = wish.every_s // 60
    if minutes < 60:
        return f"every {minutes} minutes"
    return "every hour" if minutes == 60 else f"every {minutes // 60} hours"


def _reporting(story: Story) -> str:
    """Name who reports a story, and count who reports it independently."""
    names = [plain(name, limit=60) for name in story.publishers]
    shown, rest = names[:_MOST_NAMED], len(names) - _MOST_NAMED
    others = f" +{rest:,}" if rest > 0 else ""
    independent = f"**{counted(story.sources, 'independent source')}**"
    return f"{', '.join(shown)}{others} · {independent}"


def _waiting(count: int) -> str:
    more = counted(count, "more story", "more stories")
    return f"*{more} with the next look; `/digest` shows them now.*" if count else ""
