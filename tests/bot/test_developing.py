"""Stories as they unfold, for a reader who knows some of them, over a few invented articles."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from small_index import index_into
from strike_news import ARTICLES, ENDED, MONDAY, OTHERS

from bot.overviews import Known, developing
from index_store import Filters, NewsIndex, PassageEncoder

TOPIC = "ferry strike in Port Maren"
DAY = timedelta(days=1)
SINCE, NOW = MONDAY - DAY, MONDAY + 5 * DAY
LATER = NOW + DAY


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[NewsIndex]:
    """A strike told by two publishers and a copy, its end, its costs, and other matters."""
    folder = tmp_path_factory.mktemp("developing")
    index_into(folder, (*ARTICLES, *OTHERS), encoder)
    opened = NewsIndex.open(folder)
    yield opened
    opened.close()


def told(index: NewsIndex, *known: Known, topic: str = TOPIC) -> list[tuple[int | None, set[int]]]:
    """Stories: under which number they are known, and the numbers of their articles."""
    found = developing(index, topic, known, Filters(since=SINCE), now=NOW, limit=9).stories
    return [(one.known, {int(each.article_id, 16) for each in one.story.articles}) for one in found]


def known(number: int, *articles: int, closes_at: object = LATER) -> Known:
    """A story that was told."""
    return Known(number, tuple(f"{one:016x}" for one in articles), closes_at)  # type: ignore[arg-type]


def test_every_article_is_in_one_story(index: NewsIndex) -> None:
    """Copies are with what they copy, and other matters are left out."""
    stories = told(index)
    assert [number for number, _ in stories] == [None] * len(stories)
    ids = [article for _, articles in stories for article in articles]
    assert sorted(ids) == [1, 2, 3, 4, 5]
    assert any({1, 2, 3} <= articles for _, articles in stories)


def test_what_reports_the_same_joins_a_known_story(index: NewsIndex) -> None:
    """One article of it was told: the others, copies too, belong to it."""
    stories = dict(told(index, known(7, 2)))
    assert {1, 2, 3} <= stories[7]
    assert not any(2 in articles for number, articles in stories.items() if number is None)


def test_an_article_stays_in_the_story_that_it_was_told_in(index: NewsIndex) -> None:
    """Though it is one with others by now: two posts stay two, and no article is in both."""
    stories = dict(told(index, known(7, 1), known(8, 2)))
    assert 1 in stories[7]
    assert 2 in stories[8]
    assert not stories[7] & stories[8]
    assert 3 in stories[7]  # the copy of 1


def test_days_are_searched_by_themselves_where_there_is_much(index: NewsIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same stories in the end."""
    whole = told(index)
    monkeypatch.setattr(import_module("bot.overviews.developing"), "_SEARCHED_WHOLE", 0)
    assert told(index) == whole


def test_a_closed_story_takes_no_later_articles(index: NewsIndex) -> None:
    """What was published after it was closed is new; what came before, and a copy of any age, is not."""
    stories = told(index, known(7, 1, closes_at=MONDAY + timedelta(hours=12)))
    new = set[int]().union(*(articles for number, articles in stories if number is None))
    assert new == {4, 5}


def test_a_story_that_is_told_on_no_more_is_not_told(index: NewsIndex) -> None:
    """Its articles are named, so that whoever keeps books can: late ones and copies among them."""
    found = developing(index, TOPIC, [known(7, 1, closes_at=NOW)], Filters(since=SINCE), now=NOW, limit=9)
    assert [one.known for one in found.stories] == [None] * len(found.stories)
    ((number, ids),) = found.closed
    assert number == 7
    assert {1, 2, 3} <= {int(one, 16) for one in ids}


def test_a_few_new_stories_are_told_and_the_others_counted(index: NewsIndex) -> None:
    """The main one first."""
    whole = developing(index, TOPIC, (), Filters(since=SINCE), now=NOW, limit=9)
    first = developing(index, TOPIC, (), Filters(since=SINCE), now=NOW, limit=1)
    assert first.stories == whole.stories[:1]
    assert (first.left_out, whole.left_out) == (len(whole.stories) - 1, 0)


def test_a_week_back_is_as_far_as_it_looks(index: NewsIndex) -> None:
    """Whatever is indexed later than that is no news any more."""
    late = developing(index, TOPIC, (), Filters(since=SINCE), now=ENDED.published_at + 8 * DAY, limit=9)  # type: ignore[operator]
    assert late.stories == ()


def test_each_quote_is_of_its_story(index: NewsIndex) -> None:
    """To the letter, from one of the story's articles."""
    for one in developing(index, TOPIC, (), Filters(since=SINCE), now=NOW, limit=9).stories:
        citation = one.citations[one.story.claim.citations[0] - 1]
        assert citation.article_id in {each.article_id for each in one.story.articles}
        text = index.version(citation.article_id, citation.version).article.text
        assert text[citation.start : citation.end] == citation.quote


def test_an_unknown_topic_has_no_stories(index: NewsIndex) -> None:
    """Neither has one that names nothing."""
    assert told(index, topic="Zanzibar") == told(index, topic="the of and") == []
