"""`NewsRetriever` gives LlamaIndex what `NewsIndex` finds, whole, and never in the way of an event loop."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.schema import MetadataMode, NodeWithScore
from shelf import RECIPE, article, put, reader

from index_store import Filters, NewsIndex, NewsRetriever, Passage, open_writer

FERRY = article("ferry", "The ferry leaves at nine.", "Tickets cost four euros.", "The ferry carries bicycles.")
BRIDGE = article("bridge", "The bridge is closed.", published_at=None, publisher=None)
TUNNEL = article("tunnel", "The tunnel opens in May.", published_at=datetime(2025, 4, 1, 9, tzinfo=UTC))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[NewsIndex]:
    """An index of three articles, five chunks."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [FERRY, BRIDGE, TUNNEL])
    opened = reader(tmp_path)
    yield opened
    opened.close()


def texts(found: list[NodeWithScore]) -> list[str]:
    """What was found, best first."""
    return [one.node.get_content() for one in found]


def test_a_node_holds_the_whole_passage(index: NewsIndex) -> None:
    """The best node has the chunk's key, its text and exact span, its article as source, and its score."""
    found = NewsRetriever(index).retrieve("Tickets cost four euros.")
    best = found[0].node
    assert (best.node_id, best.ref_doc_id) == (f"{FERRY.article_id}.1.1", FERRY.article_id)
    assert best.get_content() == FERRY.text[best.start_char_idx : best.end_char_idx] == "Tickets cost four euros."
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert best.metadata == {
        "title": "Report on ferry",
        "url": "https://news.example/ferry",
        "publisher": "Example News",
        "published_at": "2025-03-05T00:00:00Z",
        "article_id": FERRY.article_id,
        "version": 1,
    }


def test_what_is_not_known_is_left_out(index: NewsIndex) -> None:
    """An article without date and publisher has no such metadata; a language model is never shown "None"."""
    best = NewsRetriever(index).retrieve("The bridge is closed.")[0].node
    assert best.metadata.keys() == {"title", "url", "article_id", "version"}
    shown = best.get_content(MetadataMode.LLM)
    assert "Report on bridge" in shown
    assert "None" not in shown
    assert BRIDGE.article_id not in shown


def test_the_version_is_the_one_that_is_quoted(tmp_path: Path) -> None:
    """After a change, a node names the second version, and the first is found no more."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("ferry", "The ferry leaves at nine.")])
        put(writer, [article("ferry", "The ferry leaves at ten.")])
    index = reader(tmp_path)
    (only,) = NewsRetriever(index).retrieve("When does the ferry leave?")
    assert (only.node.metadata["version"], only.node.get_content()) == (2, "The ferry leaves at ten.")
    index.close()


def test_filters_and_limits_hold(index: NewsIndex) -> None:
    """Only what passes the filters is found, at most so many nodes, and at most so many of one article."""
    april = Filters(since=datetime(2025, 4, 1, tzinfo=UTC))
    assert texts(NewsRetriever(index, filters=april).retrieve("ferry")) == ["The tunnel opens in May."]
    assert len(NewsRetriever(index, limit=2).retrieve("ferry")) == 2
    of_one = NewsRetriever(index, limit=5, per_article=1).retrieve("the ferry")
    assert [one.node.ref_doc_id for one in of_one].count(FERRY.article_id) == 1


@pytest.mark.parametrize("limits", [{"limit": 0}, {"per_article": 0}])
def test_limits_below_one_are_refused(limits: dict[str, int], index: NewsIndex) -> None:
    """A retriever that could find nothing is not made."""
    with pytest.raises(ValueError, match="at least 1"):
        NewsRetriever(index, **limits)


def test_async_finds_the_same(index: NewsIndex) -> None:
    """Twenty questions at once, as tasks or from threads, are each answered as if they were asked alone."""
    retriever = NewsRetriever(index, limit=3)
    questions = ["ferry", "Tickets cost four euros.", "bridge closed", "tunnel"] * 5
    alone = [texts(retriever.retrieve(question)) for question in questions]

    async def together() -> list[list[NodeWithScore]]:
        return await asyncio.gather(*map(retriever.aretrieve, questions))

    assert [texts(found) for found in asyncio.run(together())] == alone
    with ThreadPoolExecutor(8) as threads:
        assert [texts(found) for found in threads.map(retriever.retrieve, questions)] == alone


def test_the_event_loop_stays_free(index: NewsIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one search waits, the loop goes on: here the search waits for something that only the loop does."""
    ready = threading.Event()
    search = index.search

    def waiting(*args: Any, **more: Any) -> tuple[Passage, ...]:
        assert ready.wait(timeout=30)
        return search(*args, **more)

    monkeypatch.setattr(index, "search", waiting)

    async def ask() -> list[NodeWithScore]:
        asked = asyncio.create_task(NewsRetriever(index).aretrieve("ferry"))
        await asyncio.sleep(0)  # the search begins
        ready.set()
        return await asked

    assert texts(asyncio.run(ask()))


def test_one_search_at_a_time(index: NewsIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index is never searched by two threads at once, through however many retrievers."""
    search, inside = index._search_once, threading.Lock()

    def alone(*args: Any, **more: Any) -> tuple[Passage, ...]:
        assert inside.acquire(blocking=False)
        try:
            return search(*args, **more)
        finally:
            inside.release()

    monkeypatch.setattr(index, "_search_once", alone)
    retrievers = [NewsRetriever(index) for _ in range(20)]

    async def together() -> list[list[NodeWithScore]]:
        return await asyncio.gather(*(retriever.aretrieve("ferry") for retriever in retrievers))

    assert len(asyncio.run(together())) == 20


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_asked(index: NewsIndex, question: str) -> None:
    """Whatever a chat hands over is searched for, half characters and query syntax too."""
    assert len(NewsRetriever(index, limit=2).retrieve(question)) == 2
