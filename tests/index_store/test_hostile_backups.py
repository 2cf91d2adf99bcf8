"""Backups with unsound content: refused with one message that names the file, before anything is put in place."""

import hashlib
import json
import sqlite3
import stat
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shelf import RECIPE, article, put

from bot.cli import dateline
from index_store import Filters, IndexStoreError, SourceLog, SourceState, open_writer
from index_store.care import restore as restoring
from index_store.care.archive import CATALOG, KIND, MANIFEST
from index_store.care.export import exported_lines
from index_store.care.progress import unseen
from index_store.care.restore import restore
from index_store.care.stats import statistics
from index_store.catalog import Catalog
from index_store.records import Likeness


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog in whose every table there is something."""
    folder = tmp_path_factory.mktemp("index")
    ferry, quay = article("ferry", "The ferry leaves.", "At nine."), article("quay", "The ferry leaves.", "At nine.")
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [ferry], {ferry.article_id: Likeness((1, 2))})
        put(writer, [quay], {quay.article_id: Likeness((1, 3), (ferry.article_id,))})
        put(writer, [article("tram", "It rang.", authors=("Mira Lund",))])
        put(writer, [article("tram", "It rang twice.")])
        writer.remember([SourceState("https://news.example/feed", failures=1, below=("https://news.example/a",))])
    with closing(sqlite3.connect(folder / CATALOG)) as catalog:
        catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / CATALOG


@pytest.fixture(scope="module")
def sound(sound_file: Path) -> bytes:
    """The same, as it stands in a backup."""
    return sound_file.read_bytes()


def changed(sound: bytes, folder: Path, statement: str, *values: object) -> bytes:
    """Return the catalog after a statement."""
    file = folder / "changed.sqlite"
    file.write_bytes(sound)
    with closing(sqlite3.connect(file)) as catalog:
        catalog.execute("PRAGMA journal_mode = DELETE")
        with catalog:
            catalog.execute(statement, values)
    return file.read_bytes()


def packed(folder: Path, catalog: bytes, **changes: object) -> Path:
    """Write a backup of a catalog, whose manifest is changed in these keys."""
    member = {"name": CATALOG, "size_bytes": len(catalog), "sha256": hashlib.sha256(catalog).hexdigest()}
    manifest = {"kind": KIND, "created_at": "", "catalog_format": 4, "members": [member]} | changes
    file = folder / "b.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.writestr(CATALOG, catalog)
    return file


def refusal(file: Path, folder: Path) -> str:
    """Restore a backup, which must be refused in words that name it and no draft, and leave nothing behind."""
    with pytest.raises(IndexStoreError, match="is not a sound backup: ") as raised:
        restore(file, folder, expect=unseen)
    assert raised.value.message.startswith(str(file))
    assert "restore.new" not in str(raised.value)
    assert not folder.exists() or {path.name for path in folder.iterdir()} <= {"writer.lock"}
    return raised.value.message


UNSOUND = {
    "a span beyond the text": ('UPDATE chunks SET "end" = 1000', "no span of its article's text"),
    "sentences beyond the span": ("UPDATE chunks SET sentences = x'0000000000010000'", "sentences outside"),
    "a vector of zeros": ("UPDATE chunks SET vector = zeroblob(32)", "not of unit length"),
    "a vector of NaN": ("UPDATE chunks SET vector = x'" + "0000c07f" * 8 + "'", "not of unit length"),
    "a vector of signalling NaN": ("UPDATE chunks SET vector = x'" + "0100807f" * 8 + "'", "not of unit length"),
    "a vector of huge numbers": ("UPDATE chunks SET vector = x'" + "ffff7f7f" * 8 + "'", "not of unit length"),
    "no numbers in a vector": ("UPDATE chunks SET vector = x''", "vector of 0 bytes"),
    "vectors of two lengths": (
        "UPDATE chunks SET vector = substr(vector, 5) WHERE rowid = (SELECT max(rowid) FROM chunks)",
        "vector of 28 bytes",
    ),
    "a text as a vector": ("UPDATE chunks SET vector = 'near'", "chunks holds a vector that is no BLOB"),
    "a key of another chunk": ("UPDATE chunks SET chunk_key = position || 'x' || version_id", "bears another key"),
    "no facts": ("DELETE FROM facts", "facts lacks the model"),
    "no recipe": ("DELETE FROM facts WHERE name = 'recipe'", "facts lacks the recipe"),
    "a fact that is no text": ("UPDATE facts SET value = x'00'", "facts holds a value that is no TEXT"),
    "a generation in words": (
        "UPDATE facts SET value = 'four' WHERE name = 'generation'",
        "generation that is no number",
    ),
    "a date far away": ("UPDATE versions SET published_epoch = 99999999999999", "published_epoch outside the calendar"),
    "a date that is none": ("UPDATE versions SET published_at = 'soon'", "broken dates"),
    "a date without a zone": ("UPDATE versions SET published_at = '2025-03-05T00:00:00'", "broken dates"),
    "a date unlike its number": ("UPDATE versions SET published_epoch = published_epoch + 1", "broken dates"),
    "authors that are no list": ("UPDATE versions SET authors = '5'", "authors"),
    "authors that are no names": ("UPDATE versions SET authors = '[1]'", "authors"),
    "authors without end": ("UPDATE versions SET authors = '" + "[" * 5_000 + "'", "authors"),
    "a text of bytes": ("UPDATE versions SET text = CAST(text AS BLOB)", "versions holds a text that is no TEXT"),
    "a text that is no UTF-8": ("UPDATE versions SET text = CAST(x'ff' AS TEXT)", "not UTF-8"),
    "an empty text": ("UPDATE versions SET text = ''", "belongs to no live article"),
    "a source seen at no time": ("UPDATE sources SET checked_at = 1 << 62", "checked_at outside the calendar"),
    "a source without a list": ("UPDATE sources SET below = '{'", "sources holds one with a broken list"),
    "a source asked never again": ("UPDATE sources SET update_every_s = 9e999", "no duration"),
    "copies of nothing": ("UPDATE copies SET other = 'nobody'", "not live"),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_unsound_content_is_refused(sound: bytes, tmp_path: Path, kind: str) -> None:
    """What doctor would call a problem, or no reader could read, is told in one message."""
    statement, told = UNSOUND[kind]
    with warnings.catch_warnings(action="error"):
        assert told in refusal(packed(tmp_path, changed(sound, tmp_path, statement)), tmp_path / "target")


COLUMNS = [
    (table, column)
    for table, columns in {
        "facts": "name value",
        "versions": "article_id number fingerprint url title text authors publisher published_at published_epoch "
        "public_by_epoch date_source language date_confidence modified_at section first_seen_at indexed_at retired_at",
        "chunks": 'chunk_key version_id position start "end" sentences vector',
        "bands": "band version_id",
        "copies": "one other",
        "stories": "article_id story_id",
        "sources": "location kind etag checked_at failures problem retired update_every_s since_at below",
    }.items()
    for column in columns.split()
]
VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.binary(max_size=40)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["", "[]", "[null]", "{}", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "NaN", b""])
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(COLUMNS), VALUES)
@example(("versions", "modified_at"), "9999-12-31T23:59:59-10:00")
@example(("versions", "first_seen_at"), -(2**63))
def test_any_value_in_any_column_is_refused_or_read(sound_file: Path, where: tuple[str, str], value: Any) -> None:
    """What is not refused with a message can be exported, listed, counted and searched."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            statement = f"UPDATE {where[0]} SET {where[1]} = ?"  # noqa: S608 - names above
            content = changed(sound_file.read_bytes(), folder, statement, value)
        except sqlite3.IntegrityError:
            return
        with patch.object(restoring, "rebuild"):  # making the copies takes a second
            try:
                restore(packed(folder, content), folder / "target", expect=unseen)
            except IndexStoreError as error:
                refused = error.message
            else:
                read_all(folder / "target")
                return
        assert "is not a sound backup: " in refused


def read_all(folder: Path) -> None:
    """Read whatever commands read."""
    statistics(folder)
    with closing(Catalog.open(folder / CATALOG)) as catalog:
        keys, vectors = catalog.vectors(Filters())
        assert len(catalog.chunks(keys, Filters())) == len(keys)
        catalog.glances(keys, vectors[0], Filters())
        list(exported_lines(catalog, Filters()))
        SourceLog(catalog.connection).sources()
        for summary in catalog.articles(Filters(), limit=10):
            catalog.past.lifetimes(summary.article_id)
            catalog.stories.copies(summary.article_id, Filters(), limit=5)
        catalog.stories.sharing([1, 2, 3], limit=5)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "1" * 10_000,
        '{"kind": ' * 5_000,
        '{"kind": "K", "created_at": "", "catalog_format": 4, "members": [{"name": "\\ud800"}]}',
        '{"kind": "K", "created_at": "", "catalog_format": 4, "members": {}}',
        '{"kind": "K", "created_at": "", "catalog_format": 4, "members": []}',
        '{"kind": "K", "created_at": "", "catalog_format": 4}',
        '{"kind": "K", "created_at": "", "catalog_format": 1e999, "members": []}',
    ],
)
def test_a_manifest_of_another_shape_is_refused(sound: bytes, tmp_path: Path, text: str) -> None:
    """Any JSON, or none."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(MANIFEST, text.replace('"K"', f'"{KIND}"'))
        archive.writestr(CATALOG, sound)
    assert "manifest" in refusal(tmp_path / "b.zip", tmp_path / "target")


@pytest.mark.parametrize("size", [float("inf"), float("nan"), -1, 1.5, "12", None, True, 10**400, [1]])
def test_a_size_that_is_none_is_refused(sound: bytes, tmp_path: Path, size: object) -> None:
    """Sizes are whole numbers from zero."""
    members = [{"name": CATALOG, "size_bytes": size, "sha256": ""}]
    assert "manifest" in refusal(packed(tmp_path, sound, members=members), tmp_path / "target")


def test_a_member_that_stands_twice_is_refused(sound: bytes, tmp_path: Path) -> None:
    """In the manifest as in the archive, each name stands once."""
    member = {"name": CATALOG, "size_bytes": len(sound), "sha256": hashlib.sha256(sound).hexdigest()}
    refusal(packed(tmp_path, sound, members=[member, member]), tmp_path / "target")
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(packed(tmp_path, sound), "a") as archive:
        archive.writestr(CATALOG, sound)
    assert "twice" in refusal(tmp_path / "b.zip", tmp_path / "target")


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFDIR])
def test_a_member_that_is_no_ordinary_file_is_refused(sound: bytes, tmp_path: Path, mode: int) -> None:
    """Links and devices are none of a backup's, whatever their name."""
    packed(tmp_path, sound)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(MANIFEST, "{}")
        entry = zipfile.ZipInfo(CATALOG)
        entry.external_attr = (mode | 0o644) << 16
        archive.writestr(entry, "/etc/passwd")
    assert "links or devices" in refusal(tmp_path / "b.zip", tmp_path / "target")


FORMATS: dict[str, Callable[[bytes, Path], bytes]] = {
    "none": lambda sound, folder: changed(sound, folder, "PRAGMA user_version = 0"),
    "never released": lambda sound, folder: changed(sound, folder, "PRAGMA user_version = 1"),
    "negative": lambda sound, folder: changed(sound, folder, "PRAGMA user_version = -7"),
    "older than its tables": lambda sound, folder: changed(sound, folder, "PRAGMA user_version = 3"),
    "without tables": lambda sound, folder: changed(sound, folder, "DROP TABLE strays"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_catalog_whose_format_is_no_format_is_refused(sound: bytes, tmp_path: Path, kind: str) -> None:
    """Whatever number it bears, the backup is named and not the draft."""
    refusal(packed(tmp_path, FORMATS[kind](sound, tmp_path)), tmp_path / "target")


def test_what_is_no_file_is_told_at_once(tmp_path: Path) -> None:
    """A device or a pipe is not waited for; the command ends with one message."""
    with pytest.raises(IndexStoreError, match="a folder or a device"):
        CliRunner().invoke(
            dateline, ["restore", "/dev/zero", "--data-dir", str(tmp_path / "target")], catch_exceptions=False
        )
    assert not (tmp_path / "target").exists()
