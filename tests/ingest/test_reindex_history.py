"""Runs after runs: counts add up, and what was removed comes back."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index_store import Article, Filters, PassageEncoder, open_catalog, open_writer
from ingest import Found, IngestSettings
from ingest.progress import show_progress
from ingest.reindex import Report, index_articles, recipe

SETTINGS = IngestSettings()
contents = st.tuples(st.sampled_from("abc"), st.sampled_from(("One.", "Two.")))
runs = st.lists(st.lists(contents, max_size=6), max_size=3)


def article(key: str, text: str) -> Found:
    """An article as a source yields it."""
    return Found(Article(key * 16, f"https://news.example/{key}", f"On {key}", text), f"{key}.txt")


def run(folder: Path, encoder: PassageEncoder, *found: Found) -> Report:
    """Index what was found, with a model that is loaded already."""
    with open_writer(folder, recipe=recipe(SETTINGS)) as writer, show_progress(quiet=True) as progress:
        writer._encoder = encoder
        return index_articles(found, writer, SETTINGS, progress)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs)
def test_every_article_is_counted_once(encoder: PassageEncoder, runs: list[list[tuple[str, str]]]) -> None:
    """In any sequence of runs the counts add up, and of each article the first text of its last run is indexed."""
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        for found in [[("a", "One.")], *runs]:
            report = run(Path(name), encoder, *(article(key, text) for key, text in found))
            counts = (report.added, report.updated, report.unchanged, report.duplicates, report.failed)
            assert sum(counts) == len(found)
            assert report.chunks == report.added + report.updated
            assert report.added == len(dict(found).keys() - texts.keys())
            texts |= dict(reversed(found))
        catalog = open_catalog(Path(name))
        live = catalog.articles(Filters(), limit=10)
        assert {one.title[-1]: catalog.version(one.article_id).article.text for one in live} == texts
        catalog.close()


def test_an_article_that_was_removed_comes_back(tmp_path: Path, encoder: PassageEncoder) -> None:
    """After `articles remove`, a run over the same source indexes the article again, as its next version."""
    bridge, ferry = article("a", "The bridge opened."), article("b", "The ferry stopped.")
    run(tmp_path, encoder, bridge, ferry)
    with open_writer(tmp_path, recipe=recipe(SETTINGS)) as writer:
        assert writer.remove([bridge.article.article_id]) == 1
    report = run(tmp_path, encoder, bridge, ferry)
    assert (report.added, report.updated, report.unchanged) == (1, 0, 1)
    catalog = open_catalog(tmp_path)
    assert [catalog.version(bridge.article.article_id, n).article for n in (1, 2)] == [bridge.article] * 2
    assert catalog.version(bridge.article.article_id).number == 2
    catalog.close()
