"""What `dateline doctor` finds: faults by their kind, and none in what is in flight."""

import json
import math
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from compiled import INPUTS, compile_into
from filelock import FileLock
from shelf import DIMENSIONS, RECIPE, article, chunks_of, put, vector_of

from index_store import open_writer
from index_store.care.doctor import examine
from index_store.care.findings import Finding, Status
from index_store.care.folder_checks import check_writer
from index_store.care.rebuild import ensure_compiled, rebuild_copies
from index_store.catalog import Catalog
from index_store.copies import COPIES
from index_store.lock import writer_at_work, writer_lock
from index_store.models import Model
from index_store.records import NewVersion
from index_store.vectors import vectors_in_folder
from index_store.words import Words
from index_store.writable_catalog import WritableCatalog

FERRY = article("ferry", "The ferry leaves at nine.", "Tickets cost four euros.")
NOTE = json.dumps({"pid": 4711, "since": "2025-03-05T10:00:00+00:00"})
UNIT = [1.0, *[0.0] * (DIMENSIONS - 1)]
OTHERS = [article(f"depot {number}") for number in range(20)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound data folder."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [FERRY, *OTHERS])
    return tmp_path


def findings(folder: Path, embedding_model: str = "") -> dict[str, Finding]:
    """Examine a folder, by check."""
    return {finding.check: finding for finding in examine(folder, embedding_model=embedding_model)}


def problems(folder: Path) -> dict[str, str]:
    """What is wrong, by check; each problem must name a remedy."""
    wrong = {check: one for check, one in findings(folder).items() if one.status is Status.PROBLEM}
    assert all(one.remedy for one in wrong.values())
    return {check: one.told for check, one in wrong.items()}


def execute(folder: Path, statement: str, *values: object) -> None:
    """Change the catalog behind Dateline's back."""
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection, connection:
        connection.execute(statement, values)


def test_a_sound_folder_is_healthy(folder: Path) -> None:
    """All checks pass; that no model is compiled yet is told with the remedy, and is no fault."""
    found = findings(folder)
    assert {check for check, one in found.items() if one.status is not Status.OK} == {"encoder"}
    assert "dateline rebuild" in found["encoder"].remedy
    assert "22 live chunks" in found["chroma"].told
    assert "22 live chunks" in found["words"].told


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    """Without an index there is one problem, with the command that makes one, and nothing is made."""
    (finding,) = examine(tmp_path / "none", embedding_model="")
    assert finding.status is Status.PROBLEM
    assert "dateline index" in finding.remedy
    assert not (tmp_path / "none").exists()


def test_nothing_indexed_is_no_fault(tmp_path: Path) -> None:
    """A folder whose first run found no article is healthy."""
    with open_writer(tmp_path, recipe=RECIPE):
        pass
    assert problems(tmp_path) == {}


@pytest.mark.parametrize("copy", COPIES)
def test_chunks_missing_from_a_copy_are_found_and_rebuilt(folder: Path, copy: str) -> None:
    """A copy that lost a chunk is told with the number of chunks; the remedy heals it."""
    key = f"{FERRY.article_id}.1.1"
    if copy == "chroma":
        with closing(vectors_in_folder(folder / "chroma")) as vectors:
            vectors.forget([key])
    else:
        Words(folder / "words").forget([key])
    assert problems(folder) == {copy: "of 22 chunks: 1 missing"}
    rebuild_copies(folder)
    assert problems(folder) == {}


@pytest.mark.parametrize("copy", COPIES)
def test_chunks_that_only_a_copy_has_are_found_unless_noted_as_strays(folder: Path, copy: str) -> None:
    """What the catalog does not know is a fault; what it notes as a stray is a writer's, in flight, and is none."""
    unknown = article("unknown")
    version = NewVersion(unknown, 1, _first_seen(folder), chunks_of(unknown), vector_of(unknown.text)[None])
    with closing(WritableCatalog.open(folder / "catalog.sqlite")) as catalog:
        catalog.expect(version.keys)
        if copy == "chroma":
            with closing(vectors_in_folder(folder / "chroma")) as vectors:
                vectors.replace([version])
        else:
            Words(folder / "words").replace([version])
        assert problems(folder) == {}
        catalog.forget_strays()
    assert problems(folder) == {copy: "of 22 chunks: 1 unknown to the catalog"}


def _first_seen(folder: Path) -> object:
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        return catalog.version(FERRY.article_id).first_seen_at


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_that_is_gone_is_told_with_the_remedy(folder: Path, copy: str) -> None:
    """A deleted folder is named, and `dateline rebuild` with it."""
    shutil.rmtree(folder / copy)
    assert copy in problems(folder)
    assert "dateline rebuild" in findings(folder)[copy].remedy


@pytest.mark.parametrize(
    ("files", "check"),
    [
        ("words/meta.json", "words"),
        ("words/*.store", "words"),
        ("words/*.term", "words"),
        ("chroma/chroma.sqlite3", "chroma"),
    ],
)
def test_a_copy_of_garbage_is_told_and_rebuilt(folder: Path, files: str, check: str) -> None:
    """Whatever stands in a copy's files, doctor names the copy and does not fail; the remedy heals it."""
    paths = list(folder.glob(files))
    assert paths
    for path in paths:
        path.unlink()  # not written in place: who still has the old file open would see it shrink
        path.write_bytes(b"garbage" * 100)
    assert problems(folder).keys() == {check}
    assert "dateline rebuild" in findings(folder)[check].remedy


def test_a_graph_that_is_gone_is_found_by_asking(tmp_path: Path) -> None:
    """Chroma that lists all chunks and finds none is broken; the keys alone would not tell."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article(f"depot {number}") for number in range(1_100)])  # fewer are not written to a graph
    for graph in (tmp_path / "chroma").glob("*/data_level0.bin"):
        graph.unlink()
        graph.write_bytes(b"")
    assert problems(tmp_path).keys() == {"nearest"}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ('UPDATE chunks SET "end" = 1000 WHERE chunk_key = ?', "is no span of its article's text"),
        ('UPDATE chunks SET start = "end" WHERE chunk_key = ?', "is no span of its article's text"),
        ("UPDATE chunks SET sentences = x'0000000001000000' WHERE chunk_key = ?", "has sentences outside its span"),
        ("UPDATE chunks SET sentences = x'00' WHERE chunk_key = ?", "has a broken list of sentences"),
        ("UPDATE chunks SET vector = substr(vector, 5) WHERE chunk_key = ?", "has a vector of 28 bytes instead of 32"),
        ("UPDATE chunks SET vector = zeroblob(32) WHERE chunk_key = ?", "has a vector that is not of unit length"),
    ],
)
def test_a_chunk_that_is_no_span_or_has_no_sound_vector_is_named(folder: Path, statement: str, fault: str) -> None:
    """Each fault is told with the chunk's key."""
    key = f"{FERRY.article_id}.1.1"
    execute(folder, statement, key)
    assert f"{key} {fault}" in problems(folder)["chunks"]


def test_a_row_that_cannot_be_read_is_told_and_ends_the_look_at_what_is_made_of_it(folder: Path) -> None:
    """SQLite keeps any value in any column; the table is named, and no later check stumbles over it."""
    execute(folder, "UPDATE versions SET published_epoch = 1 << 62")
    found = findings(folder)
    assert found["rows"].told == "versions holds a published_epoch outside the calendar"
    assert not {"chunks", "chroma", "words"} & found.keys()


def test_an_article_without_chunks_is_named(folder: Path) -> None:
    """It could never be found."""
    execute(folder, "DELETE FROM chunks WHERE chunk_key LIKE ? || '.%'", FERRY.article_id)
    assert f"{FERRY.article_id} has no chunks" in problems(folder)["chunks"]


def test_another_model_is_told_with_the_setting(folder: Path) -> None:
    """A model other than the one indexed with is a fault, and the setting to change is named."""
    finding = findings(folder, "other/model")["model"]
    assert finding.status is Status.PROBLEM
    assert "embedding_model" in finding.remedy


def test_a_damaged_file_is_told_in_words(folder: Path) -> None:
    """Garbage in the catalog's pages is a problem with a remedy, and no error."""
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((folder / "catalog.sqlite").read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    (folder / "catalog.sqlite").write_bytes(content)
    assert "damaged" in problems(folder)["catalog"]


def test_a_foreign_table_or_trigger_is_told(folder: Path) -> None:
    """A catalog holds Dateline's tables only."""
    execute(folder, "CREATE TRIGGER bad AFTER INSERT ON facts BEGIN DELETE FROM versions; END")
    assert "tables" in problems(folder)["catalog"]


@pytest.mark.parametrize(
    ("vector", "inputs", "fault"),
    [
        (UNIT, ["input_ids"], "no usable compiled model"),
        (UNIT, ["input_ids", "another"], "no usable compiled model"),
        (UNIT, 5, "no usable compiled model"),
        ([1.0, 0.0], INPUTS, "its vectors have 2 numbers, the index's 8"),
        ([2.0, *UNIT[1:]], INPUTS, "not of unit length"),
        ([math.nan, *UNIT[1:]], INPUTS, "not of unit length"),
    ],
)
def test_a_compiled_model_that_cannot_be_used_is_told_and_compiled_anew(
    folder: Path, vector: list[float], inputs: Any, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recipe that does not fit, or vectors that do not, are a problem, and doctor's remedy heals it."""
    compile_into(folder / "encoder", vector, inputs=inputs)
    assert fault in problems(folder)["encoder"]
    monkeypatch.setattr("index_store.care.rebuild.Transformer", SmallEncoder)
    assert ensure_compiled(folder, embedding_model="")
    assert findings(folder)["encoder"].status is Status.OK


class SmallEncoder:
    """Stands for the model, which takes half a minute to be compiled."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def export(self, folder: Path) -> bool:
        """Compile a sound model."""
        compile_into(folder, UNIT)
        return True


def test_a_dead_writer_and_its_drafts_are_told(folder: Path) -> None:
    """The note of a killed process and the drafts it left are told, and are no fault: the next writer clears up."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(timeout=60)
    (folder / "writer.json").write_text(json.dumps({"pid": ended.pid, "since": "2025-03-05T10:00:00+00:00"}))
    (folder / "words.new").mkdir()
    (folder / "restore.new").mkdir()
    found = findings(folder)
    assert found["writer"].status is found["drafts"].status is Status.NOTE
    assert f"process {ended.pid}" in found["writer"].told
    assert "restore.new, words.new" in found["drafts"].told
    rebuild_copies(folder)
    assert findings(folder)["writer"].status is findings(folder)["drafts"].status is Status.OK


def test_a_writer_is_known_by_its_lock(folder: Path) -> None:
    """Who holds the lock is writing, in whichever container, whether or not a process of that number can be seen."""
    (folder / "writer.json").write_text(NOTE)
    assert "process 4711, which began at 2025-03-05T10:00:00+00:00, was killed" in findings(folder)["writer"].told
    assert writer_at_work(folder) is None
    with FileLock(folder / "writer.lock"):
        assert "process 4711 has been writing since" in findings(folder)["writer"].told
        assert writer_at_work(folder) == "Process 4711 (since 2025-03-05T10:00:00+00:00)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[4711]",
        NOTE.replace("4711", "1e400"),
        NOTE.replace("4711", "-1"),
        NOTE.replace("4711", "9" * 30),
        NOTE.replace("4711", '"4711"'),
        NOTE.replace("2025-03", "once"),
        "[" * 900,
    ],
)
def test_a_note_that_no_writer_wrote_is_not_believed(tmp_path: Path, text: str) -> None:
    """It is told as what it is, and stops nobody."""
    (tmp_path / "writer.json").write_text(text)
    assert writer_at_work(tmp_path) is None
    assert check_writer(tmp_path).told.startswith("no process is writing; writer.json names none")
    with writer_lock(tmp_path):
        assert check_writer(tmp_path).status is Status.OK


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from shelf import RECIPE, article, put
from index_store import open_writer
with open_writer(Path(sys.argv[1]), recipe=RECIPE) as writer:
    for turn in range(10_000):
        put(writer, [article(f"tram {n}", f"Tram {n} was seen {turn} times.") for n in range(turn % 7, 30)])
        writer.remove([article(f"tram {turn % 11}").article_id])
        print(turn, flush=True)
"""


@pytest.fixture
def busy_folder(folder: Path) -> Iterator[Path]:
    """A data folder in which another process adds, changes and removes articles all the time."""
    arguments = [sys.executable, "-c", WRITER, str(folder), str(Path(__file__).parent)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "0\n"
        yield folder
        assert writer.poll() is None
        writer.kill()


def test_nothing_in_flight_is_called_a_fault(busy_folder: Path) -> None:
    """Beside a busy writer, no check of ten finds a fault."""
    assert [problems(busy_folder) for _ in range(10)] == [{}] * 10
