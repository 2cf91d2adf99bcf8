"""Timelines, digests and changes over a few invented articles, indexed as a run does it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small_index import index_into, remove_from

from bot.answering import Citation
from bot.overviews import Changes, changes, digest, timeline
from index_store import Article, Filters, NewsIndex, PassageEncoder

MONDAY = datetime(2024, 11, 18, 9, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)
WALK_OUT = (
    "Ferry crews in Port Maren went on strike on Monday, and 200 sailors left their ships in a dispute over pay. "
    "Union leader Ines Caldeira said that no ferry would leave the harbour before the owners made a better offer. "
    "The owners of the ferries called the strike unlawful and asked a judge to end it.\n\n"
    "Passengers to the islands slept on benches in the hall, where the town served soup and lent out blankets. "
    "Fishing boats carried the post, and the school of Little Orlo stayed closed for lack of teachers."
)
STAND_STILL = (
    "About 200 sailors left the ferries of Port Maren on Monday in a strike over pay, and went home.\n\n"
    "Shops on the islands fear that bread and milk will run out by the end of the week."
)
END = (
    "The ferry strike in Port Maren ended on Thursday after the crews won six percent more pay.\n\n"
    "Union leader Ines Caldeira spoke of a victory. Her members will vote on the deal by letter. "
    "The last ferry strike in Port Maren began on 3 March 2021 and took a month."
)
OWNER = (
    "Bo Lind, who owns the ferries of Port Maren, said on Wednesday that the strike would cost him a million a day.\n\n"
    "Banks have asked him for a plan, and he wants to sell two ships before the winter."
)
BAKERY = (
    "A bakery in Tarn won the prize for the best rye bread of the valley on Tuesday.\n\n"
    "Its oven is a hundred years old, and the dough rests for two days."
)


def article(number: int, title: str, text: str, publisher: str, *, days: int) -> Article:
    """An article that was published some days after Monday."""
    date = MONDAY + timedelta(days=days)
    return Article(f"{number:016x}", f"https://quay.example/{number}", title, text, (), publisher, date, "record", "en")


STRIKE = article(1, "Ferry crews on strike in Port Maren", WALK_OUT, "Quay Mail", days=0)
ENDED = article(4, "Ferry strike in Port Maren ends", END, "Quay Mail", days=4)
LOSSES = article(5, "Ferry owner of Port Maren counts losses of the strike", OWNER, "Harbour Post", days=3)
# Other matters, without which every word of a strike would be common.
OTHERS = tuple(
    article(10 + n, f"{who} {what}", f"{who} of {where} {what}, {more}.\n\n{tail}", "Inland Times", days=-20 - n)
    for n, (who, where, what, more, tail) in enumerate(
        (
            ("The choir", "Hollin", "sang for the queen", "who had asked for a lullaby", "It rained on the harps."),
            ("A beekeeper", "Sundry", "found a swarm in a church bell", "and waited for dusk", "The bell is cracked."),
            ("Astronomers", "Kell", "saw a comet with two tails", "one of them green", "It returns in ninety years."),
            ("The chess club", "Brask", "lost all nine boards", "to a team of children", "Nobody was over twelve."),
            (
                "A court",
                "Vellum",
                "freed a painter of false maps",
                "as no buyer was misled",
                "The maps hang in a bank.",
            ),
            (
                "Farmers",
                "Low Arden",
                "harvested the first tea",
                "under glass and with peat",
                "A pound costs a week's wages.",
            ),
            (
                "The museum",
                "Iskra",
                "opened its hall of clocks",
                "all of them an hour slow",
                "Visitors are given earplugs.",
            ),
            (
                "Divers",
                "Saltby",
                "raised the anchor of a galley",
                "near the old lighthouse",
                "It weighs as much as a cow.",
            ),
            (
                "A tram",
                "Ostrand",
                "ran backwards through the night",
                "without any driver",
                "Three sleepers missed their stop.",
            ),
            (
                "The weather office",
                "Fenn",
                "forecast snow for June",
                "and was right about it",
                "Sheep were brought inside.",
            ),
            (
                "A tailor",
                "Quill Street",
                "sewed a coat for a statue",
                "after a vote of the pupils",
                "It has eleven buttons.",
            ),
            ("Doctors", "Merrow", "cured a fever with moss", "that grows on slate", "A trial with mice comes next."),
        )
    )
)
ARTICLES = (
    STRIKE,
    article(2, "Ferries of Port Maren stand still in strike", STAND_STILL, "Harbour Post", days=0),
    article(3, "Ferry crews on strike in Port Maren", WALK_OUT, "Gull Gazette", days=1),
    ENDED,
    LOSSES,
    article(6, "Rye bread of Tarn wins a prize", BAKERY, "Tarn Times", days=6),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Path:
    """A data folder with a strike told by two publishers and a copy, and a bakery."""
    folder = tmp_path_factory.mktemp("strike")
    index_into(folder, (*ARTICLES, *OTHERS), encoder)
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> Iterator[NewsIndex]:
    """The index, open."""
    opened = NewsIndex.open(folder)
    yield opened
    opened.close()


def holds(index: NewsIndex, citations: tuple[Citation, ...]) -> bool:
    """Whether every quote stands in its article version, to the letter, and numbers have no gap."""
    texts = [index.version(one.article_id, one.version).article.text for one in citations]
    exact = [text[one.start : one.end] == one.quote for text, one in zip(texts, citations, strict=True)]
    return all(exact) and [one.n for one in citations] == list(range(1, len(citations) + 1))


def test_a_timeline_tells_each_event_once_and_oldest_first(index: NewsIndex) -> None:
    """Two reports and a copy of one walk-out are one line; what an article recalls has its own date."""
    told = timeline(index, "ferry strike in Port Maren", Filters())
    assert [event.date for event in told.events] == ["2021-03-03", "2024-11-18", "2024-11-20", "2024-11-21"]
    assert all(event.date_from == "sentence" for event in told.events)
    assert holds(index, told.citations)


def test_an_event_that_independent_publishers_tell_is_confirmed(index: NewsIndex) -> None:
    """The walk-out stands in two papers with the same number; its copy in a third counts for nothing more."""
    told = timeline(index, "ferry strike in Port Maren", Filters())
    walk_out, owner = (next(one for one in told.events if one.date == date) for date in ("2024-11-18", "2024-11-20"))
    cited = {one.publisher for one in told.citations if one.n in walk_out.claim.citations}
    assert (walk_out.claim.support, owner.claim.support) == ("confirmed", "single-source")
    assert "Harbour Post" in cited
    assert len(cited) == 2


def test_a_timeline_keeps_the_events_that_are_told_most(index: NewsIndex) -> None:
    """With room for one event, that of two publishers stays, and what is left out is counted."""
    told = timeline(index, "ferry strike in Port Maren", Filters(), limit=1)
    assert [event.date for event in told.events] == ["2024-11-18"]
    assert told.left_out == 3


@pytest.mark.parametrize("topic", ["ferry strike in Narvala", "prize for the ferry owner", "the"])
def test_a_topic_that_no_article_is_about_is_declined(index: NewsIndex, topic: str) -> None:
    """Where articles only touch the topic, nothing is told, and why."""
    told = timeline(index, topic, Filters())
    assert not told.events
    assert not told.citations
    assert told.reason


def test_a_timeline_knows_nothing_later_than_it_may(index: NewsIndex) -> None:
    """As of Tuesday the strike has not ended."""
    told = timeline(index, "ferry strike in Port Maren", Filters(as_of=MONDAY + timedelta(days=1)))
    assert [event.date for event in told.events] == ["2024-11-18"]


def test_a_digest_puts_first_what_most_sources_report(index: NewsIndex) -> None:
    """The strike comes before the newer bakery; a copy is shown as a publisher, and is no source."""
    told = digest(index, None, Filters(since=MONDAY, until=NEXT_MONDAY))
    strike = told.stories[0]
    assert strike.sources == 2
    assert set(strike.publishers) == {"Quay Mail", "Harbour Post", "Gull Gazette"}
    assert told.stories[-1].publishers != strike.publishers
    assert told.articles == len(ARTICLES)
    assert sum(len(story.articles) for story in told.stories) == len(ARTICLES)
    assert holds(index, told.citations)


def test_a_digest_is_of_the_last_day_unless_told_otherwise(index: NewsIndex) -> None:
    """Asked on the day of the bakery's prize, only that is told; asked a month later, nothing, and since when."""
    told = digest(index, None, Filters(as_of=MONDAY + timedelta(days=6, hours=8)))
    assert [story.publishers for story in told.stories] == [("Tarn Times",)]
    nothing = digest(index, None, Filters(as_of=NEXT_MONDAY + timedelta(days=30)))
    assert not nothing.stories
    assert nothing.reason is not None
    assert "The newest is of 24 November 2024." in nothing.reason


def test_a_digest_of_a_topic_holds_nothing_else(index: NewsIndex) -> None:
    """The bakery is not in the digest of the strike."""
    told = digest(index, "ferry strike in Port Maren", Filters(since=MONDAY, until=NEXT_MONDAY))
    assert "Tarn Times" not in {name for story in told.stories for name in story.publishers}
    assert told.stories


def test_changes_tell_what_no_older_article_told(index: NewsIndex) -> None:
    """Since Wednesday the end and the owner's losses are new, and the walk-out is not."""
    told = changes(index, "ferry strike in Port Maren", Filters(since=MONDAY + timedelta(days=2)))
    said = " ".join(claim.text for claim in told.new)
    assert "six percent" in said
    assert "million a day" in said
    assert "200 sailors" not in said
    assert (told.dropped, told.corrected, told.withdrawn) == ((), (), ())
    assert holds(index, told.citations)


def test_nothing_changed_is_said_so(index: NewsIndex) -> None:
    """Long after the last article, nothing is new, and the newest one's date is told; an unknown topic is unknown."""
    later = Filters(since=datetime(2024, 12, 24, tzinfo=UTC), as_of=datetime(2024, 12, 31, tzinfo=UTC))
    told = changes(index, "ferry strike in Port Maren", later)
    assert not told.new
    assert told.reason is not None
    assert "22 November 2024" in told.reason
    assert changes(index, "ferry strike in Narvala", later).reason == "No indexed article mentions Narvala."


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[Changes]:
    """What has changed after one article was corrected, one reworded and one removed."""
    folder = tmp_path_factory.mktemp("corrected")
    index_into(folder, (STRIKE, ENDED, LOSSES, *OTHERS), encoder)
    new = replace(ENDED, title="Ferry strike in Port Maren is over", text=END.replace("six percent", "seven percent"))
    index_into(folder, [new, replace(STRIKE, text=WALK_OUT.replace("slept on", "were sleeping on"))], encoder)
    remove_from(folder, LOSSES.article_id)
    index = NewsIndex.open(folder)
    told = changes(index, "ferry strike in Port Maren", Filters(since=datetime(2025, 1, 1, tzinfo=UTC)))
    assert holds(index, told.citations)
    yield told
    index.close()


def test_a_correction_is_shown_with_what_it_changed(corrected: Changes) -> None:
    """The headline, the sentence that went and the one that came are told, each quoted from its own version."""
    one = next(one for one in corrected.corrected if one.article.article_id == ENDED.article_id)
    assert (one.old_title, one.old_version, one.new_version) == (ENDED.title, 1, 2)
    assert ["six percent" in claim.text for claim in one.removed] == [True]
    assert ["seven percent" in claim.text for claim in one.added] == [True]
    assert {cited.version for cited in corrected.citations if cited.article_id == ENDED.article_id} == {1, 2}


def test_a_claim_is_dropped_where_its_number_goes_and_not_where_it_is_reworded(corrected: Changes) -> None:
    """“Six percent” is said no longer; who sleeps on benches still does, in other words."""
    assert len(corrected.corrected) == 2
    assert ["six percent" in claim.text for claim in corrected.dropped] == [True]


def test_a_removed_article_is_withdrawn(corrected: Changes) -> None:
    """It is named with the version that shows what it was."""
    (gone,) = corrected.withdrawn
    assert (gone.article.article_id, gone.version) == (LOSSES.article_id, 1)
