"""A page's HTML → the article it holds: what the page says about it, its body, or why it holds none."""

from ingest.extract.quality import is_truncated
from ingest.extract.reading import read_page

__all__ = ["is_truncated", "read_page"]
