"""Checks of the catalog itself: its file, its model, and that every chunk and sentence is a span of its text."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np

from index_store.care.findings import Finding, note, ok, problem
from index_store.catalog import Catalog
from index_store.errors import DatelineError
from index_store.models import Model, check_model
from index_store.records import chunk_key
from index_store.schema import SCHEMA, SCHEMA_VERSION

RESTORE = "Restore a backup into another folder with `dateline restore`, or index into one with --data-dir."
_ITEM_TABLES = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2"
_UNIT_LENGTH_TOLERANCE = 1e-3
_MOST_NAMED = 3
_COMMENT = re.compile(r"--.*")
_AROUND = re.compile(r" ?([(),]) ?")


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """See one state of the catalog, whatever is committed meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def check_file(catalog: Catalog) -> Finding:
    """Look at the tables of the file, and then through its pages, which runs what stands in foreign tables."""
    if not has_our_tables(catalog.connection):
        return problem("catalog", f"its tables are not those of format {SCHEMA_VERSION}", remedy=RESTORE)
    (verdict,) = catalog.connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        return problem("catalog", f"the file is damaged: {str(verdict).splitlines()[-1]}", remedy=RESTORE)
    return ok("catalog", f"format {SCHEMA_VERSION}, its file is sound")


def has_our_tables(connection: sqlite3.Connection) -> bool:
    """Whether a catalog has the tables of this version and nothing else: a trigger would be a program."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        return _tables(connection) == _tables(fresh)


def _tables(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """List tables and the like without comments and spaces, which differ in a catalog that was migrated."""
    rows = connection.execute(_ITEM_TABLES)
    return [(kind, name, _plain(str(sql))) for kind, name, sql in rows]


def _plain(sql: str) -> str:
    return _AROUND.sub(r"\1", " ".join(_COMMENT.sub("", sql).split()))


def check_made_with(catalog: Catalog, embedding_model: str) -> Finding:
    """Compare the model that the index was made with with the setting `embedding_model`."""
    if not catalog.has_versions():
        return note("model", "nothing is indexed yet", remedy="Fill the index with `dateline index FILE...`.")
    try:
        model = Model.from_setting(embedding_model)
        check_model(catalog, model)
    except DatelineError as error:
        return problem("model", error.message.rstrip("."), remedy=error.remedy)
    return ok("model", model.fingerprint)


@dataclass(frozen=True, slots=True)
class Chunks:
    """
    What a walk over all live chunks found.

    Attributes:
        count: How many there are.
        dimensions: Length of the first vector; None where there is no chunk.
        faults: What is wrong, with the chunk's key or the article's id.
    """

    count: int
    dimensions: int | None
    faults: tuple[str, ...]


def walk_chunks(connection: sqlite3.Connection) -> Chunks:
    """Look at each live chunk's spans and vector, and for articles without any."""
    with snapshot(connection):
        live = connection.execute(
            "SELECT version_id, article_id, number, length(text) FROM versions WHERE retired_at IS NULL"
        )
        versions = {version_id: columns for version_id, *columns in live}
        count, dimensions, faults, seen = 0, None, list[str](), set[int]()
        rows = connection.execute('SELECT chunk_key, version_id, position, start, "end", sentences, vector FROM chunks')
        for key, version_id, position, start, end, sentences, vector in rows:
            count += 1
            dimensions = dimensions or len(vector) // 4
            seen.add(version_id)
            article_id, number, length = versions.get(version_id, ("", 0, 0))
            fault = _span_fault(start, end, sentences, length) or _vector_fault(vector, dimensions)
            if not fault and (position < 0 or key != chunk_key(article_id, number, position)):
                fault = "bears another key than its article, version and position make"
            if fault:
                faults.append(f"{key} {fault}")
    faults += [f"{versions[one][0]} has no chunks" for one in versions.keys() - seen]
    return Chunks(count, dimensions, tuple(faults))


def _span_fault(start: int, end: int, sentences: bytes, length: int) -> str:
    if length == 0:
        return "belongs to no live article"
    if not 0 <= start < end <= length:
        return "is no span of its article's text"
    if len(sentences) % 8:
        return "has a broken list of sentences"
    spans = np.frombuffer(sentences, dtype=np.int32).reshape(-1, 2)
    is_inside = len(spans) == 0 or (spans.min() >= start and spans.max() <= end and (spans[:, 0] < spans[:, 1]).all())
    return "" if is_inside else "has sentences outside its span"


def _vector_fault(vector: bytes, dimensions: int) -> str:
    if len(vector) != 4 * dimensions or not dimensions:
        return f"has a vector of {len(vector)} bytes instead of {4 * dimensions}"
    with np.errstate(invalid="ignore"):  # of NaN, which is never near to 1
        numbers = np.frombuffer(vector, dtype=np.float32).astype(np.float64)  # whose squares never overflow
    is_unit = abs(float(numbers @ numbers) - 1) <= 2 * _UNIT_LENGTH_TOLERANCE
    return "" if is_unit else "has a vector that is not of unit length"


def check_chunks(catalog: Catalog) -> Finding:
    """Say what is wrong with chunks."""
    chunks = walk_chunks(catalog.connection)
    if not chunks.faults:
        return ok("chunks", f"all {chunks.count:,} are spans of their articles, with vectors of {chunks.dimensions}")
    named = "; ".join(chunks.faults[:_MOST_NAMED])
    return problem("chunks", f"{len(chunks.faults):,} of {chunks.count:,} are wrong: {named}", remedy=_INDEX_AGAIN)


_INDEX_AGAIN = (
    "Remove those articles with `dateline articles remove` and index them again, or restore a backup into another "
    "folder with `dateline restore`."
)
