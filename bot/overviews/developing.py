"""`developing`: the stories of a topic as they unfold, for a reader who has been told some of them already."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from bot.answering import Citation
from bot.overviews.citing import Citations
from bot.overviews.digest import Group, copies_together, group_of, main_first, reports_together, story_of
from bot.overviews.records import Story
from bot.overviews.topic import Topic, reader_of
from index_store import Filters, LiveChunk, NewsIndex, Version

LOOKS_BACK = timedelta(days=7)  # what is indexed later than that after its publication is no news any more
_SEARCHED_WHOLE = 100  # articles; where there are more, each day is searched by itself: none crowds out another's
_DAY = timedelta(days=1)
_MOST_COPIES = 20

_Copies = Sequence[LiveChunk]  # of one report


@dataclass(frozen=True, slots=True)
class Known:
    """
    A story that has been told.

    Attributes:
        number: Which one; of two, the lower was told first.
        article_ids: Its articles so far.
        closes_at: Until when it is told on; what is published later is a story of its own.
    """

    number: int
    article_ids: tuple[str, ...]
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Unfolding:
    """
    A story as it stands now.

    Attributes:
        known: Number under which it was told; None for a new one.
        story: All that is told of it.
        citations: In the order of their numbers.
    """

    known: int | None
    story: Story
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Developing:
    """
    The stories of a topic.

    Attributes:
        stories: The known ones that are told on, first told first; then the new ones, those of most sources first.
        left_out: How many more new ones there are.
        closed: Articles of the known ones that are told on no more: number of the story, and ids.
        reason: Always None: that nothing is new needs no reason.
    """

    stories: tuple[Unfolding, ...]
    left_out: int = 0
    closed: tuple[tuple[int, tuple[str, ...]], ...] = ()
    reason: str | None = None


def developing(
    index: NewsIndex, topic: str, known: Sequence[Known], filters: Filters, *, now: datetime, limit: int
) -> Developing:
    """
    Sort what was published of a topic into stories that were told, and new ones.

    An article belongs to the story that it, or a copy of it, was told in; else to the one that most articles which
    report the same were told in. So no article leads to two stories, however the groups shift.

    Args:
        index: An open index.
        topic: The matter.
        known: What was told.
        filters: What it may draw on. `since` is from when on articles count, and at most for a week; one that states no
            more than a day counts on the day itself if it was not indexed before.
        now: The present.
        limit: Most new stories (at least 1).

    Raises:
        ValueError: If `filters.since` is None.
    """
    if filters.since is None:
        raise ValueError("what develops needs a moment to begin at")
    begin = max(filters.since, now - LOOKS_BACK)
    told = {article_id for one in known for article_id in one.article_ids if one.closes_at > now}
    found = _about(index, topic, replace(filters, since=_midnight(begin)), now)
    chunks = index.chunks_of(found | told, Filters(), most=1)[::-1]  # newest first
    articles = [one for one in chunks if one.chunk.article_id in told or _counts(one.version, begin)]
    sorted_in = _Sorted(known, index)
    for reports in reports_together(copies_together(articles, index), index):
        sorted_in.take(reports)
    new = main_first(map(group_of, sorted_in.new))
    is_open = {one.number for one in known if one.closes_at > now}
    ongoing = [(number, group) for number, group in sorted_in.told() if number in is_open]
    wanted = (*ongoing, *((None, group) for group in new[:limit]))
    return Developing(
        stories=tuple(_unfolding(number, group, index) for number, group in wanted),
        left_out=max(0, len(new) - limit),
        closed=tuple((number, _ids(group)) for number, group in sorted_in.told() if number not in is_open),
    )


def _ids(group: Group) -> tuple[str, ...]:
    return tuple(chunk.chunk.article_id for chunk in group.articles)


def _about(index: NewsIndex, topic: str, window: Filters, now: datetime) -> set[str]:
    """Find the articles about a topic, and their copies."""
    matter, found = Topic(index, topic, now=now), set[str]()
    for part in _parts(window, now) if index.count_articles(window) > _SEARCHED_WHOLE else (window,):
        found.update(matter.find(part).article_ids)
    for article_id in index.story_ids(found):
        found.update(one.article_id for one in index.copies(article_id, window, limit=_MOST_COPIES))
    return found


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time.min, UTC)


def _parts(window: Filters, now: datetime) -> Iterator[Filters]:
    """Cut a window into days; the last one has no end, for clocks differ."""
    begin = window.since
    while begin and begin + _DAY < now:
        yield replace(window, since=begin, until=begin + _DAY)
        begin += _DAY
    yield replace(window, since=begin)


def _counts(version: Version, since: datetime) -> bool:
    published = version.article.published_at
    if published is None or published >= since:
        return published is not None
    return published.astimezone(UTC).time() == time.min and version.first_seen_at >= since


class _Sorted:
    """
    Groups of articles, sorted into known stories and new ones.

    Attributes:
        new: The reports of each new story.
    """

    def __init__(self, known: Sequence[Known], index: NewsIndex) -> None:
        self.new: list[Sequence[_Copies]] = []
        self._closes_at = {one.number: one.closes_at for one in known}
        self._told: defaultdict[int, list[_Copies]] = defaultdict(list)
        self._number_of: dict[str, int] = {}
        told = sorted(((one.number, article_id) for one in known for article_id in one.article_ids), reverse=True)
        stories = index.story_ids(article_id for _, article_id in told)
        for number, article_id in told:  # the story that was told first comes last, and stays
            self._number_of[article_id] = number
            self._number_of[stories.get(article_id, article_id)] = number
        self._index = index

    def take(self, reports: Sequence[_Copies]) -> None:
        """Sort in the articles of one group: sets of copies, the newest first."""
        numbers = [self._number(copies) for copies in reports]
        votes = Counter(number for number in numbers if number is not None)
        main = max(votes, key=lambda number: (votes[number], -number), default=None)
        apart = list[_Copies]()
        for copies, number in zip(reports, numbers, strict=True):
            if number is None and main is not None and copies[-1].version.public_by <= self._closes_at[main]:
                number = main
            (apart if number is None else self._told[number]).append(copies)
        if apart:
            self.new.append(apart)

    def told(self) -> Iterable[tuple[int, Group]]:
        """Return the known stories that have articles, the one told first first."""
        return [(number, group_of(sorted(self._told[number], key=_age))) for number in sorted(self._told)]

    def _number(self, copies: _Copies) -> int | None:
        ids = [chunk.chunk.article_id for chunk in copies]
        names = (*ids, *self._index.story_ids(ids).values())
        return min((self._number_of[name] for name in names if name in self._number_of), default=None)


def _age(copies: _Copies) -> float:
    return -copies[-1].version.public_by.timestamp()


def _unfolding(number: int | None, group: Group, index: NewsIndex) -> Unfolding:
    citations = Citations()
    story = story_of(group, index, citations, reader_of(index), Filters())
    return Unfolding(number, story, citations.all)
