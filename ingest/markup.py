"""HTML of feeds and mails → paragraphs of plain text; pages, which hold more than an article, go to `extract`."""

import re
from collections.abc import Mapping
from contextlib import suppress
from html import unescape

from ingest.cleaning import single_line

_TAG = re.compile(r"<[/!?A-Za-z][^<>]*>")
_LONGEST_TITLE = 1_000

# Marks that stand for breaks until all other white space is gone; the text itself cannot hold them.
_PARAGRAPH, _LINE, _ITEM, _CELL = "\x1d", "\x1e", "\x1f", "\x1c"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_SPACES = re.compile("[ \t\r\n\f\u00a0]+")
_BREAKS = re.compile(f" ?[{_PARAGRAPH}{_LINE}{_ITEM}{_CELL}][{_PARAGRAPH}{_LINE}{_ITEM}{_CELL} ]*")

_UNREAD = frozenset(
    {
        *("script", "style", "iframe", "form", "img", "svg", "math", "noscript", "template", "object", "embed"),
        *("audio", "video", "canvas", "button", "select", "textarea", "figcaption", "head", "title", "nav"),
    }
)
_BLOCKS = frozenset(
    {
        *("p", "div", "section", "article", "blockquote", "pre", "ul", "ol", "dl", "table", "figure", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "footer", "aside", "main", "address", "details", "center"),
    }
)
_BEFORE = {
    **dict.fromkeys(_BLOCKS, _PARAGRAPH),
    **dict.fromkeys(("br", "tr", "dt", "dd", "summary", "caption"), _LINE),
    **dict.fromkeys(("td", "th"), _CELL),
    "li": _ITEM,
}
_AFTER = dict.fromkeys(_BLOCKS, _PARAGRAPH)
_DEEPEST = 500  # no page nests further; libxml2 compares each end tag with every element that is open
_PIECE_BYTES = 16_384
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SYNDICATION_NOTE = re.compile(r"^The post .{1,600} (?:appeared first|first appeared) on .{1,300}\.$")


def entry_title(markup: str) -> str:
    """Return a title, name or category in one line of plain text, without tags and entities."""
    return single_line(unescape(_TAG.sub("", markup[: 10 * _LONGEST_TITLE])), limit_chars=_LONGEST_TITLE)


def entry_text(html: str, *, title: str = "") -> str:
    """
    Return the text of an entry or a mail: paragraphs with a blank line between them, list items with a dash.

    Scripts, forms, pictures with their captions and what is hidden are left out; so are a first paragraph that repeats
    the title, and the note that WordPress adds to each entry. Takes linear time, and any text.
    """
    paragraphs = _paragraphs(html)
    if paragraphs and title and paragraphs[0].casefold() == " ".join(title.split()).casefold():
        del paragraphs[0]
    if paragraphs and _SYNDICATION_NOTE.match(paragraphs[-1]):
        del paragraphs[-1]
    return "\n\n".join(paragraphs)


class HtmlEvents:
    """What a page's elements are told to, in their order; a subclass reads what it needs."""

    def __init__(self) -> None:
        self.depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeepError
        self.opened(tag, attributes)

    def end(self, tag: str) -> None:
        """Close an element."""
        self.depth -= 1
        self.closed(tag)

    def data(self, text: str) -> None:
        """Read text; in pieces of any length."""

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Read the start of an element, the `depth`-th of those open."""

    def closed(self, tag: str) -> None:
        """Read the end of an element."""

    def close(self) -> None:
        """Read the end of the page."""


class _TooDeepError(Exception):
    """Ends the reading of a page that nests without end."""


def tell_events(html: str, reader: HtmlEvents) -> None:
    """
    Tell a reader of what is in a page, without building a tree, which takes quadratic time for some.

    What is nested more than 500 levels deep ends the page.
    """
    from lxml import etree  # type: ignore[import-untyped]  # takes 30 ms, and only markup needs it

    parser = etree.HTMLParser(encoding="utf-8", target=reader)
    content = _FORBIDDEN.sub("", html).encode()
    with suppress(etree.LxmlError, _TooDeepError):
        for start in range(0, len(content), _PIECE_BYTES):  # an error is told only at the end of what was fed
            parser.feed(content[start : start + _PIECE_BYTES])
        parser.close()


class _MarkedText(HtmlEvents):
    """Gathers the visible text, with a mark at every break."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unread_from = _DEEPEST  # the depth of the element inside which nothing is read

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.depth > self._unread_from:
            return
        if tag in _UNREAD or _HIDDEN.search(attributes.get("style") or ""):
            self._unread_from = self.depth
        else:
            self.parts.append(_BEFORE.get(tag, ""))

    def data(self, text: str) -> None:
        if self.depth < self._unread_from:
            self.parts.append(text)

    def closed(self, tag: str) -> None:
        if self.depth + 1 == self._unread_from:
            self._unread_from = _DEEPEST
        elif self.depth < self._unread_from:
            self.parts.append(_AFTER.get(tag, ""))


def _paragraphs(html: str) -> list[str]:
    reader = _MarkedText()
    tell_events(html, reader)
    marked = _SPACES.sub(" ", "".join(reader.parts))
    blocks = (block.strip() for block in _BREAKS.sub(_line_breaks, marked).split("\n\n"))
    return [block for block in blocks if block.strip("- \n|")]


def _line_breaks(match: re.Match[str]) -> str:
    """Turn a run of marks into a line break or a blank line; the dash of a list item goes with its text."""
    marks = match[0].replace(" ", "")
    before, item, _ = marks.partition(_ITEM)
    if _PARAGRAPH in before or before.count(_LINE) > 1:
        return "\n\n- " if item else "\n\n"
    if item:
        return "\n- "
    return "\n" if _LINE in marks else " | "
