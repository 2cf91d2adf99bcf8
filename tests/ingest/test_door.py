"""The door of `ingest`."""

import subprocess
import sys

import ingest


def test_everything_promised_is_there() -> None:
    """Every name of `__all__` exists."""
    assert all(hasattr(ingest, name) for name in ingest.__all__)


def test_the_door_loads_nothing_heavy() -> None:
    """Importing the door and the commands loads neither extractor nor date parser nor any training library."""
    code = "import sys, ingest.commands; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"trafilatura", "dateparser", "lxml", "torch", "llama_index", "chromadb"} & set(loaded)
