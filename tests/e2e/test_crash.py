"""Stopped at any moment, an index run leaves nothing half-done, and the same command again completes it."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tantivy
from command_line import Dateline, Finished, clean_environment, copy_index, wait_until, write_jsonl
from linked_model import link_model

# The first batch holds 64 chunks, the second the rest: two batches, with articles of several chunks in each.
ARTICLES = 120
LONG_EVERY = 40
ASKED = (*range(5, 45, 10), 80, 119)
COUNT_CHROMA = """
import json, sys, chromadb
from chromadb.config import Settings
client = chromadb.PersistentClient(sys.argv[1], settings=Settings(anonymized_telemetry=False))
(collection,) = client.list_collections()
print(json.dumps(sorted(collection.get(include=[])["ids"])))
"""


def depot(number: int) -> dict[str, str]:
    """Return an article of one chunk, or of a few."""
    more = ""
    if number % LONG_EVERY == 1:
        more = " ".join(f"Tram {tram} of depot {number} is green and has {tram + 20} seats." for tram in range(25))
    return {
        "url": f"https://depot.example/{number}",
        "title": f"Depot {number}",
        "published_at": "2025-03-05",
        "publisher": "Tram Courier",
        "text": f"Depot {number} was opened by Mira{number} Lund. {more}".strip(),
    }


@dataclass(frozen=True, slots=True)
class Stored:
    """
    What an index holds, by its own account and by that of each store.

    Attributes:
        urls: Address of each article listed, in alphabetical order.
        catalog_keys, chroma_keys: Chunk keys in the catalog and in Chroma, in alphabetical order.
        word_entries: How many chunks Tantivy holds.
    """

    urls: list[str]
    catalog_keys: list[str]
    chroma_keys: list[str]
    word_entries: int


def stored(dateline: Dateline) -> Stored:
    """Look into an index, with the stores' own libraries."""
    assert dateline.data_dir is not None
    listed = dateline("articles", "list", "-n", "9999", "--json").succeeded().records
    with closing(sqlite3.connect(f"file:{dateline.data_dir}/catalog.sqlite?mode=ro", uri=True)) as catalog:
        keys = [key for (key,) in catalog.execute("SELECT chunk_key FROM chunks ORDER BY chunk_key")]
    chroma = subprocess.run(
        [sys.executable, "-c", COUNT_CHROMA, dateline.data_dir / "chroma"],
        env=clean_environment(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    words = tantivy.Index.open(str(dateline.data_dir / "words"))
    return Stored(sorted(r["url"] for r in listed), keys, json.loads(chroma.stdout), words.searcher().num_docs)


def holds_articles(folder: Path) -> bool:
    """Whether a batch has been committed, as any reader may see while the next one is written."""
    if not (folder / "catalog.sqlite").exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{folder}/catalog.sqlite?mode=ro", uri=True)) as catalog:
            return bool(catalog.execute("SELECT EXISTS (SELECT 1 FROM versions)").fetchone()[0])
    except sqlite3.OperationalError:  # it is being made
        return False


def holds_words(folder: Path) -> bool:
    """Whether Tantivy has committed anything."""
    try:
        return bool(json.loads((folder / "words" / "meta.json").read_text(encoding="utf-8"))["segments"])
    except (OSError, ValueError, KeyError):
        return False


@contextmanager
def indexing(dateline: Dateline, source: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `dateline index` beside the test; killed at the latest when the test goes on without it."""
    with dateline.start("index", source, "--json") as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def stopped(dateline: Dateline, source: Path, event: Callable[[], bool], *, by: signal.Signals) -> Finished:
    """Start an index run and send it a signal as soon as an event is seen."""
    with indexing(dateline, source) as process:
        wait_until(event, process)
        process.send_signal(by)
        out, err = process.communicate(timeout=60)
        return Finished(process.returncode, out.decode(), err.decode())


class Conversation:
    """A reader that stays open: `ask --batch -`, one question at a time."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, question: str) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"question": question}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self.end().err
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> Finished:
        """Say goodbye."""
        out, err = self._process.communicate(timeout=60)
        return Finished(self._process.returncode, out.decode(), err.decode())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all the articles."""
    return write_jsonl(tmp_path_factory.mktemp("source") / "depots.jsonl", map(depot, range(ARTICLES)))


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """
    An index run that nobody stopped.

    Attributes:
        report: Its report.
        stored: What it left.
        pid: Its process.
        second_writer: What became of another run that was started meanwhile.
    """

    report: dict[str, Any]
    stored: Stored
    pid: int
    second_writer: Finished


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory, compiled_model: Path) -> Undisturbed:
    """Index all the articles while a second writer tries."""
    folder = tmp_path_factory.mktemp("undisturbed")
    dateline = Dateline(folder, link_model(compiled_model, folder / "index"))
    note = folder / "index" / "writer.json"
    with indexing(dateline, source) as writer:
        wait_until(lambda: note.exists() and note.stat().st_size > 0, writer)
        second_writer = dateline("index", source)
        out, _ = writer.communicate(timeout=300)
    return Undisturbed(json.loads(out), stored(dateline), writer.pid, second_writer)


@dataclass(frozen=True, slots=True)
class Survivor:
    """
    An index that was stopped again and again, and then completed.

    Attributes:
        dateline: The program, with that index.
        seen: After each stop, how many articles a reader saw; None where the reader said that there are none.
        killed: How the runs ended that were killed.
        report: Of the run that was left alone.
        answers: What a reader was answered that stayed open from the first commit on: at each stop, while the last run
            writes, and once more after it.
        reader: How that reader ended.
        searches: One-off searches made during the last run.
    """

    dateline: Dateline
    seen: list[int | None]
    killed: list[int]
    report: dict[str, Any]
    answers: list[dict[str, Any]]
    reader: Finished
    searches: list[Finished]


def articles_seen(dateline: Dateline) -> int | None:
    """Count the articles that a reader finds, who must not fail."""
    run = dateline("search", "depot")
    if run.status == 1:
        assert "dateline index" in run.err
        return None
    assert run.succeeded().out.startswith("1. Depot ")
    return len(dateline("articles", "list", "-n", "9999", "--json").succeeded().records)


@pytest.fixture(scope="module")
def survivor(source: Path, tmp_path_factory: pytest.TempPathFactory, compiled_model: Path) -> Survivor:
    """Kill the same run at three moments, and let the fourth one finish while others read."""
    folder = tmp_path_factory.mktemp("survivor")
    index = link_model(compiled_model, folder / "index")
    dateline = Dateline(folder, index)
    seen, killed = [], []
    for event in (
        (index / "catalog.sqlite").exists,  # the catalog is being made
        lambda: holds_words(index),  # both copies of the first batch are written, and the catalog is about to be
        lambda: holds_articles(index),  # the first batch is committed
    ):
        killed.append(stopped(dateline, source, event, by=signal.SIGKILL).status)
        seen.append(articles_seen(dateline))
    with dateline.start("ask", "--batch", "-") as process:
        reader = Conversation(process)
        answers = [reader.ask("Who opened depot 5?")]
        searches = []
        with indexing(dateline, source) as writer:
            while writer.poll() is None:
                answers.append(reader.ask("Who opened depot 5?"))
                searches.append(dateline("search", "depot 5", "--json"))
                with suppress(subprocess.TimeoutExpired):  # it, too, needs a processor
                    writer.wait(timeout=1)
            out, _ = writer.communicate()
        answers.append(reader.ask(f"Who opened depot {ASKED[-1]}?"))
        ended = reader.end()
    return Survivor(dateline, seen, killed, json.loads(out), answers, ended, searches)


def test_an_undisturbed_run_stores_everything_once(undisturbed: Undisturbed) -> None:
    """Every article is listed once, and catalog, Chroma and Tantivy hold the same chunks, as many as were reported."""
    assert undisturbed.report["added"] == ARTICLES
    assert undisturbed.stored.urls == sorted(depot(number)["url"] for number in range(ARTICLES))
    assert undisturbed.stored.chroma_keys == undisturbed.stored.catalog_keys
    assert len(undisturbed.stored.catalog_keys) == undisturbed.report["chunks"] > ARTICLES
    assert undisturbed.stored.word_entries == undisturbed.report["chunks"]


def test_a_second_writer_is_turned_away(undisturbed: Undisturbed) -> None:
    """While one process writes, another is refused with status 1, and told which one to wait for."""
    run = undisturbed.second_writer
    assert (run.status, run.out) == (1, "")
    assert f"Process {undisturbed.pid} " in run.err
    assert "Traceback" not in run.err


def test_readers_never_fail_while_one_writes(survivor: Survivor) -> None:
    """Readers are answered all through a run; one that stays open, even over dead writers, sees at last what is new."""
    assert len(survivor.answers) > 2
    assert all("Mira5 Lund" in answer["answer"] for answer in survivor.answers[:-1])
    assert f"Mira{ASKED[-1]} Lund" in survivor.answers[-1]["answer"]
    assert (survivor.reader.status, survivor.reader.err) == (0, "")
    assert all(run.succeeded().record["passages"][0]["title"] == "Depot 5" for run in survivor.searches)


def test_kill_leaves_only_whole_batches(survivor: Survivor) -> None:
    """After a kill -9 a reader sees what was committed before, or hears that nothing is indexed yet."""
    assert survivor.killed == [-signal.SIGKILL] * 3
    assert survivor.seen[0] is None
    assert [count or 0 for count in survivor.seen] == sorted(count or 0 for count in survivor.seen)
    first_batch = survivor.seen[2]
    assert first_batch is not None
    assert 0 < first_batch < ARTICLES
    assert survivor.seen[1] in {None, first_batch}


def test_the_next_run_does_the_rest(survivor: Survivor) -> None:
    """The same command again embeds what had not been committed, and leaves the rest alone."""
    committed = survivor.seen[-1] or 0
    assert survivor.report["unchanged"] == committed
    assert survivor.report["added"] == ARTICLES - committed
    assert (survivor.report["updated"], survivor.report["failed"]) == (0, 0)


def test_after_kills_everything_is_there_once(survivor: Survivor, undisturbed: Undisturbed) -> None:
    """Catalog, Chroma and Tantivy hold exactly what they hold after a run that nobody stopped."""
    assert stored(survivor.dateline) == undisturbed.stored


def test_after_kills_every_citation_opens(survivor: Survivor) -> None:
    """Each question finds its article, and each quote stands at its place in the article as it is shown."""
    answers = survivor.dateline.ask_all(f"Who opened depot {number}?" for number in ASKED)
    texts = {depot(number)["url"]: depot(number)["text"] for number in range(ARTICLES)}
    for number, answer in zip(ASKED, answers, strict=True):
        assert f"Mira{number} Lund" in answer["answer"]
        for citation in answer["citations"]:
            assert texts[citation["url"]][citation["start"] : citation["end"]] == citation["quote"]
    for citation in (answers[0]["citations"][0], answers[-1]["citations"][0]):
        text = survivor.dateline.text_of(citation["article_id"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_after_kills_nothing_is_left_to_do(survivor: Survivor, source: Path) -> None:
    """Once more, all is unchanged; no draft and no note of a dead writer is left in the folder."""
    report = survivor.dateline("index", source, "--json").succeeded().record
    assert (report["unchanged"], report["chunks"]) == (ARTICLES, 0)
    assert survivor.dateline.data_dir is not None
    left = {path.name for path in survivor.dateline.data_dir.iterdir()}
    assert left.isdisjoint({"encoder.new", "writer.json"})


def test_ctrl_c_ends_a_run_in_peace(source: Path, indexed_folder: Path, tmp_path: Path) -> None:
    """Ctrl-C ends a run with status 1 and a short word, without a traceback; what was committed stays, and no lock."""
    dateline, note = Dateline(tmp_path, copy_index(indexed_folder, tmp_path / "index")), tmp_path / "index/writer.json"
    run = stopped(dateline, source, note.exists, by=signal.SIGINT)
    assert (run.status, run.out) == (1, "")
    assert run.err.strip()
    assert len(run.err.splitlines()) <= 3
    assert "Traceback" not in run.err
    again = dateline("index", indexed_folder.parent / "articles.jsonl", "--json").succeeded().record
    assert (again["unchanged"], again["chunks"]) == (3, 0)
