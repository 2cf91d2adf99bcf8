"""Markdown: an article a file, with YAML front matter or a heading for its title."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from index_store import SourceError
from ingest.article import RawArticle
from ingest.cleaning import normalised_text
from ingest.settings import IngestSettings
from ingest.sources.fields import raw_article
from ingest.sources.reading import Draft, decoded, origin_of, read_whole

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"\A\s*# +(\S[^\n]*)")
# Only what is clearly markup. Each pattern excludes its own opening mark inside, so that none backtracks far.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^<!--[^\n]*-->[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^(?:```|~~~)[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}>[ \t]?", re.MULTILINE), ""),
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)"), ""),
    (re.compile(r"\[([^\[\]\n]+)\]\([^()\n]*\)"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"\1"),
    (re.compile(r"\b__([^_\n]+)__\b"), r"\1"),
    (re.compile(r"(?<![\w*\\])\*([^*\s](?:[^*\n]*[^*\s\\])?)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w\\])_([^_\s](?:[^_\n]*[^_\s\\])?)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
)


def read_markdown(path: Path, settings: IngestSettings) -> Iterator[Draft]:
    """
    Read the article of a `.md` file.

    Raises:
        SourceError: If the file cannot be read, is not text, or its front matter is broken.
    """
    yield parse_markdown(decoded(read_whole(path, max_mb=settings.max_file_mb))), origin_of(path)


def parse_markdown(content: str) -> RawArticle:
    """
    Split Markdown into front matter and body, and take the marks out of the body.

    Raises:
        SourceError: If the front matter is not YAML, or one of its fields has the wrong type.
    """
    content = normalised_text(content)
    header, body = _front_matter(content)
    heading = _TITLE.match(body)
    if heading:  # the title is kept beside the text, not inside it
        header.setdefault("title", without_marks(heading[1].rstrip(" #")))
        body = body[heading.end() :]
    return raw_article({**header, "text": without_marks(body)}, date_source="front matter")


def without_marks(markdown: str) -> str:
    """Return the text that a reader of the rendered Markdown would see, near enough; lists keep their dashes."""
    for mark, replacement in _MARKS:
        markdown = mark.sub(replacement, markdown)
    return markdown


def _front_matter(content: str) -> tuple[dict[str, Any], str]:
    """Split off the front matter; what stands between two rules but is no mapping is part of the body."""
    match = _FRONT_MATTER.match(content)
    if not match:
        return {}, content
    try:
        # Strings only: a title of 1984 stays a title, and nothing is ever constructed from a tag.
        header = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceError(f"has broken front matter{f' in line {mark.line + 2}' if mark else ''}") from error
    if not isinstance(header, dict):
        return {}, content
    return {str(name).lower(): value for name, value in header.items()}, content[match.end() :]
