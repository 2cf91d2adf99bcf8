"""From sources to the index: the only writer. Knows `index_store`, and nothing of `bot`."""

from ingest.article import Found, Origin, RawArticle, Rejected, article_id, make_article
from ingest.settings import FetchSettings, IngestSettings, SourceSettings
from ingest.sources import read_source

__all__ = [
    "FetchSettings",
    "Found",
    "IngestSettings",
    "Origin",
    "RawArticle",
    "Rejected",
    "SourceSettings",
    "article_id",
    "make_article",
    "read_source",
]
