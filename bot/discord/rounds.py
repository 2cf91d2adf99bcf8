"""Looking for what channels have subscribed to: in rounds, one subscription at a time, behind people's questions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from bot.discord.delivery import Delivery, PausedError, UndeliveredError
from bot.discord.questions import QuestionQueue
from bot.discord.subscriptions import Post, Subscriptions
from bot.overviews import Known, Unfolding, developing, digest
from bot.render.discord_overviews import MOST_LINES
from bot.render.discord_subscriptions import daily_message, fingerprint, story_message
from bot.rules import GuildRules
from bot.subscribing import TOLD_ON, Subscription, digest_hour, next_look
from index_store import DatelineError, Filters

MOST_POSTS = 5  # of one look
_MOST_EDITS = 10
_DAY = timedelta(days=1)

Keep = Callable[[Coroutine[Any, Any, None]], Awaitable[None]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What rounds are made in.

    Attributes:
        questions: The queue, whose thread looks where nobody asks.
        generation: Tells the state of the index; None while nothing is indexed.
        rules: What a server's managers decided, by its id.
        keep: Does what the bot finishes before it ends.
        is_stopping: Whether it ends.
        zone: Of subscriptions' hours; None for the machine's own.
        clock: The present, in UTC.
    """

    questions: QuestionQueue
    generation: Callable[[], Awaitable[int | None]]
    rules: Callable[[int | None], GuildRules]
    keep: Keep
    is_stopping: Callable[[], bool]
    zone: tzinfo | None
    clock: Callable[[], datetime]


class Rounds:
    """What is due is looked for; what is new is posted; what has developed is edited."""

    def __init__(self, subscriptions: Subscriptions, delivery: Delivery, around: Surroundings) -> None:
        self._subscriptions = subscriptions
        self._delivery = delivery
        self._around = around

    def next_look(self, one: Subscription) -> datetime:
        """Say when a subscription is looked for next, if it is not paused."""
        return next_look(one, now=self._around.clock(), zone=self._around.zone)

    def admits(self, one: Subscription) -> bool:
        """Whether the server's managers let the bot post there: a channel taken off their list gets nothing more."""
        return self._around.rules(one.guild_id).admits(one.channel_id, one.parent_id)

    async def go(self) -> None:
        """Look for every subscription that is due; what fails for a while is left to the next round."""
        await self._settle()
        if self._around.is_stopping():
            return
        generation = await self._around.generation()
        if generation is None:
            return
        for one in await asyncio.to_thread(self._subscriptions.active):
            if self._around.is_stopping():
                return
            now = self._around.clock()
            if self.admits(one) and next_look(one, now=now, zone=self._around.zone) <= now:
                await self._look(one, generation, now)

    async def _settle(self) -> None:
        for post in await asyncio.to_thread(self._subscriptions.under_way):
            if not self._around.is_stopping():
                await self._left_to_another_round(self._delivery.settle(post), post.subscription)

    async def _look(self, one: Subscription, generation: int, now: datetime) -> None:
        look = self._look_for_digest if one.wish.daily_hour is not None else self._look_for_news
        try:
            await self._left_to_another_round(look(one, generation, now), one.number)
        except DatelineError as error:
            if not self._around.is_stopping():
                logger.warning("subscription %d could not be looked for: %s", one.number, error)
                await self._looked(one, -1, now)
        except Exception:  # one that always fails must not keep the others from their turn
            logger.exception("subscription %d could not be looked for", one.number)
            await self._looked(one, -1, now)

    async def _left_to_another_round(self, work: Awaitable[None], number: int) -> None:
        try:
            await work
        except PausedError:
            pass  # it is in the log
        except UndeliveredError as error:
            logger.info("subscription %d: Discord did not take a post (%s); trying again", number, error)

    # News as it comes.

    async def _look_for_news(self, one: Subscription, generation: int, now: datetime) -> None:
        if one.generation == generation:
            await self._looked(one, generation, now)
            return
        posts = {post.post_id: post for post in await asyncio.to_thread(self._subscriptions.posts, one.number)}
        if any(post.state == "sending" for post in posts.values()):
            return  # it is not known yet whether that arrived
        wanted = Filters(since=one.created_at, publishers=self._around.rules(one.guild_id).sources)
        known = [Known(post.post_id, post.article_ids, post.begun_at + TOLD_ON) for post in posts.values()]
        told = await self._around.questions.in_background(
            lambda index: developing(index, one.wish.topic, known, wanted, now=now, limit=MOST_POSTS)
        )
        for number, article_ids in told.closed:
            await self._join(posts[number], article_ids)
        told_before = [(posts[story.known], story) for story in told.stories if story.known]
        again = [(post, story) for post, story in told_before if post.state == "unsent"]
        new = [(None, story) for story in told.stories if not story.known]
        edited = await self._edit(one, [pair for pair in told_before if pair[0].state != "unsent"], now)
        posted = await self._post(one, (*again, *new), left_out=told.left_out)
        if not self._around.is_stopping():
            await self._looked(one, generation if edited and posted else -1, now)

    async def _edit(self, one: Subscription, edits: Sequence[tuple[Post, Unfolding]], now: datetime) -> bool:
        """Bring posts up to date that have developed; returns whether all were."""
        edited = 0
        for post, story in edits:
            await self._join(post, [article.article_id for article in story.story.articles])
            shown = fingerprint(story)
            if shown == post.shown or post.state != "sent":
                continue
            if edited == _MOST_EDITS or self._around.is_stopping():
                return False
            message = story_message(story, one.wish.topic, post.nonce, updated_at=now)
            await self._around.keep(self._delivery.edit(post, message, shown=shown))
            edited += 1
        return True

    async def _join(self, post: Post, article_ids: Sequence[str]) -> None:
        """Note what belongs to a story that was posted."""
        if set(article_ids) - set(post.article_ids):
            await asyncio.to_thread(self._subscriptions.join, post, article_ids)

    async def _post(
        self, one: Subscription, stories: Sequence[tuple[Post | None, Unfolding]], *, left_out: int
    ) -> bool:
        """Post stories that are new, the main ones first; returns whether all were."""
        rest = max(0, len(stories) - MOST_POSTS) + left_out
        for place, (post, story) in enumerate(stories[:MOST_POSTS], 1):
            if self._around.is_stopping():
                return False
            waiting = rest if place == MOST_POSTS else 0
            await self._around.keep(self._post_story(one, post, story, waiting=waiting))
        return not rest

    async def _post_story(self, one: Subscription, post: Post | None, story: Unfolding, *, waiting: int) -> None:
        ids = [article.article_id for article in story.story.articles]
        written = await asyncio.to_thread(self._written, one, post, ids, shown=fingerprint(story))
        if written:
            await self._delivery.send(written, story_message(story, one.wish.topic, written.nonce, waiting=waiting))

    def _written(self, one: Subscription, post: Post | None, ids: Sequence[str], *, shown: str = "") -> Post | None:
        """Write down what is about to be sent, anew or again."""
        if post is None:
            return self._subscriptions.begin(one.number, ids, shown=shown)
        return self._subscriptions.begin_again(post, ids, shown=shown)

    # A digest a day.

    async def _look_for_digest(self, one: Subscription, generation: int, now: datetime) -> None:
        struck_at = digest_hour(one.wish.daily_hour or 0, now=now, zone=self._around.zone)
        posts = await asyncio.to_thread(self._subscriptions.posts, one.number)
        todays = next((post for post in reversed(posts) if post.begun_at >= struck_at), None)
        if todays and todays.state == "sending":
            return
        if not todays or todays.state == "unsent":
            await self._tell_digest(one, todays, now)
        await self._looked(one, generation, now)

    async def _tell_digest(self, one: Subscription, post: Post | None, now: datetime) -> None:
        window = Filters(since=now - _DAY, publishers=self._around.rules(one.guild_id).sources)
        topic = one.wish.topic or None
        told = await self._around.questions.in_background(lambda index: digest(index, topic, window, limit=MOST_LINES))
        if not told.stories:
            return

        async def send() -> None:
            written = await asyncio.to_thread(self._written, one, post, ())
            if written:
                await self._delivery.send(written, daily_message(told, written.nonce))

        await self._around.keep(send())

    async def _looked(self, one: Subscription, generation: int, now: datetime) -> None:
        await asyncio.to_thread(partial(self._subscriptions.looked, one.number, now, generation=generation))
