"""What reading sources needs beside them."""

from dataclasses import dataclass, field
from pathlib import Path

from ingest.settings import FetchSettings, IngestSettings
from ingest.web import WebMemory


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What all sources of a run have in common.

    Attributes:
        data_dir: The data folder, where what sources answered before is remembered.
        settings: The limits of what an article may be, and how often sources are asked.
        fetching: How the web is asked.
        memory: What sites asked for at earlier visits.
        longest_s: After so many seconds no more pages are begun; None for no limit.
    """

    data_dir: Path
    settings: IngestSettings
    fetching: FetchSettings
    memory: WebMemory = field(default_factory=WebMemory)
    longest_s: float | None = None
