"""Copies of one report are told from different news, and stories do not depend on the order of runs."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from newsroom import MARCH, MARKET, WEATHER, Newsroom

from index_store import Article, Chunk, Likeness, Span, open_catalog, open_writer
from ingest.duplicates import MOST_CANDIDATES, likenesses

PAIRS = 60


@pytest.fixture
def news() -> Newsroom:
    """Write the same news in every test."""
    return Newsroom(seed=7)


def none_stored(_bands: Sequence[int]) -> tuple[Article, ...]:
    """Look up live articles where there are none."""
    return ()


def found(one: Article, other: Article) -> bool:
    """Whether the later one is found to be a copy of the earlier, among all that is looked up by bands."""
    noted = likenesses([one, other], none_stored)
    return noted[other.article_id] == Likeness(noted[other.article_id].bands, (one.article_id,))


def share_found(pairs: Sequence[tuple[Article, Article]]) -> float:
    """Share of the pairs that are found to be copies."""
    return sum(found(*pair) for pair in pairs) / len(pairs)


@pytest.mark.parametrize(
    ("edit", "least"),
    [
        (lambda _, paragraphs: paragraphs, 1.0),
        (Newsroom.credit, 1.0),
        (Newsroom.corrected, 1.0),
        (Newsroom.inserted, 1.0),
        (partial(Newsroom.cut, keep=0.7), 1.0),
        (partial(Newsroom.cut, keep=0.5), 0.95),
        (partial(Newsroom.cut, keep=0.4), 0.85),
        (Newsroom.everything, 0.8),
    ],
    ids=["headline", "credit", "corrections", "insertion", "cut by 30 %", "cut by 50 %", "cut by 60 %", "everything"],
)
def test_copies_are_found(news: Newsroom, edit: Callable[[Newsroom, list[str]], Sequence[str]], least: float) -> None:
    """A report under another headline, with another credit, corrected or cut, is still the same report."""
    originals = [news.article(paragraphs=news.chance.randrange(5, 16)) for _ in range(PAIRS)]
    assert share_found([(one, news.reprint(one, partial(edit, news))) for one in originals]) >= least


def test_different_news_stays_apart(news: Newsroom) -> None:
    """No two articles about other things, about one event, or of one form with other numbers are called copies."""
    articles = [news.article() for _ in range(PAIRS)]
    assert share_found(list(pairwise(articles))) == 0
    assert share_found([news.two_reports_of_one_event() for _ in range(PAIRS)]) == 0
    for form in (WEATHER, MARKET):
        assert share_found([(news.filled(form), news.filled(form)) for _ in range(PAIRS)]) == 0


def test_a_round_up_is_no_copy_of_its_items(news: Newsroom) -> None:
    """A long text that holds a short one whole does not make it, and what else it holds, one story."""
    items = [news.article(paragraphs=2) for _ in range(6)]
    everything = news.article("\n\n".join(item.text for item in items), publisher="Marsh Courier")
    assert not any(found(item, everything) for item in items)


BOILERPLATE = (
    "Subscribe to go on reading. Readers get every report, the crossword and a letter from the harbour on Sundays, and "
    "may end their subscription whenever they like. Have you subscribed already? Then sign in with your address, and "
    "ask the office by telephone if you have lost your password."
)


@pytest.mark.parametrize(
    ("changes", "copies"),
    [
        ({"title": "Ferry to Reed sinks at its pier"}, True),
        ({"title": "Ferry to Reed sinks", "published_at": None}, True),
        ({"title": "Council of Osterby dissolves itself"}, False),
        ({"title": "Council of Osterby dissolves itself", "publisher": "Harbour Wire Business"}, False),
        ({"title": "Ferry to Reed sinks", "published_at": MARCH + timedelta(days=30)}, False),
    ],
    ids=["moved", "moved, undated", "boilerplate", "boilerplate of a part of it", "printed again"],
)
def test_one_outlet_repeats_a_text_for_other_reasons(
    news: Newsroom, changes: dict[str, object], *, copies: bool
) -> None:
    """An article that its own publisher moved is a copy; the same text under another headline, or later, is none."""
    one = replace(news.article(BOILERPLATE), title="Ferry to Reed sinks, all passengers swim ashore")
    other = replace(news.article(BOILERPLATE), **changes)  # type: ignore[arg-type]
    assert found(one, other) == copies


def test_a_follow_up_of_the_same_outlet_is_news(news: Newsroom) -> None:
    """An outlet that uses half of its own article again next day reports something else."""
    one = news.article()
    kept = one.text.split("\n\n")[:5]
    other = replace(news.article("\n\n".join([*(news.paragraph() for _ in range(3)), *kept])), title=one.title)
    assert not found(one, other)
    assert found(one, replace(other, publisher="Marsh Courier"))


@pytest.mark.parametrize(
    ("text", "other", "copies"),
    [
        ("The ferry sank. All swam.", "The ferry sank – all swam!", True),
        ("The ferry sank. All swam.", "The ferry sank. All swam ashore.", False),
        ("…", "…", False),
    ],
)
def test_short_texts_must_have_the_same_words(news: Newsroom, text: str, other: str, *, copies: bool) -> None:
    """A text of a few words is a copy only of one that says the same."""
    assert found(news.article(text), news.article(other, publisher="Quay Mail")) == copies


def test_long_articles_and_many_alike_take_little_time(news: Newsroom) -> None:
    """A text of ten megabytes, and a thousand pages of one boilerplate, cost no more than others."""
    began = time.process_time()
    alike = [news.article(BOILERPLATE, publisher=f"Paper {n}") for n in range(300)]
    noted = likenesses([news.article("word " * 2_000_000), *alike], none_stored)
    assert max(len(one.copies_of) for one in noted.values()) == MOST_CANDIDATES
    assert time.process_time() - began < 20


def index(folder: Path, batches: Sequence[Sequence[Article]]) -> dict[str, set[str]]:
    """Write batches as runs do, each in a run of its own; return each article's copies."""
    for batch in batches:
        with open_writer(folder, recipe="for tests") as writer:
            entries = [(one, (Chunk(one.article_id, 0, 0, 9, one.text[:9], (Span(0, 9),)),)) for one in batch]
            noted = likenesses(batch, partial(writer.sharing, limit=MOST_CANDIDATES))
            writer.replace(entries, np.eye(len(batch), 64, dtype=np.float32), noted)
    catalog = open_catalog(folder)
    ids = [one.article_id for batch in batches for one in batch]
    named = catalog.stories.story_ids(ids)
    catalog.close()
    return {one: {other for other in ids if other in named and named[other] == named[one]} for one in named}


def test_stories_do_not_depend_on_the_order_of_runs(news: Newsroom, tmp_path: Path) -> None:
    """Whatever the order of articles and however they are split into runs, the same ones end in one story."""
    originals = [news.article() for _ in range(3)]
    reprints = [news.reprint(one, edit) for one in originals for edit in (news.credit, news.inserted)]
    articles = [*originals, *reprints, news.article(), news.filled(WEATHER), news.filled(WEATHER)]
    expected = index(tmp_path / "at once", [articles])
    assert len(expected) == 9
    for seed in range(2):
        chance = random.Random(seed)  # noqa: S311 - nothing here is secret
        shuffled = chance.sample(articles, len(articles))
        cuts = [0, *sorted(chance.sample(range(1, len(articles)), 3)), len(articles)]
        assert index(tmp_path / str(seed), [shuffled[a:b] for a, b in pairwise(cuts)]) == expected


def test_a_corrected_article_joins_and_leaves_stories(news: Newsroom, tmp_path: Path) -> None:
    """What an article says now decides which story it belongs to."""
    one, other = news.article(), news.article()
    rewritten = replace(news.reprint(other), article_id="0" * 16)
    first = replace(news.reprint(one), article_id="0" * 16)
    pair = {one.article_id, "0" * 16}
    assert index(tmp_path, [[one, other, first]]) == {key: pair for key in pair}  # noqa: C420 - sets must not be shared
    pair = {other.article_id, "0" * 16}
    assert index(tmp_path, [[rewritten]]).keys() == {"0" * 16}
    catalog = open_catalog(tmp_path)
    assert catalog.stories.story_ids([one.article_id, *pair]) == dict.fromkeys(pair, min(pair))
    catalog.close()
