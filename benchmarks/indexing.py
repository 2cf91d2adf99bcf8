"""
How much an index run costs beside the encoder, its peak memory, and what a run over unchanged articles costs.

    python benchmarks/indexing.py ARTICLES.jsonl.gz [--limit 400] [--copies 1]

Libraries are loaded, and the model exported, before the clock starts. The bare encoder is `SentenceTransformer.encode`
over the same chunks, sorted by length, in the same process and with the same model, once before and once after the run;
"outside the encoder" is the part of the run in which it waits for the encoder no more, which noise disturbs less.
`--copies 8` indexes every article so many times under other addresses, to see memory and unchanged runs at a size.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from index_store import Article, PassageEncoder, Vectors, open_writer
from ingest import Found, IngestSettings, article_id, read_source
from ingest.chunking import cut, embedded_text
from ingest.progress import show_progress
from ingest.reindex import index_articles, recipe

SETTINGS = IngestSettings()


def main() -> None:
    """Run it and print one JSON object."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("articles", type=Path)
    arguments.add_argument("--limit", type=int, default=400)
    arguments.add_argument("--copies", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(given.articles, Path(folder), limit=given.limit, copies=given.copies), indent=2))


def measure(articles: Path, folder: Path, *, limit: int, copies: int) -> dict[str, object]:
    """Index into an empty folder and compare with the bare encoder."""
    with open_writer(folder / "data", recipe=recipe(SETTINGS)) as writer, show_progress(quiet=True) as progress:
        encoder = writer.encoder()
        first = Article("0" * 16, "https://quay.example/", "Warming up", "All libraries are loaded, once.")
        index_articles([Found(first, "first")], writer, SETTINGS, progress)  # before the clock starts
        before_s = bare_encoder_s(encoder, articles, limit)
        waited = watched(encoder)
        began = time.perf_counter()
        report = index_articles(found(articles, limit=limit, copies=copies), writer, SETTINGS, progress)
        run_s = time.perf_counter() - began
        after_s = bare_encoder_s(encoder, articles, limit)
    bare_s = (before_s + after_s) / 2 * copies
    return {
        "articles": report.added,
        "chunks": report.chunks,
        "bare encoder, s": [round(before_s * copies, 1), round(after_s * copies, 1)],
        "run, s": round(run_s, 1),
        "overhead over the bare encoder": round(run_s / bare_s - 1, 3),
        "outside the encoder, over the time inside": round((run_s - waited[0]) / waited[0], 3),
        "peak memory of this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "unchanged run, whole process, s": unchanged_s(articles, folder, limit=limit, copies=copies),
    }


def watched(encoder: PassageEncoder) -> list[float]:
    """Add up the seconds spent in the encoder from now on; returns the sum, in a list of one."""
    encode, waited = encoder.encode_passages, [0.0]

    def encode_passages(texts: Sequence[str], **more: Any) -> Vectors:  # noqa: ANN401 - handed on as it is
        began = time.perf_counter()
        try:
            return encode(texts, **more)
        finally:
            waited[0] += time.perf_counter() - began

    encoder.encode_passages = encode_passages
    return waited


def found(articles: Path, *, limit: int, copies: int) -> Iterator[Found]:
    """Yield articles, each so many times under addresses of its own."""
    read = list(islice((one for one in read_source(articles, settings=SETTINGS) if isinstance(one, Found)), limit))
    for copy in range(copies):
        for one in read:
            url = f"{one.article.url}?copy={copy}"
            title = f"{one.article.title} ({copy})"
            yield replace(one, article=replace(one.article, url=url, article_id=article_id(url), title=title))


def bare_encoder_s(encoder: PassageEncoder, articles: Path, limit: int) -> float:
    """Time the model alone over the chunks of the articles, sorted by length."""
    texts = [
        embedded_text(one.article, chunk, window=encoder.window, pieces=encoder.pieces)
        for one in found(articles, limit=limit, copies=1)
        for chunk in cut(one.article, chunk_pieces=SETTINGS.chunk_pieces, pieces=encoder.pieces)
    ]
    texts.sort(key=len)
    began = time.perf_counter()
    encoder._transformer.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return time.perf_counter() - began


def unchanged_s(articles: Path, folder: Path, *, limit: int, copies: int) -> float:
    """Time `dateline index` over the same articles again, as a process."""
    file = folder / "again.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for one in found(articles, limit=limit, copies=copies):
            article = one.article
            record = {
                name: getattr(article, name) for name in ("url", "title", "text", "authors", "publisher", "language")
            }
            record["published_at"] = article.published_at.isoformat() if article.published_at else None
            lines.write(json.dumps(record) + "\n")
    command = [sys.executable, "-m", "bot.cli", "--data-dir", folder / "data", "index", file, "--json", "--quiet"]
    began = time.perf_counter()
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    report = json.loads(ended.stdout)
    if report["unchanged"] != limit * copies and report["added"] + report["updated"]:
        sys.exit(f"not unchanged: {report}")
    return round(seconds, 2)


if __name__ == "__main__":
    main()
