"""The `[ingest]` and `[fetch]` sections of `dateline.toml`: what is indexed, its limits, and how it is fetched."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from index_store import Section, parse_when

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)  # two letters at least: "C:" is a drive of Windows


def is_web_address(location: str) -> bool:
    """Whether a location is to be asked for on the web."""
    return location.lower().startswith(("http://", "https://"))


def reason_never_read(location: str) -> str | None:
    """
    Say why nothing can ever be read from a location, completing "SOURCE: …"; None where it may be.

    An address that begins neither with http: nor with https: is no name of a file, unless a file is called so.
    """
    scheme = _SCHEME.match(location)
    if scheme is None or is_web_address(location) or os.path.exists(location):  # noqa: PTH110 - it takes any text
        return None
    if scheme[1].lower() in {"http", "https"}:
        return f"is not a whole address; it must begin with {scheme[1].lower()}://"
    return f'is a "{scheme[1].lower()}:" address, and only http: and https: are read; no file has that name'


class SourceSettings(BaseModel):
    """
    One `[[ingest.sources]]` entry.

    Attributes:
        location: A file or folder, relative to the configuration file; or the address of a feed, a page, a sitemap
            or a list of feeds (OPML).
        publisher: Publisher of the articles that name none.
        every_minutes: How long it rests between two visits; None leaves that to its publisher and to the default.
        since: Nothing published before this is indexed; a day, or a time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    location: str = Field(min_length=1)
    publisher: str | None = None
    every_minutes: float | None = Field(default=None, ge=0.05, le=100_000)
    since: datetime | None = None

    @field_validator("since", mode="before")
    @classmethod
    def _reads_a_date(cls, value: object) -> object:
        """Read dates as the command line does, and TOML's own."""
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        return parse_when(str(value), last_moment=False) if value is not None else None

    @property
    def is_on_the_web(self) -> bool:
        """Whether its location is an address."""
        return is_web_address(self.location)

    def placed_in(self, folder: Path) -> Self:
        """Let a relative path start at a folder; an address stays as it is, whether it can be read or not."""
        path = str(folder / os.path.expanduser(self.location))  # noqa: PTH111 - pathlib raises where no such user is
        if "://" in self.location or (reason_never_read(self.location) and not os.path.exists(path)):  # noqa: PTH110
            return self
        return self.model_copy(update={"location": path})


class FetchSettings(Section):
    """
    How pages and feeds are fetched from the web.

    Attributes:
        user_agent: The name by which publishers know us, in requests and in their robots.txt.
        timeout_s: Longest time for one page with all its redirects, in seconds.
        max_mb: Most megabytes of one response, after decompression.
        host_interval_s: Shortest time between two requests to one host, in seconds.
        hosts_at_once: Most hosts asked at the same time.
        private_hosts: Hosts that may be reached although they are private, as addresses write them: a name or an IP
            address, or one with a port.
    """

    name: ClassVar[str] = "fetch"
    user_agent: str = Field("Dateline/0.1 (news archive reader)", min_length=3, max_length=200, pattern=r"^[ -~]+$")
    timeout_s: float = Field(30.0, ge=1, le=600)
    max_mb: float = Field(10.0, gt=0, le=100)
    host_interval_s: float = Field(1.0, ge=0, le=3600)
    hosts_at_once: int = Field(8, ge=1, le=64)
    private_hosts: tuple[Annotated[str, Field(pattern=r"^[^\s/@?#\\]{1,255}$")], ...] = ()


class IngestSettings(Section):
    """
    Limits and sources of indexing.

    Attributes:
        sources: What `dateline reindex` reads, in order.
        every_minutes: How long a source rests between two visits of `reindex --watch`, where nothing else is said.
        least_minutes: The shortest rest that a feed can ask for.
        max_article_chars: Longest body accepted, in characters.
        max_file_mb: Largest file read whole (anything but JSONL), in megabytes.
        chunk_pieces: Longest chunk, in word pieces of the model's tokenizer.
    """

    name: ClassVar[str] = "ingest"
    sources: tuple[SourceSettings, ...] = ()
    every_minutes: float = Field(30, ge=1, le=100_000)
    least_minutes: float = Field(10, ge=1, le=1_440)
    max_article_chars: int = Field(500_000, ge=1_000, le=10_000_000)
    max_file_mb: int = Field(100, ge=1, le=2_000)
    chunk_pieces: int = Field(200, ge=50, le=8_192)  # below 50, LlamaIndex's splitter complains on standard output
