"""Answers over a few articles, indexed as a run does it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from linked_model import link_model

from bot.answering import Answerer
from index_store import Article, NewsIndex, PassageEncoder, open_writer
from ingest import Found, IngestSettings
from ingest.progress import show_progress
from ingest.reindex import index_articles, recipe


@contextmanager
def answerer_over(articles: Iterable[Article], folder: Path, encoder: PassageEncoder) -> Iterator[Answerer]:
    """Index articles into a folder, and open an answerer over them."""
    index_into(folder, articles, encoder)
    answers = Answerer(NewsIndex.open(folder))
    yield answers
    answers.close()


def index_into(folder: Path, articles: Iterable[Article], encoder: PassageEncoder) -> None:
    """Index articles into a folder; a changed article replaces its old version."""
    settings = IngestSettings()
    with open_writer(folder, recipe=recipe(settings)) as writer, show_progress(quiet=True) as progress:
        writer._encoder = encoder
        if encoder.compiled and not (folder / "encoder").exists():
            link_model(encoder.compiled, folder)
        index_articles((Found(one, one.url, ()) for one in articles), writer, settings, progress)


def remove_from(folder: Path, *article_ids: str) -> None:
    """Take articles out of a folder."""
    with open_writer(folder, recipe=recipe(IngestSettings())) as writer:
        writer.remove(article_ids)
