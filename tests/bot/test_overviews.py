"""Timelines, digests and changes over a few invented articles, indexed as a run does it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_index import index_into, remove_from
from strike_news import ARTICLES, END, ENDED, LOSSES, MONDAY, NEXT_MONDAY, OTHERS, STRIKE, WALK_OUT

from bot.answering import Citation
from bot.cli import dateline
from bot.overviews import Changes, changes, digest, timeline
from index_store import Filters, NewsIndex, PassageEncoder


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
def revised(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Path:
    """A data folder in which one article was corrected, one reworded and one removed."""
    folder = tmp_path_factory.mktemp("revised")
    index_into(folder, (STRIKE, ENDED, LOSSES, *OTHERS), encoder)
    new = replace(ENDED, title="Ferry strike in Port Maren is over", text=END.replace("six percent", "seven percent"))
    index_into(folder, [new, replace(STRIKE, text=WALK_OUT.replace("slept on", "were sleeping on"))], encoder)
    remove_from(folder, LOSSES.article_id)
    return folder


@pytest.fixture(scope="module")
def corrected(revised: Path) -> Changes:
    """What has changed in that folder."""
    with closing(NewsIndex.open(revised)) as index:
        told = changes(index, "ferry strike in Port Maren", Filters(since=datetime(2025, 1, 1, tzinfo=UTC)))
        assert holds(index, told.citations)
        return told


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


def test_a_correction_whose_old_text_was_given_up_is_still_told(revised: Path, tmp_path: Path) -> None:
    """After `compact --forget-versions-before` there is nothing to compare, and it says so."""
    folder = tmp_path / "forgotten"
    shutil.copytree(revised, folder)
    assert run(folder, "compact", "--forget-versions-before", "2999-01-01", "--yes").exit_code == 0
    asked = ("changes", "ferry strike in Port Maren", "--since", "2025-01-01")
    record = json.loads(run(folder, *asked, "--json").stdout)
    assert {one["is_comparable"] for one in record["corrected"]} == {False}
    assert record["dropped"] == []
    assert "was given up" in run(folder, *asked).output


def run(folder: Path, *arguments: str) -> Result:
    """Run the program on a folder."""
    return CliRunner().invoke(dateline, ["--data-dir", str(folder), *arguments])


@pytest.mark.parametrize(
    ("arguments", "lists"),
    [
        (("timeline", "ferry strike in Port Maren"), ("events",)),
        (("digest", "--since", "2024-11-18", "--until", "2024-11-25"), ("stories",)),
        (("digest", "ferry strike", "--since", "2024-11-18", "--until", "2024-11-25", "-n", "1"), ("stories",)),
        (("changes", "ferry strike in Port Maren", "--since", "2024-11-20"), ("new",)),
        (("timeline", "ferry strike in Narvala"), ()),
        (("digest", "--as-of", "2030-01-01"), ()),
        (("changes", "ferry strike in Narvala", "--since", "2024-11-20"), ()),
    ],
)
def test_every_overview_is_a_command_with_json(
    folder: Path, arguments: tuple[str, ...], lists: tuple[str, ...]
) -> None:
    """What is told for people is told for programs; each line names citations that are there; nothing is no failure."""
    told, record = run(folder, *arguments), json.loads(run(folder, *arguments, "--json").stdout)
    assert told.exit_code == 0, told.output
    lines = [line for name in lists for line in record[name]]
    assert bool(lines) == bool(lists)
    assert (record["reason"] is None) == bool(lists)
    numbers = {citation["n"] for citation in record["citations"]}
    for line in lines:
        assert set(line["citations"]) <= numbers
        assert line["text"].split()[:2] == " ".join(told.output.split()).partition(line["text"][:20])[1].split()[:2]
    if record["reason"]:
        assert record["reason"] in " ".join(told.output.split())


def test_changes_need_a_beginning(folder: Path) -> None:
    """Without --since it is wrong usage, and the message says how to give one; so is an empty topic."""
    asked = run(folder, "changes", "ferry strike")
    assert asked.exit_code == 2
    assert "--since" in asked.output
    assert run(folder, "timeline", "  ").exit_code == 2


def test_only_what_the_filters_let_pass_is_told(folder: Path) -> None:
    """--source and --until hold for every overview as for answers."""
    arguments = (
        "timeline",
        "ferry strike in Port Maren",
        "--source",
        "harbour post",
        "--until",
        "2024-11-19",
        "--json",
    )
    record = json.loads(run(folder, *arguments).stdout)
    assert {citation["publisher"] for citation in record["citations"]} == {"Harbour Post"}
    assert [event["date"] for event in record["events"]] == ["2024-11-18"]


def test_what_was_corrected_since_is_told_in_the_words_of_then(revised: Path) -> None:
    """As of a moment before a correction, nothing quotes the corrected text."""
    with closing(NewsIndex.open(revised)) as index:
        corrected_at = index.version(ENDED.article_id).indexed_at
        for until, percent in ((corrected_at - timedelta(seconds=1), "six"), (corrected_at, "seven")):
            first_seen = index.version(ENDED.article_id, 1).indexed_at
            if until < first_seen:  # both were committed within one second
                continue
            told = timeline(index, "ferry strike in Port Maren", Filters(as_of=until))
            assert any(f"{percent} percent" in event.claim.text for event in told.events)
            assert holds(index, told.citations)


def test_a_word_that_was_just_indexed_is_known(tmp_path: Path, encoder: PassageEncoder) -> None:
    """The first overview of an open index after a run finds what the run brought, as any search does."""
    index_into(tmp_path, OTHERS, encoder)
    with closing(NewsIndex.open(tmp_path)) as opened:
        assert timeline(opened, "ferry strike in Port Maren", Filters()).reason
        index_into(tmp_path, ARTICLES, encoder)
        assert timeline(opened, "ferry strike in Port Maren", Filters()).events
