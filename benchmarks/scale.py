"""
Data folders of any size, made of a small index without embedding anything: repeated texts, perturbed vectors.

    python benchmarks/scale.py SMALL_INDEX FOLDER --chunks 1000 10000 12000 100000 170000

SMALL_INDEX is a data folder that `dateline index` made; it is only read. FOLDER gets a data folder for each number,
named after it: each begins as a copy of the one before, so that all of them together cost one of the largest.
Everything goes through the project's own writer. Dates are spread evenly over 2025, so that a week holds a fiftieth of
the articles at each size.
"""

import argparse
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import numpy as np

from index_store import Article, Chunk, Vectors, open_catalog, open_writer

YEAR_BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
NOISE = 0.5  # length of what is added to a unit vector: the cosine to the original becomes 0.89
BATCH_CHUNKS = 4_000

Entry = tuple[Article, tuple[Chunk, ...], Vectors]


def main() -> None:
    """Make the folders."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("small", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--chunks", type=int, nargs="+", required=True)
    given = arguments.parse_args()
    grow(given.small, given.folder, sorted(given.chunks))


def grow(small: Path, folder: Path, sizes: list[int]) -> None:
    """Make one data folder for each size; those that are there already stay."""
    with closing(open_catalog(small)) as catalog:
        recipe = catalog.fact("recipe") or ""
        originals = [(one.article, one.chunks, one.vectors) for one in catalog.live_versions()]
    entries, held, before = repeated(originals), 0, None
    for size in sizes:
        began = time.monotonic()
        target = folder / str(size)
        batches = list(taken(entries, size - held))
        if not target.exists():
            draft = target.with_suffix(".new")
            shutil.rmtree(draft, ignore_errors=True)
            if before:
                shutil.copytree(before, draft)
            write(draft, batches, recipe=recipe)
            shutil.copytree(small / "encoder", draft / "encoder", dirs_exist_ok=True)
            draft.rename(target)
        held += sum(len(chunks) for batch in batches for _, chunks, _ in batch)
        before = target
        print(f"{target}: {held:,} chunks, {time.monotonic() - began:.0f} s", flush=True)


def repeated(originals: list[Entry]) -> Iterator[Entry]:
    """Yield the originals again and again, each time under other addresses and with other noise."""
    noise, dates = np.random.default_rng(0), random.Random(0)  # noqa: S311 - the same folder each time
    for copy in count():
        for article, chunks, vectors in originals:
            article_id = sha256(f"{article.article_id} {copy}".encode()).hexdigest()[:16]
            one = replace(
                article,
                article_id=article_id,
                url=f"{article.url}?copy={copy}",
                published_at=YEAR_BEGINS + timedelta(seconds=dates.randrange(365 * 86_400)),
                modified_at=None,
            )
            yield one, tuple(replace(chunk, article_id=article_id) for chunk in chunks), perturbed(vectors, noise)


def perturbed(vectors: Vectors, noise: np.random.Generator) -> Vectors:
    """Add a random vector of length `NOISE` to each, and make them of unit length again."""
    added = noise.normal(size=vectors.shape)
    moved = vectors + NOISE * added / np.linalg.norm(added, axis=1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def taken(entries: Iterator[Entry], chunks: int) -> Iterator[list[Entry]]:
    """Take so many chunks, up to a whole article, in batches."""
    batch: list[Entry] = []
    while chunks > 0:
        entry = next(entries)
        batch.append(entry)
        chunks -= len(entry[1])
        if sum(len(some) for _, some, _ in batch) >= BATCH_CHUNKS:
            yield batch
            batch = []
    if batch:
        yield batch


def write(folder: Path, batches: list[list[Entry]], *, recipe: str) -> None:
    """Write the batches through the project's own writer, one commit each."""
    with open_writer(folder, recipe=recipe) as writer:
        for batch in batches:
            writer.replace([(article, chunks) for article, chunks, _ in batch], np.concatenate([v for *_, v in batch]))


if __name__ == "__main__":
    main()
