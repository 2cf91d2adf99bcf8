"""
The loop that fills the index: read, leave out what has not changed, embed, commit, report.

It works in batches that are committed whole. Stopped at any moment, the same run started again finds what is done by
its fingerprint and goes on with the rest.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Protocol

from index_store import Article, Chunk, IndexWriter, PassageEncoder
from ingest.article import Found, Rejected
from ingest.chunking import cut, embedded_text
from ingest.duplicates import MOST_CANDIDATES, likenesses
from ingest.settings import IngestSettings

_LOOK_AHEAD_ARTICLES = 1_000  # so many are read ahead, to tell how much is left to do
_VARIANT = "has the address of {} in another spelling, and another text; the first one met is kept"
_SAME_ADDRESS = "has the same address as another article of this run, {}; give it a url of its own"
_CUTTING = 2  # raise it with every change of where sentences or chunks end
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

    @property
    def failed(self) -> int:
        """How many articles or sources failed."""
        return len(self.failures)


class Progress(Protocol):
    """Where a run tells how far it is."""

    def expect(self, articles: int) -> None:
        """So many more articles are to be embedded."""

    def advance(self, articles: float) -> None:
        """So many of them are embedded; parts of an article count as parts."""


def recipe(settings: IngestSettings) -> str:
    """Name how articles are cut: an index holds chunks of one recipe only."""
    return f"cutting {_CUTTING}, up to {settings.chunk_pieces} pieces, headline and date before"


def index_articles(
    found: Iterable[Found | Rejected], writer: IndexWriter, settings: IngestSettings, progress: Progress
) -> Report:
    """
    Bring the index up to date with what the sources yield.

    An unchanged article is not embedded again; a changed one replaces its older version whole.

    Args:
        found: Articles and refusals, in any order; the first of several with one id counts.
        writer: The data folder, open for writing.
        settings: How to cut articles.
        progress: Told of each step.
    """
    began = time.monotonic()
    report = Report()
    changed = _changed(found, writer, report)
    while ahead := list(islice(changed, _LOOK_AHEAD_ARTICLES)):
        progress.expect(len(ahead))
        for batch in _batches(ahead, writer.encoder(), settings):
            _embed_and_commit(batch, writer, report, progress)
    report.seconds = round(time.monotonic() - began, 3)
    return report


def _changed(found: Iterable[Found | Rejected], writer: IndexWriter, report: Report) -> Iterator[Article]:
    """Yield each article that must be embedded; count the others."""
    seen: dict[
        str, tuple[int, str]
    ] = {}  # article ids of this run, with a hash of the text and address that came first
    for one in found:
        if isinstance(one, Rejected):
            report.failures.append(Remark(one.source, one.reason))
            continue
        article = one.article
        earlier = seen.get(article.article_id)
        seen.setdefault(article.article_id, (hash(article.text), article.url))
        if earlier:
            _note_again(one, *earlier, report)
        elif writer.live_fingerprint(article.article_id) == article.fingerprint:
            report.unchanged += 1
        else:
            report.warnings += [Remark(one.source, warning) for warning in one.warnings]
            yield article


def _note_again(one: Found, text_hash: int, url: str, report: Report) -> None:
    """Note an article whose address was met before in this run, then with this text and in this spelling."""
    if text_hash != hash(one.article.text) and url == one.article.url:
        report.failures.append(Remark(one.source, _SAME_ADDRESS.format(url)))
        return
    report.duplicates += 1
    if text_hash != hash(one.article.text):
        report.warnings.append(Remark(one.source, _VARIANT.format(url)))


def _batches(
    articles: Iterable[Article], encoder: PassageEncoder, settings: IngestSettings
) -> Iterator[list[tuple[Article, tuple[Chunk, ...]]]]:
    """Cut articles into chunks and gather them into batches of about `_BATCH_CHUNKS` chunks."""
    batch: list[tuple[Article, tuple[Chunk, ...]]] = []
    chunks = 0
    for article in articles:
        batch.append((article, cut(article, chunk_pieces=_chunk_pieces(encoder, settings), pieces=encoder.pieces)))
        chunks += len(batch[-1][1])
        if chunks >= _BATCH_CHUNKS:
            yield batch
            batch, chunks = [], 0
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
