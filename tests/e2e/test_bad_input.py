"""What people and tools really hand in: broken files are named with their reason, and all the others are indexed."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import REPORT, Dateline, copy_index, misfits, write_jsonl
from conftest import ARTICLES

LIBRARY_IN_ARABIC = "افتتحت المكتبة الجديدة أبوابها يوم الاثنين في المدينة القديمة. وتضم المكتبة ثلاثين ألف كتاب."
SENTENCE = "The tramway of Port Maren carried more people than ever. "


@dataclass(frozen=True, slots=True)
class BadRun:
    """
    What one run over all of it did.

    Attributes:
        dateline: The program, with the index that came of it.
        status: Exit status of the run.
        report: Its report.
    """

    dateline: Dateline
    status: int
    report: dict[str, Any]

    def reasons(self, kind: str) -> dict[str, str]:
        """Return the reasons of "failures" or "warnings", by the source's name without its folder."""
        return {Path(remark["source"]).name: remark["reason"] for remark in self.report[kind]}

    def articles(self) -> dict[str, dict[str, Any]]:
        """Return what is listed of each article, by its address."""
        listed = self.dateline("articles", "list", "--json").succeeded().records
        return {record["url"]: record for record in listed}


def tram_line(number: int) -> dict[str, str]:
    """Return a sound article."""
    return {
        "url": f"https://tram.example/{number}",
        "title": f"Tram line {number} opens",
        "text": f"Tram line {number} opened in Port Maren on Monday.",
        "published_at": "2025-03-05",
        "publisher": "Tram Courier",
    }


def write_bad(folder: Path) -> None:
    """Write one file of each kind that goes wrong."""
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "blank.html").write_bytes(b" \n\n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 64)
    (folder / "binary.jsonl").write_bytes(b"\x7fELF\0\0\1" * 1_000)
    (folder / "broken.json").write_text('{"title": "Half an article", "text": ', encoding="utf-8")
    (folder / "broken.jsonl.gz").write_bytes(b"no gzip at all")
    ten = write_jsonl(folder / "ten.jsonl", map(tram_line, range(1, 11)))
    lines = ten.read_text(encoding="utf-8").splitlines()
    lines[6] = lines[6][:40]
    ten.write_text("\n".join(lines), encoding="utf-8")
    line = tram_line(11)
    write_jsonl(folder / "thrice.jsonl", (line, line, line | {"text": "Tram line 11 did not open."}))
    other: dict[str, dict[str, object]] = {
        "no-text": {"text": None},
        "undated": {"published_at": None, "text": "The quay was closed to lorries."},
        "no-date-at-all": {"published_at": "5/3/2025", "text": "The pier was painted green."},
        "future": {"published_at": "2199-01-01"},
        "huge": {"text": SENTENCE * (5_000_000 // len(SENTENCE) + 1)},
        "arabic": {"title": "افتتاح المكتبة", "text": LIBRARY_IN_ARABIC},
        "wrong-type": {"text": ["a", "list"]},
        "half-characters": {
            "title": "Half a \ud83d smile",
            "text": "A \udfff gull stole a sandwich.",
            "authors": "\ud800",
        },
        "escapes": {
            "title": "\x1b[31mRed herring\x07 caught",
            "text": "A herring \x1b[2J of 9 kg \x1b]0;yours\x07 was caught at the quay.",
            "publisher": "\x1b[1mQuay News",
        },
    }
    for name, fields in other.items():
        article = tram_line(99) | {"url": f"https://bad.example/{name}"} | fields
        (folder / f"{name}.json").write_text(json.dumps(article), encoding="utf-8")


def write_dumps(folder: Path) -> None:
    """Write what three tools write."""
    folder.mkdir()
    news_api = {
        "status": "ok",
        "totalResults": 2,
        "articles": [
            {
                "source": {"id": None, "name": "Coast Chronicle"},
                "author": "Pia Holm",
                "title": "Breakwater repaired",
                "description": "The breakwater is whole again.",
                "url": "https://api.example/breakwater",
                "urlToImage": None,
                "publishedAt": "2025-02-03T04:05:06Z",
                "content": "The breakwater of Port Maren was repaired in nine weeks.… [+1874 chars]",
            },
            {"source": {"name": "x"}, "title": "[Removed]", "url": "https://removed.com", "content": "[Removed]"},
        ],
    }
    news_please = {
        "authors": ["Jan Vos"],
        "date_download": "2025-02-11 00:00:00",
        "date_modify": "2025-02-10 12:00:00",
        "date_publish": "2025-02-10 11:30:00",
        "description": None,
        "filename": "x.json",
        "language": "en",
        "maintext": "Two cranes were lifted onto the new pier.",
        "source_domain": "please.example",
        "title": "Cranes arrive",
        "url": "https://please.example/cranes",
    }
    newspaper = {
        "url": "https://paper.example/market",
        "source_url": "https://paper.example",
        "title": "Fish market moves",
        "text": "The fish market moved to the east quay.",
        "publish_date": "2025-02-12T08:00:00+01:00",
        "authors": ["Ana Reis", "Bo Lund"],
        "meta_lang": "en",
        "meta_site_name": "The Paper",
        "language": "en",
        "html": "",
    }
    for name, dump in (("news-api", news_api), ("news-please", news_please), ("newspaper", newspaper)):
        (folder / f"{name}.json").write_text(json.dumps(dump), encoding="utf-8")


@pytest.fixture(scope="module")
def run(indexed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> BadRun:
    """Index a folder of bad files, a folder of dumps and a missing file in one run, into an index of three articles."""
    folder = tmp_path_factory.mktemp("bad-input")
    write_bad(folder / "bad")
    write_dumps(folder / "dumps")
    dateline = Dateline(folder, copy_index(indexed_folder, folder / "index"))
    finished = dateline("index", "bad", "missing.jsonl", "dumps", "--json")
    return BadRun(dateline, finished.status, finished.record)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("missing.jsonl", "does not exist"),
        ("empty.txt", "is empty"),
        ("blank.html", "is empty"),
        ("binary.txt", "is not a text file"),
        ("binary.jsonl", "is not a text file"),
        ("broken.json", "is not valid JSON"),
        ("broken.jsonl.gz", "is not a gzip file"),
        ("ten.jsonl, line 7", "is not valid JSON"),
        ("thrice.jsonl, line 3", "https://tram.example/11"),
        ("no-text.json", "has no text"),
        ("huge.json", "characters long, more than the 500,000 allowed"),
        ("wrong-type.json", "text"),
        ("news-api.json, article 2", "was removed by its publisher"),
    ],
)
def test_what_cannot_be_indexed_is_named_with_its_reason(source: str, reason: str, run: BadRun) -> None:
    """Each file, line or article that cannot be indexed stands in the report once, with the reason."""
    assert reason in run.reasons("failures")[source]
    assert len(run.report["failures"]) == run.report["failed"] == 13


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("undated.json", "has no publication date"),
        ("future.json", "in the future"),
        ("no-date-at-all.json", "5/3/2025"),
        ("arabic.json", "is not in Latin script"),
        ("news-api.json, article 1", "only the beginning"),
    ],
)
def test_what_is_odd_is_indexed_with_a_warning(source: str, reason: str, run: BadRun) -> None:
    """An article that is indexed with a reservation is named too, with what is odd about it."""
    assert reason in run.reasons("warnings")[source]
    assert source not in run.reasons("failures")


def test_all_the_others_are_indexed(run: BadRun) -> None:
    """What is sound is indexed, whatever stands beside it; the report counts it; the exit status tells of the rest."""
    assert run.status == 1
    assert misfits(run.report, REPORT) == []
    indexed = run.articles()
    lines = {f"https://tram.example/{number}" for number in (*range(1, 7), *range(8, 12))}
    others = {
        f"https://bad.example/{name}"
        for name in ("undated", "future", "no-date-at-all", "arabic", "half-characters", "escapes")
    }
    dumps = {"https://api.example/breakwater", "https://please.example/cranes", "https://paper.example/market"}
    before = {str(article["url"]) for article in ARTICLES}
    assert set(indexed) == before | lines | others | dumps
    assert run.report["added"] == run.report["chunks"] == len(lines | others | dumps) == 19
    assert run.report["duplicates"] == 1


@pytest.mark.parametrize(
    ("url", "title", "published_at", "publisher", "authors"),
    [
        (
            "https://api.example/breakwater",
            "Breakwater repaired",
            "2025-02-03T04:05:06Z",
            "Coast Chronicle",
            ["Pia Holm"],
        ),
        ("https://please.example/cranes", "Cranes arrive", "2025-02-10T11:30:00Z", "please.example", ["Jan Vos"]),
        (
            "https://paper.example/market",
            "Fish market moves",
            "2025-02-12T07:00:00Z",
            "The Paper",
            ["Ana Reis", "Bo Lund"],
        ),
    ],
    ids=["NewsAPI", "news-please", "newspaper4k"],
)
def test_dumps_of_other_tools(
    url: str, title: str, published_at: str, publisher: str, authors: list[str], run: BadRun
) -> None:
    """An article of another tool's dump has the title, date, publisher and byline that the tool wrote down."""
    article_id = run.articles()[url]["article_id"]
    shown = run.dateline("articles", "show", article_id, "--json").succeeded().record
    assert (shown["title"], shown["published_at"], shown["publisher"]) == (title, published_at, publisher)
    assert shown["authors"] == authors
    assert "[+" not in shown["text"]


def test_undated_articles(run: BadRun) -> None:
    """An article without a readable date stays undated rather than guessed, and only --since and --until pass it by."""
    undated = [url for url, record in run.articles().items() if record["published_at"] is None]
    assert sorted(undated) == [f"https://bad.example/{name}" for name in ("future", "no-date-at-all", "undated")]
    dateline = run.dateline
    answer = dateline("ask", "What was closed to lorries?", "--json").succeeded().record
    assert answer["citations"][0]["published_at"] is None
    assert "undated" in dateline("ask", "What was closed to lorries?").succeeded().told
    since = dateline("search", "quay closed to lorries", "--since", "1900", "--json").succeeded().record
    assert all(passage["published_at"] for passage in since["passages"])
    earlier = dateline("search", "quay closed to lorries", "--as-of", "2025-12-31", "--json").succeeded().record
    assert all(passage["published_at"] for passage in earlier["passages"])


def test_another_script(run: BadRun) -> None:
    """An Arabic article is found by its own words, and quoted to the letter."""
    found = run.dateline("search", "المكتبة الجديدة", "-k", "1", "--json").succeeded().record
    assert found["passages"][0]["text"] == LIBRARY_IN_ARABIC
    answer = run.dateline("ask", "كم كتاب تضم المكتبة؟", "--json").succeeded().record
    quotes = [(citation["start"], citation["end"], citation["quote"]) for citation in answer["citations"]]
    assert all(LIBRARY_IN_ARABIC[start:end] == quote for start, end, quote in quotes)


def test_articles_do_not_steer_the_terminal(run: BadRun) -> None:
    """Control characters of an article reach no output of ours, and none is left in what is stored."""
    dateline = run.dateline
    article_id = run.articles()["https://bad.example/escapes"]["article_id"]
    for arguments in (
        ["ask", "What was caught at the quay?"],
        ["search", "herring"],
        ["articles", "list"],
        ["articles", "show", article_id],
    ):
        shown = dateline(*arguments).succeeded().out
        assert "erring" in shown
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown) is None


def test_failures_are_told_to_people(run: BadRun) -> None:
    """Without --json each failure is a line on stderr, the counts are one line on stdout, and the exit status is 1."""
    again = run.dateline("index", "bad", "missing.jsonl")
    assert again.status == 1
    assert "not indexed: missing.jsonl: does not exist\n" in again.err
    assert "not indexed: bad/ten.jsonl, line 7: is not valid JSON" in again.err
    assert len(re.findall("^not indexed: ", again.err, re.MULTILINE)) == 12
    assert re.fullmatch(r"16 unchanged, 1 duplicate, 12 failed \(0 chunks embedded in [\d.]+ s\)\n", again.out)


def test_quiet_keeps_to_failures(run: BadRun) -> None:
    """With --quiet what failed is still told, and nothing else."""
    quiet = run.dateline("index", "--quiet", "bad/undated.json", "bad/empty.txt")
    assert (quiet.status, quiet.err) == (1, "not indexed: bad/empty.txt: is empty\n")


def test_a_damaged_catalog_is_told_in_words(indexed_folder: Path, tmp_path: Path) -> None:
    """Questions to a catalog with overwritten pages fail with what to run, not with a traceback."""
    data_dir = copy_index(indexed_folder, tmp_path / "index")
    with (data_dir / "catalog.sqlite").open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(16_384)
        file.write(b"\xa5" * (size - 16_384))
    run = Dateline(tmp_path, data_dir)("ask", "Who led the talks in Doha?")
    assert (run.status, run.out) == (1, "")
    assert "Traceback" not in run.err
    assert "dateline doctor" in run.err
