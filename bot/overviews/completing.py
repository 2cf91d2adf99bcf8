"""What a shell offers where a topic is typed: the names in indexed headlines."""

from collections.abc import Iterable

from bot.topics import topics
from index_store import Catalog, from_catalog

_HEADLINES, _TEXTS, _TEXT_CHARS, _NEWEST = 1_000, 100, 1_500, 300  # read and named while somebody waits


def _topics(catalog: Catalog, _typed: str) -> Iterable[tuple[str, str]]:
    headlines, texts = catalog.headlines(limit=_HEADLINES), catalog.beginnings(limit=_TEXTS, chars=_TEXT_CHARS)
    return ((name, "") for name in topics(headlines, texts, newest=_NEWEST))


complete_topics = from_catalog(_topics)
