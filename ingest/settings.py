"""The `[ingest]` section of `dateline.toml`: what is indexed, and the limits of what an article may be."""

from typing import ClassVar

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
