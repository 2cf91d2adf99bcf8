"""Article → chunks: LlamaIndex's sentence splitter, counting the encoder's own word pieces."""

from collections.abc import Callable, Sequence

from index_store import Article, Chunk, Span
from ingest.sentences import sentence_spans, sentences_with_gaps

_SPECIAL_PIECES = 2  # the model's own marks for the start and the end


def cut(article: Article, *, chunk_pieces: int, pieces: Callable[[str], list[int]]) -> tuple[Chunk, ...]:
    """
    Cut an article into chunks on sentence boundaries.

    Args:
        article: What to cut.
        chunk_pieces: Most word pieces in a chunk; only a longer sentence is cut inside.
        pieces: Cuts a text into word pieces.

    Returns:
        At least one chunk, in reading order, not overlapping, together the whole text but white space.
    """
    from llama_index.core.node_parser import SentenceSplitter  # takes 2 s, and only when something is indexed

    splitter = SentenceSplitter(
        chunk_size=chunk_pieces,
        chunk_overlap=0,
        # The splitter repeats what counts nothing, a line of zero-width spaces, at the start of the next chunk.
        tokenizer=lambda text: pieces(text) or [0],
        chunking_tokenizer_fn=sentences_with_gaps,
    )
    spans = sentence_spans(article.text)
    return tuple(
        Chunk(article.article_id, position, start, end, article.text[start:end], _inside(spans, start, end))
        for position, (start, end) in enumerate(_locate(article.text, splitter.split_text(article.text)))
    )


def embedded_text(article: Article, chunk: Chunk, *, window: int, pieces: Callable[[str], list[int]]) -> str:
    """
    Write what is embedded for a chunk: headline and date before its text, as far as there is room for them.

    Args:
        article: The chunk's article.
        chunk: The chunk.
        window: Most word pieces that the model reads.
        pieces: Cuts a text into word pieces.
    """
    room = window - _SPECIAL_PIECES - len(pieces(chunk.text))
    date = f"{article.published_at:%-d %B %Y}" if article.published_at else ""
    date = date if len(pieces(date)) <= room else ""
    room -= len(pieces(date))
    title = article.title
    while title and len(pieces(title)) > room:
        title = title[: title.rfind(" ")] if " " in title else ""
    return "\n".join(part for part in (title, date, chunk.text) if part)


def _locate(text: str, parts: Sequence[str]) -> list[Span]:
    """Find each part in the text, from where the one before it ended; the splitter only trims white space."""
    spans: list[Span] = []
    after = 0
    for part in parts:
        start = text.index(part, after)
        after = start + len(part)
        spans.append(Span(start, after))
    return spans


def _inside(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """Keep the sentences that touch [start, end), cut to it."""
    return tuple(Span(max(s.start, start), min(s.end, end)) for s in spans if s.start < end and s.end > start)
