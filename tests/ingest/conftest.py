"""What the tests of reading share: a place to write sources, and the settings in force."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import Found, IngestSettings, Rejected, read_source

Read = Callable[..., list[Found | Rejected]]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def settings() -> IngestSettings:
    """Limits small enough to be exceeded quickly."""
    return IngestSettings(max_article_chars=2_000, max_file_mb=1)


@pytest.fixture
def read(settings: IngestSettings) -> Read:
    """Read a whole source."""

    def read_all(location: Path | str, **options: str) -> list[Found | Rejected]:
        return list(read_source(location, settings=settings, **options))

    return read_all


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the test's folder, packed if its name ends in .gz."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return write_file
