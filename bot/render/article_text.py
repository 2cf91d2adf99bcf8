"""An article to be read, with a quoted span marked: for screens and as plain text; pure functions."""

from typing import TYPE_CHECKING

from bot.render.screen import Screen, joined, laid_out, shown, text_of
from bot.render.terminal import one_line, printable, wrapped
from index_store import Article, Span, Version, day

if TYPE_CHECKING:
    from rich.text import Text

MARKS = (">>> ", " <<<")  # where there are no colours


def article_text(version: Version, span: Span | None) -> str:
    """Write an article as plain text; the span stands between `MARKS`."""
    article = version.article
    head = (one_line(article.title), _told(article), one_line(article.url))
    paragraphs = (wrapped(printable(line)) for line in _marked(article.text, span).splitlines())
    return "\n".join((*filter(None, head), "", *paragraphs))


def article_on_screen(version: Version, span: Span | None, screen: Screen) -> tuple["Text", int]:
    """
    Lay an article out for a screen, with the span set off.

    Returns:
        The page, and on which of its lines, from 1, the paragraph begins that holds the span's beginning.
    """
    article = version.article
    parts = [
        laid_out(screen, text_of((shown(article.title), "bold"))),
        laid_out(screen, text_of((shown(_told(article)), "dim"))),
        text_of((shown(article.url), "blue")),
        text_of(""),
    ]
    begun, line_number = 0, 1
    for line in article.text.split("\n"):
        if span and begun <= span.start <= begun + len(line):
            line_number = joined(parts).plain.count("\n") + 2
        parts.append(laid_out(screen, _paragraph(line, begun, span, screen)))
        begun += len(line) + 1
    return joined(parts), line_number


def _paragraph(line: str, begun: int, span: Span | None, screen: Screen) -> "Text":
    """Style what the span holds of a paragraph; both parts are cleaned alone, so that no length need be known."""
    start, end = (len(line), len(line)) if span is None else (_within(at - begun, line) for at in span)
    pieces = [_blanks_kept(line[:start]), _blanks_kept(line[start:end]), _blanks_kept(line[end:])]
    before, quote, after = pieces
    if quote.strip() and screen.console.color_system is None:
        quote = MARKS[0] + quote + MARKS[1]
    return text_of(before, (quote, "bold black on yellow"), after)


def _within(place: int, line: str) -> int:
    return max(0, min(place, len(line)))


def _blanks_kept(text: str) -> str:
    """Clean a part of a line; a blank at either end stays, since another part stands there."""
    cleaned = shown(text)
    before = " " if text[:1].isspace() and cleaned else ""
    return before + cleaned + (" " if text[-1:].isspace() else "")


def _told(article: Article) -> str:
    told = (one_line(", ".join(article.authors)), one_line(article.publisher or ""), day(article.published_at))
    return " · ".join(filter(None, told))


def _marked(text: str, span: Span | None) -> str:
    if span is None:
        return text
    return text[: span.start] + MARKS[0] + text[span.start : span.end] + MARKS[1] + text[span.end :]
