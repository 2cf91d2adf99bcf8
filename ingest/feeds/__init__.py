"""Feeds: RSS, Atom, RDF and JSON Feed, from bytes to records."""

from ingest.feeds.parsing import parse_feed
from ingest.feeds.records import Feed, FeedEntry

__all__ = ["Feed", "FeedEntry", "parse_feed"]
