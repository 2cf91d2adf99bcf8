"""The one HTTP client: everything that comes from the web comes through `Fetcher`."""

from ingest.web.fetch import Fetcher
from ingest.web.records import Fetched, FetchError, UnreachableError, Validators, WebMemory

__all__ = ["FetchError", "Fetched", "Fetcher", "UnreachableError", "Validators", "WebMemory"]
