"""Backups: consistent beside a writer, restored whole or not at all, and suspicious of what comes from elsewhere."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from compiled import compile_into
from shelf import DIMENSIONS, RECIPE, article, put, reader

from bot.cli import dateline
from index_store import Filters, IndexStoreError, MismatchError, open_writer
from index_store.care.archive import CATALOG, KIND, MANIFEST
from index_store.care.backup import back_up
from index_store.care.doctor import examine
from index_store.care.findings import Status
from index_store.care.progress import unseen
from index_store.care.restore import restore
from index_store.catalog import Catalog


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a changed and a removed article, and a compiled model."""
    folder = tmp_path / "index"
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [article("ferry"), article("tram"), article("mayor")])
        put(writer, [article("ferry", "The ferry leaves at nine.")])
        writer.remove([article("tram").article_id])
    compile_into(folder / "encoder", [1.0, *[0.0] * (DIMENSIONS - 1)])
    return folder


def restored(file: Path, folder: Path) -> tuple[int, int]:
    """Restore without showing progress."""
    return restore(file, folder, expect=unseen)


def rows(folder: Path) -> list[object]:
    """All that the catalog holds of articles."""
    with closing(sqlite3.connect(folder / CATALOG)) as catalog:
        return [catalog.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ("versions", "chunks")]  # noqa: S608


def test_a_backup_opens_elsewhere(folder: Path, tmp_path: Path) -> None:
    """A restored folder holds the same versions and vectors, is searched with the same result, and can be written."""
    made = back_up(folder, tmp_path / "b.zip", force=False)
    assert (made.articles, made.chunks, made.size_bytes) == (2, 2, (tmp_path / "b.zip").stat().st_size)
    assert restored(tmp_path / "b.zip", tmp_path / "new" / "index") == (2, 2)
    elsewhere = tmp_path / "new" / "index"
    assert rows(elsewhere) == rows(folder)
    compiled = {path.name: path.read_bytes() for path in (folder / "encoder").iterdir()}
    assert {path.name: path.read_bytes() for path in (elsewhere / "encoder").iterdir()} == compiled
    with closing(reader(elsewhere, resident=True)) as index:
        (best,) = index.search("The ferry leaves at nine.", Filters(), limit=1, per_article=1)
        assert best.text == "The ferry leaves at nine."
    with open_writer(elsewhere, recipe=RECIPE) as writer:
        put(writer, [article("tram")])
    left = {path.name for path in elsewhere.iterdir()}
    assert left == {"catalog.sqlite", "chroma", "words", "encoder", "writer.lock"}


def test_a_file_that_is_there_is_replaced_by_force_only(folder: Path, tmp_path: Path) -> None:
    """Without --force the file stays as it was; no draft is left either way."""
    file = tmp_path / "b.zip"
    file.write_text("precious")
    with pytest.raises(IndexStoreError, match="--force"):
        back_up(folder, file, force=False)
    assert file.read_text() == "precious"
    back_up(folder, file, force=True)
    assert zipfile.is_zipfile(file)
    assert {path.name for path in tmp_path.iterdir()} == {"index", "b.zip"}


def test_what_is_not_of_a_compiled_model_stays_out(folder: Path, tmp_path: Path) -> None:
    """A file that a file browser left beside the compiled model spoils no backup."""
    (folder / "encoder" / ".DS_Store").touch()
    back_up(folder, tmp_path / "b.zip", force=False)
    assert restored(tmp_path / "b.zip", tmp_path / "elsewhere") == (2, 2)
    assert not (tmp_path / "elsewhere" / "encoder" / ".DS_Store").exists()


@pytest.mark.parametrize("vector", [[1.0, 0.0], [2.0, *[0.0] * (DIMENSIONS - 1)]])
def test_a_compiled_model_that_does_not_fit_is_left_out(folder: Path, tmp_path: Path, vector: list[float]) -> None:
    """Vectors of another length, or not of unit length, would spoil every search; the articles are restored."""
    compile_into(folder / "encoder", vector)
    back_up(folder, tmp_path / "b.zip", force=False)
    assert restored(tmp_path / "b.zip", tmp_path / "elsewhere") == (2, 2)
    assert not (tmp_path / "elsewhere" / "encoder").exists()


def test_backups_into_one_file_at_once_leave_a_whole_one(folder: Path, tmp_path: Path) -> None:
    """Four at a time, each writes beside the others; the last stands, and no draft is left."""
    file = tmp_path / "b.zip"
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: back_up(folder, file, force=True), range(4)))
    assert {one.articles for one in made} == {2}
    assert {path.name for path in tmp_path.iterdir()} == {"index", "b.zip"}
    assert restored(file, tmp_path / "elsewhere") == (2, 2)


@pytest.mark.parametrize("command", ["backup b.zip", "stats", "export", "compact", "rebuild"])
def test_a_damaged_catalog_is_told_with_the_remedy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Commands end with one message that names `dateline restore`, and leave no file."""
    content = catalog_with(folder)
    (folder / CATALOG).write_bytes(content[:16_384] + b"\xff" * (len(content) - 16_384))  # all but the first page
    monkeypatch.chdir(tmp_path)
    with pytest.raises(IndexStoreError, match=r"damaged.*dateline restore"):
        CliRunner().invoke(dateline, ["--data-dir", str(folder), *command.split()], catch_exceptions=False)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_no_backup_is_made_of_a_page_that_is_damaged(folder: Path, tmp_path: Path) -> None:
    """A page that no count reads spoils the backup all the same: it is refused with the remedy, and no file is left."""
    content = catalog_with(folder)
    (folder / CATALOG).write_bytes(content[:-16_384] + b"\xff" * 16_384)
    with pytest.raises(IndexStoreError, match=r"no backup was made: the file is damaged.*dateline restore"):
        back_up(folder, tmp_path / "b.zip", force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_no_backup_is_made_that_could_not_be_restored(folder: Path, tmp_path: Path) -> None:
    """What doctor calls a problem of the catalog is told when it can still be mended."""
    catalog_with(folder, "UPDATE chunks SET vector = zeroblob(32)")
    with pytest.raises(IndexStoreError, match=r"not of unit length.*dateline articles remove"):
        back_up(folder, tmp_path / "b.zip", force=False)


# Dies when its draft is half written.
HALF_WRITTEN = """
import os, sys, zipfile
from pathlib import Path
from index_store.care.backup import back_up
zipfile.ZipFile.open = lambda *given, **named: os._exit(9)
back_up(Path(sys.argv[1]), Path(sys.argv[2]), force=False)
"""


def test_what_a_killed_backup_left_is_cleared_by_the_next(folder: Path, tmp_path: Path) -> None:
    """The next one clears it away, under whatever name it writes; what others named so is left alone."""
    arguments = [sys.executable, "-c", HALF_WRITTEN, str(folder), str(tmp_path / "monday.zip")]
    assert subprocess.run(arguments, env=os.environ, timeout=120).returncode == 9
    (left,) = tmp_path.glob("monday.zip.*.part")
    (tmp_path / "film.part").mkdir()
    (tmp_path / "film.part" / "film").touch()
    back_up(folder, tmp_path / "tuesday.zip", force=False)
    assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"index", "tuesday.zip", "film.part"}


def test_a_device_is_not_replaced(folder: Path) -> None:
    """Not by force either: the null device is everybody's."""
    with pytest.raises(IndexStoreError, match="a folder or a device"):
        back_up(folder, Path("/dev/null"), force=True)
    assert Path("/dev/null").is_char_device()


# Dies as it is about to move something out of its draft.
KILLED = """
import os, sys
from pathlib import Path
from index_store.care.progress import unseen
from index_store.care.restore import restore
folder, rename = Path(sys.argv[2]), Path.rename
def renamed(path, target):
    if target == folder / sys.argv[3]:
        os._exit(9)
    return rename(path, target)
Path.rename = renamed
restore(Path(sys.argv[1]), folder, expect=unseen)
"""


@pytest.mark.parametrize("before", ["chroma", CATALOG])
def test_a_killed_restore_can_be_run_again(folder: Path, tmp_path: Path, before: str) -> None:
    """What it had moved into place is cleared away, and the folder counts as empty."""
    back_up(folder, tmp_path / "b.zip", force=False)
    elsewhere = tmp_path / "elsewhere"
    arguments = [sys.executable, "-c", KILLED, str(tmp_path / "b.zip"), str(elsewhere), before]
    assert subprocess.run(arguments, env=os.environ, timeout=120).returncode == 9
    assert (elsewhere / "encoder").exists()
    (told,) = (one for one in examine(elsewhere, embedding_model="") if one.check == "drafts")
    assert (told.status, "was killed" in told.told, "`dateline restore FILE`" in told.remedy) == (
        Status.NOTE,
        True,
        True,
    )
    assert restored(tmp_path / "b.zip", elsewhere) == (2, 2)
    assert {path.name for path in elsewhere.iterdir()} == {
        "catalog.sqlite",
        "chroma",
        "words",
        "encoder",
        "writer.lock",
    }


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path, tmp_path: Path) -> None:
    """Nothing is restored over an index, or over anybody's files."""
    back_up(folder, tmp_path / "b.zip", force=False)
    before = rows(folder)
    with pytest.raises(IndexStoreError, match="not empty"):
        restored(tmp_path / "b.zip", folder)
    assert rows(folder) == before
    (tmp_path / "somebodys" / "encoder").mkdir(parents=True)
    with pytest.raises(IndexStoreError, match="not empty"):
        restored(tmp_path / "b.zip", tmp_path / "somebodys")
    assert [path.name for path in (tmp_path / "somebodys").iterdir()] == ["encoder"]


BUSY = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from compiled import compile_into
from shelf import DIMENSIONS, RECIPE, article, put
from index_store import open_writer
with open_writer(Path(sys.argv[1]), recipe=RECIPE) as writer:
    for turn in range(1, 10_000):
        put(writer, [article(f"tram {n}", f"Tram {n} was seen {turn} times.") for n in range(25)])
        print(turn, flush=True)
"""


@pytest.fixture
def busy_folder(folder: Path) -> Iterator[Path]:
    """A data folder in which another process changes the same 25 articles together, again and again."""
    arguments = [sys.executable, "-c", BUSY, str(folder), str(Path(__file__).parent)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=os.environ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "1\n"
        yield folder
        assert writer.poll() is None
        writer.kill()


def test_a_backup_beside_a_writer_is_of_one_moment(busy_folder: Path, tmp_path: Path) -> None:
    """Each of three backups holds whole commits, and is healthy once it is restored."""
    for number in range(3):
        elsewhere = tmp_path / f"restored {number}"
        back_up(busy_folder, tmp_path / f"{number}.zip", force=False)
        restored(tmp_path / f"{number}.zip", elsewhere)
        with closing(Catalog.open(elsewhere / CATALOG)) as catalog:
            texts = [catalog.version(article(f"tram {n}").article_id).article.text for n in range(25)]
        assert len({text.partition("seen")[2] for text in texts}) == 1
        found = {one.check: one.status for one in examine(elsewhere, embedding_model="")}
        assert Status.PROBLEM not in found.values()


# What a stranger may send in place of a backup.


def packed(file: Path, contents: dict[str, bytes], *, manifest: object = None) -> Path:
    """Write a zip file with a manifest that fits its contents, or another one."""
    members = [
        {"name": name, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents.items()
    ]
    ours = {"kind": KIND, "created_at": "2025-03-05T10:00:00+00:00", "catalog_format": 2, "members": members}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(ours if manifest is None else manifest))
        for name, content in contents.items():
            archive.writestr(name, content)
    return file


def catalog_with(folder: Path, *statements: str) -> bytes:
    """Return the folder's catalog after some statements."""
    with closing(sqlite3.connect(folder / CATALOG)) as catalog:
        for statement in statements:
            catalog.execute(statement)
        catalog.commit()
        catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / CATALOG).read_bytes()


def _huge(content: bytes) -> object:
    member = {"name": CATALOG, "size_bytes": 10**15, "sha256": hashlib.sha256(content).hexdigest()}
    return {"kind": KIND, "created_at": "", "catalog_format": 2, "members": [member]}


def _altered(file: Path, sound: bytes) -> Path:
    packed(file, {CATALOG: sound}, manifest=None)
    other = packed(file.with_name("other.zip"), {CATALOG: sound[:-1] + b"x"})
    with (
        zipfile.ZipFile(file) as archive,
        zipfile.ZipFile(other) as changed,
        zipfile.ZipFile(file.with_name("c"), "w") as both,
    ):
        both.writestr(MANIFEST, archive.read(MANIFEST))
        both.writestr(CATALOG, changed.read(CATALOG))
    return file.with_name("c")


def _packed_by(compression: int) -> Callable[[Path, bytes], Path]:
    def pack(file: Path, sound: bytes) -> Path:
        packed(file, {CATALOG: sound})
        with zipfile.ZipFile(file) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(file, "w", compression) as archive:
            for name, content in held.items():
                archive.writestr(name, content)
        return file

    return pack


def _with_a_name_that_is_no_text(file: Path, sound: bytes) -> Path:
    packed(file, {CATALOG: sound, "encoder/ä": b"x"})
    file.write_bytes(file.read_bytes().replace("ä".encode(), b"\xff\xff"))
    return file


def _torn(file: Path, sound: bytes) -> Path:
    raw = packed(file, {CATALOG: sound}).read_bytes()
    with zipfile.ZipFile(file) as archive:
        start = archive.getinfo(CATALOG).header_offset + 60
    file.write_bytes(raw[:start] + b"\xff" * 30 + raw[start + 30 :])
    return file


HOSTILE: dict[str, Callable[[Path, bytes], Path]] = {
    "a path that climbs": lambda file, sound: packed(file, {CATALOG: sound, "../evil": b"x"}),
    "a path inside that climbs": lambda file, sound: packed(file, {CATALOG: sound, "encoder/../../evil": b"x"}),
    "an absolute path": lambda file, sound: packed(file, {CATALOG: sound, "/tmp/evil": b"x"}),  # noqa: S108
    "another file": lambda file, sound: packed(file, {CATALOG: sound, "dateline.toml": b"x"}),
    "no catalog": lambda file, _: packed(file, {"encoder/recipe.json": b"{}"}),
    "no manifest of ours": lambda file, sound: packed(file, {CATALOG: sound}, manifest={"kind": "x"}),
    "a manifest of another shape": lambda file, sound: packed(file, {CATALOG: sound}, manifest=[1, 2]),
    "a manifest that claims more": lambda file, sound: packed(file, {CATALOG: sound}, manifest=_huge(sound)),
    "a catalog other than its manifest says": _altered,
    "a catalog that is none": lambda file, _: packed(file, {CATALOG: b"not a database" * 1_000}),
    "an empty catalog": lambda file, _: packed(file, {CATALOG: b""}),
    "bytes that cannot be unpacked": _torn,
    "another compression": _packed_by(zipfile.ZIP_LZMA),
    "yet another compression": _packed_by(zipfile.ZIP_BZIP2),
    "a name that is no text": _with_a_name_that_is_no_text,
    "no zip file": lambda file, _: Path(file.write_bytes(b"PK nothing") and file),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_backup_is_refused_and_leaves_nothing(folder: Path, tmp_path: Path, kind: str) -> None:
    """The error names a remedy; the folder stays empty, and nothing is written outside it."""
    file = HOSTILE[kind](tmp_path / "hostile.zip", catalog_with(folder))
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(IndexStoreError) as raised:
        restored(file, tmp_path / "target")
    assert raised.value.remedy
    left = {path.name for path in (tmp_path / "target").iterdir()} if (tmp_path / "target").exists() else set()
    assert left <= {"writer.lock"}
    assert {path.name for path in tmp_path.iterdir()} - before <= {"target"}


def test_a_catalog_with_a_program_in_it_is_refused(folder: Path, tmp_path: Path) -> None:
    """Triggers and views run when tables are read or written; no backup of ours has any."""
    content = catalog_with(folder, "CREATE TRIGGER bad AFTER INSERT ON facts BEGIN DELETE FROM versions; END")
    with pytest.raises(IndexStoreError, match="tables"):
        restored(packed(tmp_path / "b.zip", {CATALOG: content}), tmp_path / "target")


def test_a_catalog_of_another_format_is_refused(folder: Path, tmp_path: Path) -> None:
    """A newer Dateline's backup is told as such."""
    content = catalog_with(folder, "PRAGMA user_version = 99")
    with pytest.raises(MismatchError, match=r"format 99.*newer"):
        restored(packed(tmp_path / "b.zip", {CATALOG: content}), tmp_path / "target")


def test_a_manifest_of_a_newer_dateline_is_refused_before_anything_is_unpacked(folder: Path, tmp_path: Path) -> None:
    """What it says of its catalog is enough; no data folder is made."""
    manifest = {"kind": KIND, "created_at": "", "catalog_format": 99, "members": []}
    file = packed(tmp_path / "b.zip", {CATALOG: catalog_with(folder)}, manifest=manifest)
    with pytest.raises(MismatchError, match=r"format 99.*newer"):
        restored(file, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_bomb_is_not_unpacked(folder: Path, tmp_path: Path) -> None:
    """What unpacks to more than fits on the disk is refused before anything is written."""
    file = tmp_path / "bomb.zip"
    packed(file, {CATALOG: catalog_with(folder)}, manifest=_huge(b""))
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo(CATALOG)
    raw = bytearray(file.read_bytes())
    place = raw.rfind(b"PK\x01\x02") + 24  # the unpacked size in the directory, 4 bytes
    raw[place : place + 4] = (2**32 - 2).to_bytes(4, "little")
    file.write_bytes(raw)
    assert entry.file_size < 2**32 - 2
    with pytest.raises(IndexStoreError):
        restored(file, tmp_path / "target")
    assert not (tmp_path / "target").exists()
