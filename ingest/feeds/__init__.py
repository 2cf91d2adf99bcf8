"""Feeds: RSS, Atom, RDF and JSON Feed, from bytes to records."""

from ingest.feeds.bounded_xml import MOST_ENTRIES
from ingest.feeds.parsing import parse_feed
from ingest.feeds.records import Feed, FeedEntry

__all__ = ["MOST_ENTRIES", "Feed", "FeedEntry", "parse_feed"]
