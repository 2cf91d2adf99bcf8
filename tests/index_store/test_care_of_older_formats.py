"""An index of an older format, under every command that looks after one: brought up to date, or refused in words."""

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from older_formats import OLDER_FORMATS, back_to
from shelf import RECIPE, article, put, reader

from index_store import Filters, MismatchError, open_catalog, open_writer
from index_store.care.archive import CATALOG, KIND, MANIFEST
from index_store.care.backup import back_up
from index_store.care.compact import compact
from index_store.care.doctor import examine
from index_store.care.findings import Status
from index_store.care.progress import unseen
from index_store.care.rebuild import rebuild_copies
from index_store.care.restore import restore
from index_store.care.stats import statistics


@pytest.fixture(params=OLDER_FORMATS)
def older(request: pytest.FixtureRequest) -> int:
    """The number of an older format."""
    return int(request.param)


@pytest.fixture
def folder(older: int, tmp_path: Path) -> Path:
    """A data folder of that format."""
    folder = tmp_path / "data"
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [article("ferry", "The ferry leaves at nine."), article("tram")])
        put(writer, [article("tram", "The tram is back.")])
    back_to(older, folder)
    return folder


def format_of(folder: Path) -> int:
    """The format that a catalog states."""
    with closing(sqlite3.connect(folder / CATALOG)) as catalog:
        return int(catalog.execute("PRAGMA user_version").fetchone()[0])


def assert_whole(folder: Path) -> None:
    """It is of this version's format, no check finds a fault, and all is found."""
    found = examine(folder, embedding_model="")
    assert [one for one in found if one.status is Status.PROBLEM] == []
    with closing(reader(folder, resident=True)) as index:
        texts = {one.text for one in index.search("ferry tram", Filters(), limit=5, per_article=5)}
    assert texts == {"The ferry leaves at nine.", "The tram is back."}


def test_doctor_says_what_to_run(folder: Path, older: int) -> None:
    """One problem, which names the format and the command that brings the index up to date; nothing is changed."""
    (finding,) = examine(folder, embedding_model="")
    assert finding.status is Status.PROBLEM
    assert f"format {older}" in finding.told
    assert "`dateline rebuild`" in finding.remedy
    assert format_of(folder) == older


@pytest.mark.parametrize("look", [statistics, open_catalog, lambda folder: back_up(folder, folder / "b", force=False)])
def test_what_only_reads_refuses_it_with_the_remedy(folder: Path, older: int, look: Callable[[Path], object]) -> None:
    """Statistics, exports and backups are never made of tables that are misread."""
    with pytest.raises(MismatchError, match=rf"format {older}.*`dateline rebuild`"):
        look(folder)
    assert format_of(folder) == older


@pytest.mark.parametrize("command", [rebuild_copies, compact])
def test_what_writes_brings_it_up_to_date(folder: Path, command: Callable[[Path], object]) -> None:
    """Afterwards it is healthy, as one that was made by this version."""
    command(folder)
    assert_whole(folder)


def test_its_backup_is_restored_up_to_date(folder: Path, older: int, tmp_path: Path) -> None:
    """A backup made before the program was renewed is as good as one made after."""
    content = (folder / CATALOG).read_bytes()
    member = {"name": CATALOG, "size_bytes": len(content), "sha256": sha256(content).hexdigest()}
    manifest = {"kind": KIND, "created_at": "2025-03-05T10:00:00+00:00", "catalog_format": older, "members": [member]}
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.writestr(CATALOG, content)
    restore(tmp_path / "b.zip", tmp_path / "restored", expect=unseen)
    assert_whole(tmp_path / "restored")
