"""What a shell offers where a topic is typed: the names in indexed headlines."""

from collections.abc import Iterable

from bot.headlines import Headlines
from index_store import Catalog, from_catalog

_HEADLINES, _TEXTS = 1_000, 100  # read and named while somebody waits


def _topics(catalog: Catalog, _typed: str) -> Iterable[tuple[str, str]]:
    return ((name, "") for name in Headlines.read(catalog, most=_HEADLINES, most_texts=_TEXTS).topics())


complete_topics = from_catalog(_topics)
