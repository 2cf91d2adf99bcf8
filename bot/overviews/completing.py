"""What a shell offers where a topic is typed: names that indexed headlines hold."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from index_store import Catalog, Filters, from_catalog

_MOST_HEADLINES = 1_000
_LEAST_CHARS, _MOST_CHARS = 3, 60
# A capital letter after a small one or a figure begins no sentence, so what it begins is a name.
_NAME = re.compile(
    r"(?<=[a-z0-9,] )[A-Z][\w’'-]*(?: (?:of|de|la|al|[A-Z][\w’'-]*))* [A-Z][\w’'-]*|(?<=[a-z0-9,] )[A-Z][\w’'-]*"
)
_POSSESSIVE = re.compile(r"[’']s?$")


def names_in(headlines: Iterable[str]) -> tuple[str, ...]:
    """Name what headlines are about, those in most of them first. Headlines With Every Word Large tell nothing."""
    counts = Counter(name for headline in headlines for name in set(_names(headline)))
    return tuple(name for name, _ in counts.most_common())


def _names(headline: str) -> Iterator[str]:
    words = headline.split()
    if sum(word[0].isupper() for word in words) * 2 > len(words):
        return
    for found in _NAME.finditer(headline[: _MOST_CHARS * 10]):
        name = _POSSESSIVE.sub("", found[0])
        if _LEAST_CHARS <= len(name) <= _MOST_CHARS:
            yield name


def _topics(catalog: Catalog, _typed: str) -> Iterable[tuple[str, str]]:
    newest = catalog.articles(Filters(), limit=_MOST_HEADLINES)
    return ((name, "") for name in names_in(summary.title for summary in newest))


complete_topics = from_catalog(_topics)
