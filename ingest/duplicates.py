"""
Copies: articles that carry one report's text, under another headline, cut, or with another agency's credit.

Whoever shares a MinHash band with an article is compared with it exactly. The bands lie in the catalog, so memory holds
one batch, however large the index.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from urllib.parse import urlsplit

from index_store import Article, Likeness
from ingest.addresses import address_key
from ingest.shingles import Shingles, bands_of, shared, words_of

# Two outlets' copies share two fifths of what both say, or the shorter stands in the other, which is no round-up.
LEAST_JACCARD = 0.4
LEAST_CONTAINMENT = 0.8
LEAST_LENGTH_SHARE = 0.3
# Yesterday's weather report shares its words with today's, and not its numbers.
LEAST_NUMBERS = 0.5
# One outlet repeats a text when it moves the article; under another headline, or later, it is boilerplate or news.
SAME_OUTLET_JACCARD = 0.8
SAME_OUTLET_HEADLINE = 0.25
SAME_OUTLET_TIME = timedelta(days=2)

MOST_CANDIDATES = 50  # the most alike; more than that share bands by boilerplate


def likenesses(
    articles: Sequence[Article], stored: Callable[[Sequence[int]], Iterable[Article]]
) -> dict[str, Likeness]:
    """
    Find what each article of a batch is a copy of: articles in the index, and those before it in the batch.

    Args:
        articles: The batch.
        stored: Looks up live articles that share a band with the bands given, the most alike first.

    Returns:
        By article id.
    """
    read = {article.article_id: Shingles.of(article.text) for article in articles}
    bands = dict(zip(read, bands_of(list(read.values())), strict=True))
    batch: defaultdict[int, list[Article]] = defaultdict(list)  # articles so far, by band
    found: dict[str, Likeness] = {}
    for article in articles:
        own = bands[article.article_id]
        others = chain(_sharing(own, batch), (one for one in stored(own) if one.article_id not in read))
        copies = (one.article_id for one in others if _are_copies(article, one, read))
        found[article.article_id] = Likeness(own, tuple(copies))
        for band in own:
            batch[band].append(article)
    return found


def _sharing(bands: Sequence[int], batch: Mapping[int, Sequence[Article]]) -> list[Article]:
    """List the articles that share a band, the most alike first."""
    alike = Counter(one for band in bands if band in batch for one in batch[band][-MOST_CANDIDATES:])
    return [one for one, _ in alike.most_common(MOST_CANDIDATES)]


def _are_copies(one: Article, other: Article, read: Mapping[str, Shingles]) -> bool:
    same_outlet = _same_outlet(one, other)
    if same_outlet and not (_near_in_time(one, other) and _alike_in_headline(one, other)):
        return False
    a, b = (read.get(article.article_id) or Shingles.of(article.text) for article in (one, other))
    if not _agree_in_numbers(a, b):
        return False
    if same_outlet:
        return _jaccard(a, b) >= SAME_OUTLET_JACCARD
    return _jaccard(a, b) >= LEAST_JACCARD or _one_holds_the_other(a, b)


def _jaccard(one: Shingles, other: Shingles) -> float:
    both = shared(one.all, other.all)
    return both / max(1, len(one.all) + len(other.all) - both)


def _one_holds_the_other(one: Shingles, other: Shingles) -> bool:
    shorter, longer = sorted((len(one.all), len(other.all)))
    return shorter >= LEAST_LENGTH_SHARE * longer and shared(one.all, other.all) >= LEAST_CONTAINMENT * shorter > 0


def _agree_in_numbers(one: Shingles, other: Shingles) -> bool:
    fewer = min(len(one.numbers), len(other.numbers))
    return shared(one.numbers, other.numbers) >= LEAST_NUMBERS * fewer


def _same_outlet(one: Article, other: Article) -> bool:
    """Whether two articles have one publisher, or parts of one, or, where it is not known of both, one site."""
    if one.publisher and other.publisher:
        words, others = set(words_of(one.publisher)), set(words_of(other.publisher))
        return words <= others or others <= words
    site = _site(one.url)
    return bool(site) and site == _site(other.url)


def _site(url: str) -> str:
    key = address_key(url)
    return urlsplit(key).netloc if key.startswith("https://") else ""


def _near_in_time(one: Article, other: Article) -> bool:
    """Whether two articles were published about the same time, as far as is known."""
    if one.published_at is None or other.published_at is None:
        return True
    return abs(one.published_at - other.published_at) <= SAME_OUTLET_TIME


def _alike_in_headline(one: Article, other: Article) -> bool:
    words, others = _headline(one), _headline(other)
    return len(words & others) >= max(1.0, SAME_OUTLET_HEADLINE * min(len(words), len(others)))


def _headline(article: Article) -> frozenset[str]:
    """Return the telling words of a headline: the longer ones that do not name the outlet."""
    words, outlet = words_of(article.title), words_of(article.publisher or "")
    return frozenset(word for word in words if len(word) > 3 and word not in outlet) or frozenset(words)
