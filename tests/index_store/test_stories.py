"""Copies of one report are one story, however they came, and a story counts once."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shelf import RECIPE, article, put, reader

from index_store import Article, Filters, Likeness, open_writer
from index_store.catalog import Catalog
from index_store.ranking import Candidate, keep_best, ranked
from index_store.records import Glance, Relevance
from index_store.stories import Stories
from index_store.words import Words

MARCH = datetime(2025, 3, 5, tzinfo=UTC)
EVERYTHING = Filters()
KEYS = tuple(article(f"a{n}").article_id for n in range(7))


def stories(folder: Path) -> list[set[str]]:
    """The stories of more than one article, by their smallest id, which names them."""
    catalog = Catalog.open(folder / "catalog.sqlite")
    named = catalog.stories.story_ids(KEYS)
    catalog.close()
    found = {story: {key for key in named if named[key] == story} for story in set(named.values())}
    assert all(story == min(members) and len(members) > 1 for story, members in found.items())
    return sorted(found.values(), key=min)


def connected(pairs: set[frozenset[str]]) -> list[set[str]]:
    """Connected components, worked out by merging."""
    groups: list[set[str]] = []
    for pair in pairs:
        joined = set(pair).union(*(group for group in groups if group & pair))
        groups = [group for group in groups if not group & pair] + [joined]
    return sorted(groups, key=min)


@pytest.mark.parametrize("seed", range(3))
def test_a_story_is_what_pairs_of_live_articles_connect(tmp_path: Path, seed: int) -> None:
    """After any entering, replacing and leaving, alone or together, stories are the connected live articles."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is secret
    pairs: set[frozenset[str]] = set()
    live: set[str] = set()
    for step in range(12):
        some = chance.sample(range(7), chance.randrange(1, 4))
        ids = [KEYS[n] for n in some]
        pairs = {pair for pair in pairs if not pair & set(ids)}
        live -= set(ids)
        with open_writer(tmp_path, recipe=RECIPE) as writer:
            if chance.random() < 0.3:
                writer.remove(ids)
            else:
                likenesses = {}
                for n in ids:
                    others = chance.sample(KEYS, chance.randrange(3))
                    likenesses[n] = Likeness(bands=(1, 2), copies_of=tuple(others))
                    pairs |= {frozenset((n, other)) for other in others if other in live and other != n}
                    live.add(n)
                put(writer, [article(f"a{n}", f"Step {step}.") for n in some], likenesses)
        assert stories(tmp_path) == connected(pairs)


class Stopped(BaseException):
    """The run was ended from outside, as by a signal."""


def stop(*_: object, **__: object) -> None:
    """End the run."""
    raise Stopped


def test_who_shares_most_bands_comes_first_and_who_left_never(tmp_path: Path) -> None:
    """Candidates are live articles, the most alike first; a replaced one counts with its new bands."""
    one, two, three = (article(name) for name in ("one", "two", "three"))
    bands = {"one": (1, 2, 3), "two": (2, 3, -(2**63)), "three": (3,)}
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [one, two, three], {article(name).article_id: Likeness(bands[name]) for name in bands})
        assert writer.sharing((2, 3, -(2**63), 9), limit=9) == (two, one, three)
        assert writer.sharing((3,), limit=2) == (three, two)  # the newest of equal ones
        writer.remove([two.article_id])
        put(writer, [article("one", "Another text.")], {one.article_id: Likeness((7,))})
        assert writer.sharing((2, 3), limit=9) == (three,)


@pytest.mark.parametrize("step", [(Stories, "enter"), (Stories, "settle"), (Words, "replace")], ids=str)
def test_an_article_joins_its_story_or_is_not_there(
    tmp_path: Path, step: tuple[type, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended in the middle of a change, neither the new version nor its pairs are there, and the old ones still are."""
    one, two, three = KEYS[:3]
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("a0"), article("a1")], {one: Likeness((1,)), two: Likeness((1,), (one,))})
    with monkeypatch.context() as patch, suppress(Stopped), open_writer(tmp_path, recipe=RECIPE) as writer:
        patch.setattr(*step, stop)
        put(writer, [article("a1", "Another text."), article("a2")], {three: Likeness((1,), (one,))})
    assert stories(tmp_path) == [{one, two}]
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        assert {found.article_id for found in writer.sharing((1,), limit=9)} == {one, two}
        put(writer, [article("a1", "Another text."), article("a2")], {three: Likeness((1,), (one,))})
    assert stories(tmp_path) == [{min(one, three), max(one, three)}]


TEXTS = ("The ferry sank at noon.", "Its captain swam ashore.", "Nobody else was aboard.")


def fill(folder: Path) -> dict[str, Article]:
    """Index a report in three papers, the middle one first in time, and another article."""
    dates = {"quay": 3, "marsh": 1, "ellery": 2}
    articles = {
        name: article(name, *TEXTS, publisher=name, title="Ferry sinks", published_at=MARCH + timedelta(days=days))
        for name, days in dates.items()
    }
    articles["bridge"] = article("bridge", "The bridge stands. The ferry sank.", published_at=MARCH)
    quay, marsh, ellery, _ = (one.article_id for one in articles.values())
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, list(articles.values()), {marsh: Likeness((), (quay,)), ellery: Likeness((), (marsh,))})
    return articles


@pytest.mark.parametrize("resident", [False, True], ids=["one-off", "resident"])
def test_a_story_counts_once_in_a_search(tmp_path: Path, *, resident: bool) -> None:
    """One article stands for its copies, of equal ones the earliest, and the others are named in the order of time."""
    articles = fill(tmp_path)
    index = reader(tmp_path, resident=resident)
    passages = index.search("ferry sank", EVERYTHING, limit=9, per_article=1)
    assert [passage.article for passage in passages] in (
        [articles["marsh"], articles["bridge"]],
        [articles["bridge"], articles["marsh"]],
    )
    named = {one.article.publisher: [copy.publisher for copy in one.also_in] for one in passages}
    assert named == {"marsh": ["ellery", "quay"], "Example News": []}
    index.close()


def test_several_passages_of_a_story_come_from_one_article(tmp_path: Path) -> None:
    """With three passages an article, a story gives three of the article that stands for it, not one of each copy."""
    articles = fill(tmp_path)
    index = reader(tmp_path)
    passages = index.search("ferry captain nobody aboard", EVERYTHING, limit=9, per_article=3)
    of_the_story = [passage for passage in passages if passage.article != articles["bridge"]]
    assert {passage.article.publisher for passage in of_the_story} == {"marsh"}
    assert sorted(passage.text for passage in of_the_story) == sorted(TEXTS)
    index.close()


def test_copies_that_do_not_pass_are_not_named(tmp_path: Path) -> None:
    """What the filters hide neither stands for a story nor is named with it."""
    fill(tmp_path)
    index = reader(tmp_path)
    (passage, *_) = index.search("captain", Filters(since=MARCH + timedelta(days=2)), limit=1, per_article=1)
    assert (passage.article.publisher, [copy.publisher for copy in passage.also_in]) == ("ellery", ["quay"])
    index.close()


@pytest.mark.parametrize("resident", [False, True], ids=["one-off", "resident"])
def test_many_copies_do_not_crowd_out_other_articles(tmp_path: Path, *, resident: bool) -> None:
    """A report in more papers than a search looks at leaves room for what else matches."""
    first, *copies = (article(f"paper{n}", "The ferry sank at noon.") for n in range(240))
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [first, *copies], {copy.article_id: Likeness((), (first.article_id,)) for copy in copies})
        put(writer, [article("bridge", "A bridge was closed when some ferry had trouble on a long, long day.")])
    index = reader(tmp_path, resident=resident)
    passages = index.search("The ferry sank at noon.", EVERYTHING, limit=5, per_article=1)
    assert [passage.text[:7] for passage in passages] == ["The fer", "A bridg"]
    assert len(passages[0].also_in) == 5
    index.close()


def candidate(key: str, story: str, *, day: int = 1, cosine: float = 0.5) -> Candidate:
    """A candidate of the article that its key begins with."""
    public_by = int((MARCH + timedelta(days=day)).timestamp())
    glance = Glance(key[0], public_by, None, cosine)
    return Candidate(key, story, glance, 0.0, Relevance(cosine, 0.0, 0.0, 0.0, 0.0))


def test_of_equal_scores_the_earliest_comes_first() -> None:
    """What two batches of the encoder make of one text differs by less than counts."""
    late, early = candidate("a1", "s", day=2, cosine=0.5 + 1e-8), candidate("b1", "s", day=1)
    assert [one.key for one, _ in ranked([late, early])] == ["b1", "a1"]
    better = candidate("a1", "s", day=2, cosine=0.51)
    assert [one.key for one, _ in ranked([better, early])] == ["a1", "b1"]


def test_the_best_article_stands_for_its_story() -> None:
    """The best candidate's article keeps its own others, and its copies' are left out."""
    in_order = [(candidate(key, key.translate({98: "a"})[0]), 0.5) for key in ("a1", "b1", "c1", "a2", "b2", "a3")]
    assert [one.key for one, _ in keep_best(in_order, limit=9, per_article=2)] == ["a1", "c1", "a2"]
    assert [one.key for one, _ in keep_best(in_order, limit=2, per_article=9)] == ["a1", "c1"]
