"""
How much an index run costs beside the encoder, its peak memory, and what a run over unchanged articles costs.

    python benchmarks/indexing.py ARTICLES.jsonl.gz [--limit 400] [--copies 1]

Libraries are loaded, and the model exported, before the clock starts. The bare encoder is `SentenceTransformer.encode`
over the same chunks, sorted by length, in the same process and with the same model, once before and once after the run;
"outside the encoder" is the part of the run in which it waits for the encoder no more, which noise disturbs less.
`--copies 60` indexes every article so many times, to see memory and unchanged runs at a size: the others have other
addresses, and the words of each sentence in another order, so that they are no copies of it. The model encodes only the
first of them, the others are given random vectors, and the bare encoder is left out.
"""

import argparse
import json
import random
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

import numpy as np

from index_store import Article, PassageEncoder, Vectors, open_writer
from ingest import Found, IngestSettings, article_id, read_source
from ingest.chunking import cut, embedded_text
from ingest.progress import show_progress
from ingest.reindex import index_articles, recipe

SETTINGS = IngestSettings()
DIMENSIONS = 384


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
        before_s = bare_encoder_s(encoder, articles, limit) if copies == 1 else None
        waited = watched(encoder)
        if copies > 1:
            encode_first(encoder, limit)
        began = time.perf_counter()
        report = index_articles(found(articles, limit=limit, copies=copies), writer, SETTINGS, progress)
        run_s = time.perf_counter() - began
        after_s = bare_encoder_s(encoder, articles, limit) if copies == 1 else None
    return {
        "articles": report.added,
        "chunks": report.chunks,
        "bare encoder, s": [before_s, after_s],
        "run, s": round(run_s, 1),
        "overhead over the bare encoder": round(2 * run_s / (before_s + after_s) - 1, 3)
        if before_s and after_s
        else None,
        "outside the encoder, over the time inside": round((run_s - waited[0]) / waited[0], 3),
        "peak memory of this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "unchanged run, whole process, s": unchanged_s(articles, folder, limit=limit, copies=copies),
    }


def overhead(run_s: float, before_s: float | None, after_s: float | None) -> float | None:
    """Say how much longer a run took than the bare encoder did on average, as a share of that; None without it."""
    return round(2 * run_s / (before_s + after_s) - 1, 3) if before_s and after_s else None


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


def encode_first(encoder: PassageEncoder, articles: int) -> None:
    """Give passages random vectors from now on, once so many articles have come: the model is not what is looked at."""
    encode, directions, titles = encoder.encode_passages, np.random.default_rng(0), set[str]()

    def encode_passages(texts: Sequence[str], **more: Any) -> Vectors:  # noqa: ANN401 - handed on as it is
        if len(titles) <= articles:
            titles.update(text.partition("\n")[0] for text in texts)
            return encode(texts, **more)
        vectors = directions.standard_normal((len(texts), DIMENSIONS)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encoder.encode_passages = encode_passages


def found(articles: Path, *, limit: int, copies: int) -> Iterator[Found]:
    """Yield articles, and each of them again, with its words in disorder, under other addresses."""
    read = list(islice((one for one in read_source(articles, settings=SETTINGS) if isinstance(one, Found)), limit))
    yield from read
    for copy in range(1, copies):
        for one in read:
            url = f"{one.article.url}?copy={copy}"
            title, text = (disordered(told, copy) for told in (one.article.title, one.article.text))
            article = replace(one.article, url=url, article_id=article_id(url), title=title, text=text)
            yield replace(one, article=article)


def disordered(text: str, copy: int) -> str:
    """Put the words of each line in another order; its last one, which ends a sentence, stays."""
    chance, lines = random.Random(copy), []  # noqa: S311 - repeatable
    for line in text.split("\n"):
        *words, last = line.split(" ")
        chance.shuffle(words)
        lines.append(" ".join((*words, last)))
    return "\n".join(lines)


def bare_encoder_s(encoder: PassageEncoder, articles: Path, limit: int) -> float:
    """Time the model alone over the chunks of the articles, sorted by length."""
    texts = [
        embedded_text(one.article, chunk, window=encoder.window, pieces=encoder.pieces)
        for one in found(articles, limit=limit, copies=1)
        for chunk in cut(one.article, chunk_pieces=SETTINGS.chunk_pieces, pieces=encoder.pieces)
    ]
    texts.sort(key=len)
    began = time.perf_counter()
    encoder._in_use._original.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return round(time.perf_counter() - began, 1)


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
