"""The live articles as JSON lines, which `dateline index` reads back to the same articles and chunks."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from index_store.catalog import Catalog
from index_store.records import Article, Filters


def exported_lines(catalog: Catalog, filters: Filters) -> Iterator[str]:
    """Write each live article that passes as one line, without its end; oldest first, as of one moment."""
    for article in catalog.live_articles(filters):
        yield json.dumps(article_json(article), ensure_ascii=False)


def article_json(article: Article) -> dict[str, object]:
    """Write an article with all its fields; its dates keep the zone they were published in."""
    return asdict(article) | {
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
    }
