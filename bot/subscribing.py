"""What people subscribe to, and when it is looked for: frozen records and pure reckoning with hours."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, Self

Pause = Literal["", "forbidden", "gone"]

TOLD_ON = timedelta(days=4)  # a story's message is edited for so long
_LATEST = timedelta(hours=12)  # a digest that would come later than that after its hour is left out
_DAY = timedelta(days=1)
_HOURS = re.compile(r"\s*(\d{1,2})(?::00)?\s*(?:-|–|to|until)\s*(\d{1,2})(?::00)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """
    Hours in which nothing is posted, on the local clock.

    Attributes:
        begin: The first of them (0 to 23).
        end: The hour with which they are over (0 to 23), the next day where it is not after `begin`.
    """

    begin: int
    end: int

    @classmethod
    def read(cls, text: str) -> Self:
        """
        Read hours as people write them: "22-7", "22:00 to 07:00", "1 to 5".

        Raises:
            ValueError: If they are none, or the whole day.
        """
        found = _HOURS.fullmatch(text)
        begin, end = (int(hour) % 24 if int(hour) <= 24 else 99 for hour in found.groups()) if found else (99, 99)
        if begin > 23 or end > 23 or begin == end:
            raise ValueError("no quiet hours")
        return cls(begin, end)

    def __str__(self) -> str:
        return f"{self.begin:02}:00–{self.end:02}:00"

    def holds(self, hour: int) -> bool:
        """Whether an hour of the clock is one of them."""
        return (hour - self.begin) % 24 < (self.end - self.begin) % 24


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is subscribed to: news of a topic as it comes, or a digest a day.

    Attributes:
        topic: The matter; of a digest "" for everything.
        every_s: Seconds between two looks; of a digest 0.
        quiet: When nothing is posted; None for never, and for digests.
        daily_hour: The local hour of a digest (0 to 23); None for news as it comes.
    """

    topic: str
    every_s: int = 3_600
    quiet: QuietHours | None = None
    daily_hour: int | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    A subscription of a channel.

    Attributes:
        number: Never given twice.
        wish: To what.
        channel_id: Where it is posted: a channel, thread or direct conversation.
        guild_id: The server; None for a direct conversation.
        created_at: When it was made (UTC): what was published before is not news.
        looked_at: When it was last looked for (UTC); at first `created_at`.
        generation: State of the index that was looked through, to the end; -1 for none.
        paused: Why nothing is posted any more; "" while something is.
        parent_id: The channel that a thread hangs under; None elsewhere.
    """

    number: int
    wish: Wish
    channel_id: int
    guild_id: int | None
    created_at: datetime
    looked_at: datetime
    generation: int = -1
    paused: Pause = ""
    parent_id: int | None = None


def next_look(subscription: Subscription, *, now: datetime, zone: tzinfo | None) -> datetime:
    """
    Say when a subscription is to be looked for next; it is due where that has passed.

    Args:
        subscription: Not a paused one.
        now: The present.
        zone: Of its hours; None for the machine's own.
    """
    wish = subscription.wish
    if wish.daily_hour is not None:
        return _next_digest(subscription.looked_at, wish.daily_hour, now=now, zone=zone)
    due_at = max(subscription.looked_at + timedelta(seconds=wish.every_s), now)
    return _after(wish.quiet, due_at, zone) if wish.quiet else due_at


def digest_hour(hour: int, *, now: datetime, zone: tzinfo | None) -> datetime:
    """Return the last moment up to now at which a local clock struck this hour."""
    today = now.astimezone(zone).date()
    at = _at(today, hour, zone)
    return at if at <= now else _at(today - _DAY, hour, zone)


def _next_digest(looked_at: datetime, hour: int, *, now: datetime, zone: tzinfo | None) -> datetime:
    last = digest_hour(hour, now=now, zone=zone)
    if looked_at < last and now - last <= _LATEST:
        return last
    return _at(last.astimezone(zone).date() + _DAY, hour, zone)


def _after(quiet: QuietHours, moment: datetime, zone: tzinfo | None) -> datetime:
    """Return a moment, or the end of the quiet hours in which it lies."""
    local = moment.astimezone(zone)
    if not quiet.holds(local.hour):
        return moment
    end = _at(local.date(), quiet.end, zone)
    return end if end > moment else _at(local.date() + _DAY, quiet.end, zone)


def _at(day: date, hour: int, zone: tzinfo | None) -> datetime:
    """Return when a local clock strikes an hour, in UTC: moments of one zone are compared by their clocks alone."""
    local = datetime.combine(day, time(hour), zone)
    return local.astimezone(UTC)  # a time without a zone is the machine's
