"""The one HTTP client: everything that comes from the web comes through `Fetcher`."""

from ingest.web.fetch import Fetcher
from ingest.web.records import Fetched, FetchError, UnreachableError, Validators, WebMemory
from ingest.web.refusal import reason_to_refuse

__all__ = ["FetchError", "Fetched", "Fetcher", "UnreachableError", "Validators", "WebMemory", "reason_to_refuse"]
