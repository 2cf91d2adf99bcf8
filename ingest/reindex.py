"""
The loop that fills the index: read, leave out what has not changed, embed, commit, report.

It works in batches that are committed whole. Stopped at any moment, the same run started again finds what is done by
its fingerprint and goes on with the rest.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Protocol

from index_store import Article, Chunk, IndexWriter, PageState, PassageEncoder, SourceState
from ingest.article import Found, Rejected
from ingest.chunking import cut, embedded_text
from ingest.duplicates import MOST_CANDIDATES, likenesses
from ingest.memory import give_back
from ingest.settings import IngestSettings
from ingest.stream import Item, Known, Notice, Pause, Withdrawn

_LOOK_AHEAD_ARTICLES = 1_000  # so many are read ahead, to tell how much is left to do
_LOOK_AHEAD_CHARS = 20_000_000
_LOOK_AHEAD_STATES = 10_000
_LOOK_AHEAD_S = 5.0  # so that what comes slowly can be asked about soon, and is not lost if the run is killed
_VARIANT = "has the address of {} in another spelling, and another text; the first one met is kept"
_SAME_ADDRESS = "has the same address as another article of this run, {}; give it a url of its own"
_CUTTING = 2  # raise it with every change of where sentences or chunks end
_FIRST_BATCH_CHUNKS = 64  # a run that is killed early keeps something; each batch is twice the one before
_BATCH_CHUNKS = 512  # enough to fill the encoder's batches with texts of like length; half a minute on two cores


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of one source: why it failed, or what is odd about it."""

    source: str
    reason: str


@dataclass(slots=True)
class Report:
    """
    What a run did, in articles unless it says otherwise.

    Attributes:
        added, updated, unchanged: Articles new to the index, replaced by a new version, and left alone.
        duplicates: Articles met again in the same run, at the same address or another variant of it.
        copies: Articles added or updated that are copies of another, at another address.
        removed: Articles taken out of the index.
        chunks: Chunks embedded.
        seconds: Duration of the run.
        failures: What was not indexed, and why.
        is_complete: Whether all sources could be read, if not each page that they name.
        warnings: What was indexed with a reservation, and which.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    copies: int = 0
    removed: int = 0
    chunks: int = 0
    seconds: float = 0.0
    failures: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    is_complete: bool = True

    @property
    def failed(self) -> int:
        """How many articles or sources failed."""
        return len(self.failures)


class Progress(Protocol):
    """Where a run tells how far it is."""

    def read(self) -> None:
        """One more article was read, whether or not it has changed."""

    def expect(self, articles: int) -> None:
        """So many more articles are to be embedded."""

    def advance(self, articles: float) -> None:
        """So many of them are embedded; parts of an article count as parts."""


def recipe(settings: IngestSettings) -> str:
    """Name how articles are cut: an index holds chunks of one recipe only."""
    return f"cutting {_CUTTING}, up to {settings.chunk_pieces} pieces, headline and date before"


def index_articles(stream: Iterable[Item], writer: IndexWriter, settings: IngestSettings, progress: Progress) -> Report:
    """
    Bring the index up to date with what the sources yield.

    An unchanged article is not embedded again; a changed one replaces its older version whole.

    Args:
        stream: Articles, failures and states, in any order; the first of several articles with one id counts. A state
            is remembered once all that came before it is in the index.
        writer: The data folder, open for writing.
        settings: How to cut articles.
        progress: Told of each step.
    """
    began = time.monotonic()
    reading = _Reading(stream, writer, progress)
    while ahead := reading.ahead():
        if ahead.articles:
            progress.expect(len(ahead.articles))
            for batch in _batches(ahead.articles, writer.encoder(), settings):
                _embed_and_commit(batch, writer, reading.report, progress)
                give_back()
        if ahead.withdrawn:
            writer.remove(ahead.withdrawn)
        if ahead.states:
            writer.remember(ahead.states)
    reading.report.seconds = round(time.monotonic() - began, 3)
    return reading.report


@dataclass(slots=True)
class _Ahead:
    """What was read ahead and is to be written: changed articles, ids of withdrawn ones, and states, in this order."""

    articles: list[Article] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    states: list[SourceState | PageState] = field(default_factory=list)
    chars: int = 0

    def add(self, article: Article) -> None:
        """Add a changed article."""
        self.articles.append(article)
        self.chars += len(article.text)

    def must_come_before(self, item: Item) -> bool:
        """Whether an item speaks of an article that is still to be written, or removed."""
        match item:
            case Found():
                return item.article.article_id in self.withdrawn
            case Withdrawn():
                return any(article.article_id == item.article_id for article in self.articles)
        return False

    @property
    def is_enough(self) -> bool:
        """Whether it is time to write, so that memory stays flat."""
        too_much = len(self.articles) >= _LOOK_AHEAD_ARTICLES or self.chars >= _LOOK_AHEAD_CHARS
        return too_much or len(self.states) >= _LOOK_AHEAD_STATES


class _Reading:
    """Reads a stream a little ahead, and counts what need not be written."""

    def __init__(self, stream: Iterable[Item], writer: IndexWriter, progress: Progress) -> None:
        self.report = Report()
        self._items = iter(stream)
        self._writer = writer
        self._progress = progress
        self._seen: dict[
            str, tuple[int, str]
        ] = {}  # article ids, with a hash of the text and the address that came first

    def ahead(self) -> _Ahead | None:
        """Read until there is enough to write, the sources pause, or five seconds are over; None at the end."""
        ahead, until = _Ahead(), time.monotonic() + _LOOK_AHEAD_S
        for item in self._items:
            if ahead.must_come_before(item):
                self._items = chain([item], self._items)
                return ahead
            self._sort(item, ahead)
            if ahead.is_enough or isinstance(item, Pause) or time.monotonic() > until:
                return ahead
        return ahead if ahead != _Ahead() else None

    def _sort(self, item: Item, ahead: _Ahead) -> None:
        match item:
            case Found():
                self._progress.read()
                if self._is_changed(item):
                    ahead.add(item.article)
            case Known():
                self._progress.read()
                self.report.unchanged += 1
            case Rejected():
                self.report.failures.append(Remark(item.source, item.reason))
                self.report.is_complete &= item.is_minor
            case Withdrawn():
                if self._writer.live_fingerprint(item.article_id) is not None:
                    self.report.warnings.append(Remark(item.source, f"{item.reason}; removed from the index"))
                    self.report.removed += 1
                    self._seen.pop(item.article_id, None)
                    ahead.withdrawn.append(item.article_id)
            case Notice():
                self.report.warnings.append(Remark(item.source, item.remark))
            case SourceState() | PageState():
                ahead.states.append(item)

    def _is_changed(self, found: Found) -> bool:
        """Whether an article must be embedded; the others are counted."""
        article = found.article
        earlier = self._seen.get(article.article_id)
        self._seen.setdefault(article.article_id, (hash(article.text), article.url))
        if earlier:
            self._note_again(found, *earlier)
        elif self._writer.live_fingerprint(article.article_id) == article.fingerprint:
            self.report.unchanged += 1
        else:
            self.report.warnings += [Remark(found.source, warning) for warning in found.warnings]
            return True
        return False

    def _note_again(self, found: Found, text_hash: int, url: str) -> None:
        """Note an article whose address was met before in this run, then with this text and in this spelling."""
        is_same_text = text_hash == hash(found.article.text)
        if not is_same_text and url == found.article.url:
            self.report.failures.append(Remark(found.source, _SAME_ADDRESS.format(url)))
            self.report.is_complete = False
            return
        self.report.duplicates += 1
        if not is_same_text:
            self.report.warnings.append(Remark(found.source, _VARIANT.format(url)))


def _batches(
    articles: Iterable[Article], encoder: PassageEncoder, settings: IngestSettings
) -> Iterator[list[tuple[Article, tuple[Chunk, ...]]]]:
    """Cut articles into chunks and gather them into batches, small ones first, then of about `_BATCH_CHUNKS` chunks."""
    batch: list[tuple[Article, tuple[Chunk, ...]]] = []
    chunks, enough = 0, _FIRST_BATCH_CHUNKS
    for article in articles:
        batch.append((article, cut(article, chunk_pieces=_chunk_pieces(encoder, settings), pieces=encoder.pieces)))
        chunks += len(batch[-1][1])
        if chunks >= enough:
            yield batch
            batch, chunks, enough = [], 0, min(2 * enough, _BATCH_CHUNKS)
    if batch:
        yield batch


def _chunk_pieces(encoder: PassageEncoder, settings: IngestSettings) -> int:
    """Never more than the model reads."""
    return min(settings.chunk_pieces, encoder.window - 2)


def _embed_and_commit(
    batch: Sequence[tuple[Article, tuple[Chunk, ...]]], writer: IndexWriter, report: Report, progress: Progress
) -> None:
    encoder = writer.encoder()
    texts = [
        embedded_text(article, chunk, window=encoder.window, pieces=encoder.pieces)
        for article, chunks in batch
        for chunk in chunks
    ]
    known = sum(writer.live_fingerprint(article.article_id) is not None for article, _ in batch)
    articles_per_chunk = len(batch) / len(texts)
    vectors = encoder.encode_passages(texts, done=lambda chunks: progress.advance(chunks * articles_per_chunk))
    likeness = likenesses([article for article, _ in batch], partial(writer.sharing, limit=MOST_CANDIDATES))
    writer.replace(batch, vectors, likeness)
    report.updated += known
    report.copies += sum(bool(one.copies_of) for one in likeness.values())
    report.added += len(batch) - known
    report.chunks += len(texts)
