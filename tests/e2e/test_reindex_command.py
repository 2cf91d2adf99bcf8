"""`dateline index` and `reindex`: what a run tells, and what it leaves."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import REPORT, Dateline, Finished, article_ids, copy_index, misfits

LOSS = "The Valdren glacier lost twelve per cent of its ice between 2015 and 2025, a second survey has found."


@dataclass(frozen=True, slots=True)
class Reindexed:
    """An index in which an article was removed, and then all sources of a dateline.toml were read again, twice."""

    dateline: Dateline
    glacier: str
    old_text: str
    first: Finished
    second: dict[str, Any]


@pytest.fixture(scope="module")
def reindexed(indexed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Reindexed:
    """Change one source article, remove another, add a third without a publisher; reindex twice."""
    folder = tmp_path_factory.mktemp("reindexed")
    dateline = Dateline(folder, copy_index(indexed_folder, folder / "index"))
    ids = article_ids(dateline)
    old_text = dateline.text_of(ids["glacier"])
    dateline("articles", "remove", ids["ferry"], "--yes").succeeded()
    desk = folder / "desk"
    desk.mkdir()
    articles = (indexed_folder.parent / "articles.jsonl").read_text(encoding="utf-8")
    first_sentence = old_text.split(". ")[0] + "."
    assert articles.count(first_sentence) == 1
    (desk / "articles.jsonl").write_text(articles.replace(first_sentence, LOSS), encoding="utf-8")
    clippings = desk / "clippings"
    clippings.mkdir()
    (clippings / "lighthouse.txt").write_text(
        "Title: Lighthouse of Port Maren sold\nURL: https://clip.example/lighthouse\n\n"
        "The lighthouse of Port Maren was sold to the painter Oda Brandt for 310,000 euros.",
        encoding="utf-8",
    )
    (desk / "dateline.toml").write_text(
        '[[ingest.sources]]\nlocation = "articles.jsonl"\n\n'
        '[[ingest.sources]]\nlocation = "clippings"\npublisher = "Port Maren Echo"\n',
        encoding="utf-8",
    )
    first = dateline("--config", desk / "dateline.toml", "reindex")
    second = dateline("--config", desk / "dateline.toml", "reindex", "--json").succeeded()
    return Reindexed(dateline, ids["glacier"], old_text, first, second.record)


def test_a_run_for_people(reindexed: Reindexed) -> None:
    """A run ends with one line of counts: what was removed is added again, what changed is updated."""
    assert reindexed.first.status == 0, reindexed.first.err
    told = r"2 added, 1 updated, 1 unchanged \(3 chunks embedded in [\d.]+ s\)\n"
    assert re.fullmatch(told, reindexed.first.out)


def test_warnings_are_told_and_are_no_failure(reindexed: Reindexed) -> None:
    """An article that is indexed with a reservation is a line on stderr; the exit status is 0 all the same."""
    (line,) = reindexed.first.err.splitlines()
    assert line.startswith("note: ")
    assert line.endswith("lighthouse.txt: has no publication date; indexed undated")
    assert reindexed.first.status == 0


def test_a_second_run_embeds_nothing(reindexed: Reindexed) -> None:
    """Run again over the same sources, all is unchanged and no chunk is embedded; the report has every field."""
    report = reindexed.second
    assert misfits(report, REPORT) == []
    assert {name: report[name] for name, kind in REPORT.items() if kind is int and report[name]} == {"unchanged": 4}


def test_a_changed_article_replaces_its_old_version_whole(reindexed: Reindexed) -> None:
    """Answers quote the new text only; `articles show` has the new one, and the old one as version 1."""
    dateline = reindexed.dateline
    question = "How much of its ice did the Valdren glacier lose?"
    (in_batch,) = dateline.ask_all([question])
    alone = dateline("ask", question, "--json").succeeded().record
    for answer in (in_batch, alone):
        assert answer["citations"][0]["quote"] == LOSS
        assert "ten per cent" not in answer["answer"]
    assert dateline.text_of(reindexed.glacier).startswith(LOSS)
    assert dateline.text_of(reindexed.glacier, "--version", "1") == reindexed.old_text
    assert dateline.text_of(reindexed.glacier, "--version", "2") == dateline.text_of(reindexed.glacier)


def test_the_publisher_of_a_source(reindexed: Reindexed) -> None:
    """The publisher named for a source is that of its articles that name none, and of no others."""
    listed = reindexed.dateline("articles", "list", "--json").succeeded().records
    publishers = {record["url"]: record["publisher"] for record in listed}
    assert publishers["https://clip.example/lighthouse"] == "Port Maren Echo"
    assert publishers["https://science.example/glacier"] == "Science Courier"
    answer = reindexed.dateline("ask", "Who was the lighthouse sold to?", "--source", "port maren echo").succeeded()
    assert "Oda Brandt" in answer.told


@pytest.mark.parametrize("settings", ["", "[ingest]\nsources = []\n"])
def test_reindex_without_sources(settings: str, tmp_path: Path) -> None:
    """`reindex` with no source named exits with 1 and says how to name one."""
    (tmp_path / "dateline.toml").write_text(settings, encoding="utf-8")
    run = Dateline(tmp_path, tmp_path / "index")("reindex")
    assert (run.status, run.out) == (1, "")
    assert "dateline sources add" in run.err


def test_a_source_without_a_name(own: Dateline) -> None:
    """An empty source, as an unset shell variable gives, is refused in words."""
    run = own("index", "")
    assert run.status in {1, 2}
    assert "Traceback" not in run.err
