"""The `[ingest]` and `[fetch]` sections of `dateline.toml`: what is indexed, its limits, and how it is fetched."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from index_store import Section


class SourceSettings(BaseModel):
    """
    One `[[ingest.sources]]` entry.

    Attributes:
        location: A file or folder; relative to the configuration file.
        publisher: Publisher of the articles that name none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    location: str = Field(min_length=1)
    publisher: str | None = None


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
        max_article_chars: Longest body accepted, in characters.
        max_file_mb: Largest file read whole (anything but JSONL), in megabytes.
        chunk_pieces: Longest chunk, in word pieces of the model's tokenizer.
    """

    name: ClassVar[str] = "ingest"
    sources: tuple[SourceSettings, ...] = ()
    max_article_chars: int = Field(500_000, ge=1_000, le=10_000_000)
    max_file_mb: int = Field(100, ge=1, le=2_000)
    chunk_pieces: int = Field(200, ge=50, le=8_192)  # below 50, LlamaIndex's splitter complains on standard output
