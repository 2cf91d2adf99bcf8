"""A run leaves alone what has not changed, and counts what it did."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from index_store import Article, PassageEncoder, open_catalog, open_writer
from ingest import Found, IngestSettings, Rejected
from ingest.reindex import Report, index_articles, recipe
from ingest.stream import Withdrawn

SETTINGS = IngestSettings()


class Steps:
    """Remembers what a run told."""

    def __init__(self) -> None:
        self.expected = 0
        self.embedded = 0.0

    def read(self) -> None:
        """Nothing to remember."""

    def expect(self, articles: int) -> None:
        """Count what is to be done."""
        self.expected += articles

    def advance(self, articles: float) -> None:
        """Count what is embedded."""
        self.embedded += articles


def article(key: str, text: str) -> Found:
    """An article as a source yields it."""
    return Found(Article(key * 16, f"https://news.example/{key}", f"On {key}", text), f"{key}.txt", ())


A, B = article("a", "The bridge opened on Monday. It cost nine million."), article("b", "The ferry sank. All swam.")


def run(folder: Path, encoder: PassageEncoder, *found: Found | Rejected | Withdrawn) -> tuple[Report, Steps]:
    """Index what was found, with a model that is loaded already."""
    steps = Steps()
    with open_writer(folder, recipe=recipe(SETTINGS)) as writer:
        writer._encoder = encoder
        return index_articles(found, writer, SETTINGS, steps), steps


def test_a_run_counts_what_it_did_and_the_next_leaves_it_alone(tmp_path: Path, encoder: PassageEncoder) -> None:
    """New, unchanged, changed, repeated and refused articles are told apart, and only what changed is embedded."""
    first, steps = run(tmp_path, encoder, A, Rejected("c.txt", "is empty"), B, A)
    assert (first.added, first.updated, first.unchanged, first.duplicates, first.failed) == (2, 0, 0, 1, 1)
    assert (first.chunks, steps.expected, steps.embedded) == (2, 2, 2)
    assert [(remark.source, remark.reason) for remark in first.failures] == [("c.txt", "is empty")]
    changed = replace(B, article=replace(B.article, text="The ferry was raised."))
    second, steps = run(tmp_path, encoder, A, changed)
    assert (second.added, second.updated, second.unchanged, second.chunks) == (0, 1, 1, 1)
    assert (steps.expected, steps.embedded) == (1, 1)


def test_withdrawals_and_articles_are_taken_in_order(tmp_path: Path, encoder: PassageEncoder) -> None:
    """What is taken back and comes again in one run is there at its end; what comes and is taken back is not."""
    run(tmp_path, encoder, A)
    taken_back, new_one = (
        Withdrawn(A.article.article_id, "a", "is gone"),
        Withdrawn(B.article.article_id, "b", "is gone"),
    )
    report, _ = run(tmp_path, encoder, taken_back, A, B, new_one)
    assert (report.added, report.removed) == (2, 2)
    catalog = open_catalog(tmp_path)
    assert catalog.live_fingerprint(A.article.article_id) == A.article.fingerprint
    assert catalog.live_fingerprint(B.article.article_id) is None
    catalog.close()


def test_the_first_of_two_with_one_address_counts(tmp_path: Path, encoder: PassageEncoder) -> None:
    """Two different texts under one address do not replace each other in turn at every run."""
    other = replace(A, article=replace(A.article, text="Another text."))
    for expected in ((1, 0), (0, 1)):
        report, _ = run(tmp_path, encoder, A, other)
        assert (report.added, report.unchanged) == expected
        assert (report.updated, report.duplicates, report.failed) == (0, 0, 1)
        assert "same address" in report.failures[0].reason
    catalog = open_catalog(tmp_path)
    assert catalog.version(A.article.article_id).article.text == A.article.text
    catalog.close()


def at(found: Found, url: str, **changes: str) -> Found:
    """The same article at another address, or at another variant of it."""
    return replace(found, article=replace(found.article, url=url, **changes))


def test_variants_of_an_address_are_one_article(tmp_path: Path, encoder: PassageEncoder) -> None:
    """Another variant of an address is a duplicate; where its text differs the first one counts, with a note."""
    same = at(A, "https://m.news.example/a", title="On a | News")
    other = at(A, "https://news.example/a/amp", text="The bridge opened on Monday.")
    report, _ = run(tmp_path, encoder, A, same, other)
    assert (report.added, report.duplicates, report.failed) == (1, 2, 0)
    assert ["another spelling" in remark.reason for remark in report.warnings] == [True]
    report, _ = run(tmp_path, encoder, at(A, "http://www.news.example/a"))
    assert (report.unchanged, report.chunks) == (1, 0)


def test_copies_are_counted(tmp_path: Path, encoder: PassageEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy is indexed like any article, in its story, and counted, also when its original came in an earlier run."""
    monkeypatch.setattr("ingest.reindex._BATCH_CHUNKS", 1)
    copies = [replace(A, article=replace(A.article, article_id=n * 16, url=f"https://{n}.example/")) for n in "xyz"]
    report, _ = run(tmp_path, encoder, A, B, copies[0])
    assert (report.added, report.copies) == (3, 1)
    report, _ = run(tmp_path, encoder, copies[1], copies[2])
    assert (report.added, report.copies) == (2, 2)
    catalog = open_catalog(tmp_path)
    named = catalog.stories.story_ids([*(one.article.article_id for one in (A, B, *copies))])
    assert named == dict.fromkeys(("a" * 16, "x" * 16, "y" * 16, "z" * 16), "a" * 16)
    catalog.close()


def test_batches_are_committed_one_by_one(
    tmp_path: Path, encoder: PassageEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed before a run is stopped stays, and the next run does only the rest."""
    monkeypatch.setattr("ingest.reindex._BATCH_CHUNKS", 1)

    def stopped_after_two() -> object:
        yield A
        yield B
        raise KeyboardInterrupt

    monkeypatch.setattr("ingest.reindex._LOOK_AHEAD_ARTICLES", 1)
    with open_writer(tmp_path, recipe=recipe(SETTINGS)) as writer:
        writer._encoder = encoder
        with pytest.raises(KeyboardInterrupt):
            index_articles(stopped_after_two(), writer, SETTINGS, Steps())  # type: ignore[arg-type]
    report, _ = run(tmp_path, encoder, A, B, article("c", "A third story came in."))
    assert (report.added, report.unchanged) == (1, 2)


def test_an_unchanged_run_loads_no_model(tmp_path: Path, encoder: PassageEncoder) -> None:
    """Looking at articles that have not changed imports neither torch nor Chroma nor LlamaIndex."""
    lines = tmp_path / "news.jsonl"
    fields = {
        "url": "https://news.example/x",
        "title": "On x",
        "text": "The bridge opened.",
        "published_at": "2025-03-05",
    }
    lines.write_text(json.dumps(fields))
    from ingest import read_source

    run(tmp_path / "index", encoder, *read_source(lines, settings=SETTINGS))
    code = (
        "import sys; from bot.cli import dateline; "
        f"dateline(['index', {str(lines)!r}, '--data-dir', {str(tmp_path / 'index')!r}], standalone_mode=False); "
        "print(sorted({'torch', 'transformers', 'chromadb', 'llama_index', 'trafilatura'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert told.stdout.splitlines()[0].startswith("1 unchanged (0 chunks")
    assert told.stdout.splitlines()[1] == "[]"
