"""
What it costs to ask feeds that have not changed, beside the requests themselves.

    python benchmarks/polling.py [--feeds 200] [--rounds 5]

A server on loopback answers every feed with 304. In turn, a bare aiohttp client asks them one after another, and an
index run does: with robots.txt remembered, politeness set to nought, and the state of each source read and written.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import aiohttp

from index_store import open_writer
from ingest import FetchSettings, IngestSettings, SourceSettings
from ingest.gather import Surroundings, read_sources
from ingest.progress import show_progress
from ingest.reindex import index_articles, recipe
from ingest.workers import open_workers

FEED = b'<rss version="2.0"><channel><title>Quay Mail</title></channel></rss>'


class Handler(BaseHTTPRequestHandler):
    """Serves an empty feed, and 304 to whoever knows it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        known = self.headers.get("If-None-Match") == '"1"'
        self.send_response(404 if self.path == "/robots.txt" else 304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/rss+xml")
        body = b"" if known or self.path == "/robots.txt" else FEED
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def ask_bare(addresses: list[str]) -> None:
    """Ask each address once, one after another, over one connection."""
    async with aiohttp.ClientSession() as session:
        for address in addresses:
            async with session.get(address, headers={"If-None-Match": '"1"'}) as answer:
                await answer.read()


def main() -> None:
    """Run it and print one JSON object."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    addresses = [f"http://127.0.0.1:{server.server_address[1]}/{n}.xml" for n in range(given.feeds)]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(addresses, Path(folder), rounds=given.rounds), indent=2))
    server.shutdown()


def measure(addresses: list[str], folder: Path, *, rounds: int) -> dict[str, object]:
    """Time both in turn; the first round of ours, which fetches the feeds, does not count."""
    bare, ours = [], []
    run(addresses, folder)
    for _ in range(rounds):
        began = time.perf_counter()
        asyncio.run(ask_bare(addresses))
        bare.append(time.perf_counter() - began)
        began = time.perf_counter()
        run(addresses, folder)
        ours.append(time.perf_counter() - began)
    return {
        "feeds": len(addresses),
        "bare, ms a feed": round(statistics.median(bare) / len(addresses) * 1000, 2),
        "index run, ms a feed": round(statistics.median(ours) / len(addresses) * 1000, 2),
    }


def run(addresses: list[str], folder: Path) -> None:
    """Do what `dateline reindex` does."""
    settings = IngestSettings()
    surroundings = Surroundings(folder, settings, FetchSettings(private_hosts=("127.0.0.1",), host_interval_s=0))
    sources = [SourceSettings(location=address) for address in addresses]
    with (
        open_writer(folder, recipe=recipe(settings)) as writer,
        open_workers() as workers,
        show_progress(quiet=True) as progress,
        closing(read_sources(sources, surroundings, workers)) as stream,
    ):
        index_articles(stream, writer, settings, progress)


if __name__ == "__main__":
    main()
