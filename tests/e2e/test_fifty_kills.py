"""Killed at fifty random moments, an index ends as if nothing had happened."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tantivy
from command_line import Dateline, clean_environment, copy_index, write_jsonl
from local_web import SETTINGS, LocalWeb, item, rss, serve

from index_store import Vectors

KILLS = 50
SEED = 20250305
# Everything that a run leaves, but the moments at which it worked.
LEFT = {
    "articles": "SELECT article_id, number, fingerprint, retired_at IS NULL FROM versions ORDER BY 1, 2",
    "chunks": 'SELECT chunk_key, start, "end" FROM chunks ORDER BY 1',
    "strays": "SELECT chunk_key FROM strays",
    "sources": "SELECT location, kind, etag, failures, problem FROM sources ORDER BY 1",
    "pages": "SELECT page_key, source, article_id, announcement, problem FROM pages ORDER BY 1",
    "stories": "SELECT * FROM stories ORDER BY 1, 2",
}
VECTORS = "SELECT vector FROM chunks ORDER BY chunk_key"
CHROMA_KEYS = """
import json, sys, chromadb
from chromadb.config import Settings
for folder in sys.argv[1:]:
    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    (collection,) = client.list_collections()
    print(json.dumps(sorted(collection.get(include=[])["ids"])))
    client.close()
"""


def depot(number: int, text: str = "") -> dict[str, str]:
    """Return a short article; every tenth one is a copy of the one before."""
    keeper = number - 1 if number % 10 == 9 else number
    return {
        "url": f"https://depot.example/{number}",
        "title": f"Depot {number}",
        "published_at": "2025-03-05",
        "text": text
        or f"The depot of line {keeper} is kept by Mira{keeper} Lund and {keeper + 3} others. It was built in "
        f"{1900 + keeper}, burnt down {keeper} years later, and was rebuilt in brick by the city of Quay{keeper}. "
        f"Its {keeper * 7 + 11} trams are green, and each of them has {keeper + 20} seats.",
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of all the runs.

    Attributes:
        told: What the killing process says of them.
        left: By folder, the rows of each table, the keys in Chroma, and the number of chunks in Tantivy.
        vectors: By folder, of each chunk.
        web: What the server was asked.
    """

    told: dict[str, Any]
    left: dict[str, dict[str, Any]]
    vectors: dict[str, Vectors]
    web: LocalWeb


@pytest.fixture(scope="module")
def outcome(indexed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """Let a small index grow, change and be killed all the while."""
    folder = tmp_path_factory.mktemp("killed")
    base = copy_index(indexed_folder, folder / "base")
    earlier = write_jsonl(folder / "earlier.jsonl", (depot(n, f"Depot {n} is still being built.") for n in range(10)))
    Dateline(folder, base)("index", earlier).succeeded()
    write_jsonl(folder / "depots.jsonl", map(depot, range(20)))
    with serve() as web:
        whole = "".join(f"<p>{depot(200 + n)['text']} {depot(300 + n)['text']}</p>" for n in range(3))
        entries = "".join(
            item(link=f"{web.address}/{n}", title=f"Tram {n}", whole=f"<p>{n}</p>{whole}") for n in (1, 2)
        )
        feed = web.put("/feed.xml", rss(entries), media_type="application/rss+xml")
        sources = "".join(f'\n[[ingest.sources]]\nlocation = "{location}"\n' for location in ("depots.jsonl", feed))
        (folder / "dateline.toml").write_text(SETTINGS + sources)
        told = killing(folder, base)
        folders = [folder / name for name in ("undisturbed", *told["folders"])]
        yield Outcome(told, all_left_in(folders), {one.name: vectors_in(one) for one in folders}, web)


def killing(folder: Path, base: Path) -> dict[str, Any]:
    """Run the process that kills."""
    script = Path(__file__).with_name("killed_runs.py")
    arguments = (folder / "dateline.toml", base, folder, str(KILLS), str(SEED))
    ended = subprocess.run(
        [sys.executable, script, *arguments], env=clean_environment(), capture_output=True, text=True, timeout=900
    )
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def all_left_in(folders: list[Path]) -> dict[str, dict[str, Any]]:
    """Look into each store of data folders, with its own library."""
    chroma = subprocess.run(
        [sys.executable, "-c", CHROMA_KEYS, *(folder / "chroma" for folder in folders)],
        env=clean_environment(),
        capture_output=True,
        check=True,
        timeout=300,
    )
    keys = [json.loads(line) for line in chroma.stdout.splitlines()]
    return {one.name: left_in(one) | {"chroma": held} for one, held in zip(folders, keys, strict=True)}


def left_in(data_dir: Path) -> dict[str, Any]:
    """Look into the catalog and Tantivy of a data folder."""
    with closing(sqlite3.connect(f"file:{data_dir}/catalog.sqlite?mode=ro", uri=True)) as catalog:
        left: dict[str, Any] = {name: catalog.execute(query).fetchall() for name, query in LEFT.items()}
    left["words"] = tantivy.Index.open(str(data_dir / "words")).searcher().num_docs
    return left


def vectors_in(data_dir: Path) -> Vectors:
    """Read the vectors of all chunks, in the order of their keys."""
    with closing(sqlite3.connect(f"file:{data_dir}/catalog.sqlite?mode=ro", uri=True)) as catalog:
        return np.stack([np.frombuffer(vector, dtype=np.float32) for (vector,) in catalog.execute(VECTORS)])


def test_all_kills_took_place_and_every_reader_was_answered(outcome: Outcome) -> None:
    """After a kill -9 a reader finds whole articles, and is never shown an error."""
    assert outcome.told["killed"] == KILLS
    assert outcome.told["unreadable"] == 0


def test_every_folder_ends_like_that_of_an_undisturbed_run(outcome: Outcome) -> None:
    """Articles, versions, chunks, vectors, stories and what is known of sources: all is there, and nothing twice."""
    undisturbed = outcome.left["undisturbed"]
    assert len(undisturbed["articles"]) > 30
    assert undisturbed["stories"]
    for name in outcome.told["folders"]:
        assert outcome.left[name] == undisturbed, name
        # What else is in a batch, and which library encodes it, may show in a vector's seventh decimal.
        assert np.abs(outcome.vectors[name] - outcome.vectors["undisturbed"]).max() < 1e-6, name


def test_the_copies_hold_what_the_catalog_holds(outcome: Outcome) -> None:
    """Chroma and Tantivy have each live chunk once, and no other."""
    for left in outcome.left.values():
        keys = [key for key, *_ in left["chunks"]]
        assert left["chroma"] == keys
        assert left["words"] == len(keys)
        assert left["strays"] == []
