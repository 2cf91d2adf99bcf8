"""Chroma keeps one system a folder for the life of a process; tests start each with none."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_chroma_left_over() -> Iterator[None]:
    """Forget Chroma's open folders after each test."""
    yield
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
