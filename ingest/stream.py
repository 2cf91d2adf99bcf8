"""What sources give to an index run, in one stream: articles, failures, and what is to be remembered."""

from dataclasses import dataclass
from typing import TypeAlias

from index_store import PageState, SourceState
from ingest.article import Found, Rejected
from ingest.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class Known:
    """An article that its source names again and that need not be read: nothing about it has changed."""

    source: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An article that its publisher took back for good; the reason completes "SOURCE: …"."""

    article_id: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a user should know of a source that was read all the same; completes "SOURCE: …"."""

    source: str
    remark: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing more at the moment: time to index what there is."""


def is_too_old(found: Found, source: SourceSettings) -> bool:
    """Whether an article was published before what its source is to give."""
    published_at = found.article.published_at
    return source.since is not None and published_at is not None and published_at < source.since


# A state speaks of what came before it in the stream, and may be remembered once that is committed.
Item: TypeAlias = Found | Rejected | Known | Withdrawn | Notice | SourceState | PageState | Pause
