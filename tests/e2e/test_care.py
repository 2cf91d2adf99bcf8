"""The commands that look after a data folder, as people run them."""

import shlex
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import NUMBER, TEXT_OR_NULL, Dateline, clean_environment, copy_index, misfits, wait_until, write_jsonl
from linked_model import link_model

QUESTION = "Who led the talks in Doha?"
DOCTOR = {"healthy": bool, "checks": [{"check": str, "status": str, "told": str, "remedy": str}]}
STATS = {
    **dict.fromkeys(("articles", "chunks", "versions", "past_versions", "stories", "undated", "format"), int),
    **dict.fromkeys(("oldest", "newest", "model", "last_commit_at"), TEXT_OR_NULL),
    "publishers": [{"publisher": TEXT_OR_NULL, "articles": int}],
    "languages": [{"language": TEXT_OR_NULL, "articles": int}],
    "months": [{"month": str, "articles": int}],
    "sources": dict.fromkeys(("total", "ok", "failing", "due", "retired"), int),
    "bytes": dict.fromkeys(("catalog", "chroma", "words", "encoder", "other"), NUMBER),
}


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with an index of its own."""
    return Dateline(tmp_path, copy_index(indexed_folder, tmp_path / "index"))


def answers(dateline: Dateline) -> bool:
    """Whether the question is answered, by a one-off reader and by a resident one."""
    (resident,) = dateline.ask_all([QUESTION])
    one_off = dateline("ask", QUESTION, "--json").succeeded().record
    return "Adam Boehler" in one_off["answer"] and "Adam Boehler" in resident["answer"]


def test_doctor_finds_a_fault_and_its_remedy_heals_it(dateline: Dateline) -> None:
    """Status 0 while healthy; with a copy gone, status 1 and the command that brings it back; then 0 again."""
    healthy = dateline("doctor").succeeded()
    assert [line for line in healthy.out.splitlines() if not line.startswith("ok ")] == []
    shutil.rmtree(dateline.folder / "index" / "words")
    run = dateline("doctor", "--json")
    assert (run.status, run.err) == (1, "")
    assert misfits(run.record, DOCTOR) == []
    (fault,) = (check for check in run.record["checks"] if check["status"] == "problem")
    assert fault["check"] == "words"
    assert "`dateline rebuild`" in fault["remedy"]
    dateline("rebuild").succeeded()
    assert dateline("doctor", "--json").succeeded().record["healthy"]
    assert answers(dateline)


def test_a_compiled_model_that_is_broken_is_found_and_compiled_anew(dateline: Dateline) -> None:
    """Doctor names the remedy, and the remedy makes questions fast again."""
    assert dateline.data_dir is not None
    model = dateline.data_dir / "encoder" / "model.onnx"
    model.unlink()  # it is shared with other tests, and not to be written to
    model.write_bytes(b"broken")
    run = dateline("doctor")
    assert run.status == 1
    assert "problem  encoder" in run.out
    dateline("rebuild").succeeded()
    dateline("doctor").succeeded()
    assert answers(dateline)


def test_a_killed_rebuild_leaves_the_old_copies(dateline: Dateline) -> None:
    """After a kill -9 in the middle, readers are answered as before; the next rebuild clears up and completes."""
    index = dateline.folder / "index"
    with dateline.start("rebuild") as process:
        wait_until((index / "chroma.new" / "chroma.sqlite3").exists, process)
        process.kill()
        assert process.wait(timeout=60) == -signal.SIGKILL
    assert answers(dateline)
    told = dateline("doctor").succeeded().out
    assert "note     drafts    chroma.new" in told
    assert "was killed" in told
    dateline("rebuild").succeeded()
    assert {path.name for path in index.iterdir()} == {"catalog.sqlite", "chroma", "encoder", "words", "writer.lock"}
    assert answers(dateline)


def test_a_backup_taken_while_a_writer_writes_opens_elsewhere(dateline: Dateline) -> None:
    """Backup waits for nobody; restored into an empty folder, the index answers and is healthy there."""
    entries = ({"title": f"Depot {n}", "text": f"Depot {n} was opened by Mira{n} Lund."} for n in range(300))
    source = write_jsonl(dateline.folder / "depots.jsonl", entries)
    with dateline.start("index", source) as writer:
        wait_until((dateline.folder / "index" / "writer.json").exists, writer)
        dateline("backup", "b.zip").succeeded()
        assert writer.poll() is None  # it was writing all the while
        writer.kill()
    elsewhere = Dateline(dateline.folder, dateline.folder / "elsewhere" / "index")
    elsewhere("restore", "b.zip").succeeded()
    assert answers(elsewhere)
    elsewhere("doctor").succeeded()


def test_backups_and_exports_replace_nothing_unasked(dateline: Dateline) -> None:
    """A file that is there stays without --force; a full folder is not restored into; a wrong name is wrong usage."""
    for name in ("b.zip", "a.jsonl"):
        (dateline.folder / name).write_text("precious")
    for arguments in (["backup", "b.zip"], ["export", "-o", "a.jsonl"]):
        run = dateline(*arguments)
        assert run.status == 1
        assert "--force" in run.err
        assert (dateline.folder / arguments[-1]).read_text() == "precious"
        dateline(*arguments, "--force").succeeded()
    run = dateline("restore", "b.zip")
    assert run.status == 1
    assert "not empty" in run.err
    assert dateline("backup", "b.rar").status == 2
    assert dateline("restore", "none.zip").status == 1


VERSIONS = (
    "SELECT article_id, fingerprint, url, title, text, authors, publisher, published_at, date_source, date_confidence, "
    "modified_at, section, language FROM versions WHERE retired_at IS NULL ORDER BY article_id"
)
CHUNKS = 'SELECT chunk_key, start, "end", sentences, vector FROM chunks ORDER BY chunk_key'


def rows(folder: Path, query: str) -> list[Any]:
    """Ask a catalog."""
    with closing(sqlite3.connect(f"file:{folder}/catalog.sqlite?mode=ro", uri=True)) as catalog:
        return catalog.execute(query).fetchall()


@pytest.fixture
def mixed(dateline: Dateline) -> Dateline:
    """The index, with an article from a text file and one from a page beside those from JSON lines."""
    (dateline.folder / "mill.md").write_text(
        "---\ndate: 2025-01-02\nlanguage: fr\n---\n# Mill\n\nThe mill turns. It is old."
    )
    (dateline.folder / "ferry.html").write_text(
        '<html lang="en"><head><title>Ferry</title><meta property="article:section" content="Harbour">'
        '<meta property="article:published_time" content="2025-03-05T10:00:00+02:00">'
        '<meta property="article:modified_time" content="2025-03-06T10:00:00+02:00">'
        '<meta name="author" content="Ann Reed"></head><body><article><h1>Ferry</h1>'
        + "<p>The ferry left Port Maren at nine with forty people on board, said harbour master Ines Caldeira.</p>" * 9
        + "</article></body></html>"
    )
    dateline("index", "mill.md", "ferry.html").succeeded()
    return dateline


def test_an_export_is_indexed_to_the_same_index(mixed: Dateline, compiled_model: Path) -> None:
    """Articles, fingerprints, dates and where they were read, spans and vectors: all is there again."""
    mixed("export", "-o", "all.jsonl.gz").succeeded()
    other = Dateline(mixed.folder, link_model(compiled_model, mixed.folder / "other"))
    report = other("index", "all.jsonl.gz", "--json").succeeded().record
    assert (report["added"], report["failed"]) == (5, 0)
    assert mixed.data_dir is not None
    assert other.data_dir is not None
    before, after = rows(mixed.data_dir, VERSIONS), rows(other.data_dir, VERSIONS)
    assert after == before
    assert len(before) == 5
    assert {row[8] for row in before} > {"record"}  # dates from several kinds of places
    assert any(row[10] for row in before)  # and one that was modified
    chunks, again = rows(mixed.data_dir, CHUNKS), rows(other.data_dir, CHUNKS)
    assert [row[:4] for row in again] == [row[:4] for row in chunks]
    for (*_, vector), (*_, other_vector) in zip(chunks, again, strict=True):
        np.testing.assert_allclose(
            np.frombuffer(vector, dtype=np.float32), np.frombuffer(other_vector, dtype=np.float32), rtol=0, atol=1e-6
        )
    assert mixed("index", "all.jsonl.gz", "--json").succeeded().record["unchanged"] == 5


def test_an_export_can_be_filtered(dateline: Dateline) -> None:
    """The filters of all commands hold; standard output has the lines and nothing else, oldest first."""
    records = dateline("export").succeeded().records
    assert [record["published_at"][:7] for record in records] == ["2025-02", "2025-03", "2025-04"]
    run = dateline("export", "--since", "2025-03-01", "--source", "Example Wire").succeeded()
    assert [record["publisher"] for record in run.records] == ["Example Wire"]
    assert "Exported 1 article." in run.err


def test_an_export_of_nothing_names_the_nearest_publishers(dateline: Dateline) -> None:
    """A misspelt --source is told on standard error, by `articles list` too."""
    for command in (["export"], ["articles", "list"]):
        run = dateline(*command, "--source", "exmaple wire").succeeded()
        assert run.out == ""
        assert "No publisher is called “exmaple wire”. Did you mean Example Wire?" in run.err
        assert "`dateline stats`" in dateline(*command, "--source", "Nobody").succeeded().err


@pytest.mark.parametrize(
    ("into", "told"), [(">&-", "Standard output is closed"), ("> /dev/full", "disk is full"), ("| true", "")]
)
def test_an_export_that_cannot_be_written_ends_in_words(dateline: Dateline, into: str, told: str) -> None:
    """Status 1 and one message, or none where the reader of a pipe has gone; never a traceback."""
    line = f"{shlex.join(map(str, dateline.command('export')))} {into}; exit ${{PIPESTATUS[0]}}"
    run = subprocess.run(
        ["/bin/bash", "-c", line],
        cwd=dateline.folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in run.stderr
    assert "Exception" not in run.stderr
    if told:
        assert run.returncode == 1
        assert told in run.stderr


def test_compact_asks_before_it_forgets(dateline: Dateline) -> None:
    """Past texts go only when people agree; the sizes before and after are told; the index answers as before."""
    listed = dateline("articles", "list", "--json").succeeded().records
    ferry = next(one["article_id"] for one in listed if "Ferry" in one["title"])
    dateline("articles", "remove", ferry, "--yes").succeeded()
    asked = dateline("compact", "--forget-versions-before", "2999-01-01")
    assert asked.status == 1
    assert "1 version of 1 article" in asked.err
    dateline("articles", "show", ferry, "--version", "1").succeeded()
    sizes = dateline("compact", "--forget-versions-before", "2999-01-01", "--yes", "--json").succeeded().record
    assert sizes["freed"] == sum(sizes["before"].values()) - sum(sizes["after"].values())
    shown = dateline("articles", "show", ferry, "--version", "1")
    assert shown.status == 1
    assert "dateline compact" in shown.err
    assert dateline("compact", "--yes").status == 2
    dateline("doctor").succeeded()
    assert answers(dateline)


def test_stats_count_what_is_indexed(dateline: Dateline) -> None:
    """People get a page, programs one object of a fixed shape."""
    counted = dateline("stats", "--json").succeeded().record
    assert misfits(counted, STATS) == []
    assert (counted["articles"], counted["chunks"], counted["undated"]) == (3, 3, 0)
    assert counted["months"] == [{"month": f"2025-0{month}", "articles": 1} for month in (2, 3, 4)]
    told = dateline("stats").succeeded().told
    assert "articles 3 in 3 chunks" in told
    assert "Science Courier 1" in told


@pytest.mark.parametrize("command", ["doctor", "rebuild", "compact", "stats", "export", "backup"])
def test_without_an_index_each_says_how_to_make_one(tmp_path: Path, command: str) -> None:
    """Status 1 and the command that fills an index; no folder is made."""
    empty = Dateline(tmp_path, tmp_path / "none")
    run = empty(command, *(["b.zip"] if command == "backup" else []))
    assert run.status == 1
    assert "dateline index" in run.out + run.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("export", "-o"), ("backup",)])
@pytest.mark.parametrize("name", ["catalog.sqlite", "encoder/recipe.json", "new.zip"])
def test_nothing_is_written_over_the_index_itself(dateline: Dateline, command: tuple[str, ...], name: str) -> None:
    """A file inside the data folder is refused as a target, --force or not, and the index stays whole."""
    assert dateline.data_dir is not None
    target = dateline.data_dir / name if command[0] == "export" else dateline.data_dir / f"{name}.zip"
    run = dateline(*command, str(target), "--force")
    assert (run.status, "is in the data folder" in run.err) == (1, True)
    assert answers(dateline)
