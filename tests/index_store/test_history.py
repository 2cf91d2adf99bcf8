"""What an article said before stays readable, with what became of it."""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from shelf import RECIPE, article, put

from index_store import (
    Article,
    Configuration,
    Likeness,
    StoreSettings,
    UnknownArticleError,
    Version,
    open_catalog,
    open_writer,
    sentence_spans,
)
from index_store.commands import articles
from index_store.history import changes, fate
from index_store.records import Lifetime

MARCH = datetime(2025, 3, 5, tzinfo=UTC)
OLD = article("toll", "The toll stands at 12. Rescuers search on.", "Schools are closed.", authors=("Ada Velk",))
NEW = replace(OLD, text="The toll stands at 19. Rescuers search on.\n\nSchools are closed.")


def version(whole: Article, number: int) -> Version:
    """A version of an article."""
    return Version(whole, number, MARCH, MARCH)


def show(folder: Path, *arguments: str) -> Result:
    """Run `articles show`."""
    configuration = Configuration(Path(), (StoreSettings(data_dir=folder),))

    def load(**_: Path | None) -> Configuration:
        return configuration

    return CliRunner().invoke(articles, ["show", *arguments], obj=load, catch_exceptions=False)


def shown(folder: Path, *arguments: str) -> dict[str, object]:
    """Run `articles show --json`."""
    record: dict[str, object] = json.loads(show(folder, *arguments, "--json").stdout)
    return record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with an article that was corrected, and a copy of it."""
    copy = article("copy", publisher="Quay Mail")
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [OLD])
        put(writer, [NEW])
        put(writer, [copy], {copy.article_id: Likeness((), (NEW.article_id,))})
    return tmp_path


def test_which_version_is_live(folder: Path) -> None:
    """Its number for each article asked about, 0 once it was removed, nothing for one that was never there."""
    copy = article("copy", publisher="Quay Mail")
    with open_writer(folder, recipe=RECIPE) as writer:
        writer.remove([copy.article_id])
    with closing(open_catalog(folder)) as catalog:
        asked = (OLD.article_id, copy.article_id, "f" * 16)
        assert catalog.past.live_numbers(asked) == {OLD.article_id: 2, copy.article_id: 0}


def test_an_old_version_ends_with_what_has_changed(folder: Path) -> None:
    """The old text, that it was replaced, by which version and when, and the sentences that differ."""
    told = show(folder, OLD.article_id, "--version", "1").stdout
    today = datetime.now(UTC)
    assert OLD.text in told
    assert f"Version 1 was replaced by version 2 on {today.day} {today:%B %Y}.\nWhat has changed since:" in told
    assert "\n-The toll stands at 12.\n+The toll stands at 19.\n Rescuers search on.\n" in told
    assert "-Schools" not in told


def test_the_live_version_is_shown_without_history(folder: Path) -> None:
    """Named by its number or not, the live version is shown as it is, with where else it stands."""
    told = show(folder, OLD.article_id).stdout
    assert told == show(folder, OLD.article_id, "--version", "2").stdout
    assert told.endswith(f"also in Quay Mail\n\n{NEW.text}\n")


def test_json_tells_every_version(folder: Path) -> None:
    """Programs get when each version was live, the diff's lines, and the copies."""
    old, new = shown(folder, OLD.article_id, "--version", "1"), shown(folder, OLD.article_id)
    first, second = old["versions"]  # type: ignore[misc]
    assert (first["version"], second["version"]) == (1, 2)
    assert first["indexed_at"] <= first["retired_at"] == second["indexed_at"]
    assert second["retired_at"] is None
    assert old["diff"][:2] == ["--- version 1", "+++ version 2"]  # type: ignore[index]
    assert (new["diff"], new["versions"]) == ([], old["versions"])
    assert [copy["publisher"] for copy in new["also_in"]] == ["Quay Mail"]  # type: ignore[attr-defined]


def test_a_removed_article_names_the_versions_that_are_kept(folder: Path) -> None:
    """Without a number the message says how to see what it was; with one it is shown, and that it was removed."""
    with open_writer(folder, recipe=RECIPE) as writer:
        writer.remove([OLD.article_id])
    catalog = open_catalog(folder)
    with pytest.raises(
        UnknownArticleError, match=rf"was removed on .*; versions 1 to 2 .*{OLD.article_id} --version 2"
    ):
        catalog.version(OLD.article_id)
    with pytest.raises(UnknownArticleError, match=r"has no version 3; versions 1 to 2"):
        catalog.version(OLD.article_id, 3)
    catalog.close()
    told = show(folder, OLD.article_id, "--version", "2").stdout
    assert "Version 2 was removed on " in told
    assert "What has changed" not in told
    assert shown(folder, OLD.article_id, "--version", "2")["also_in"] == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "Version 1 was replaced by version 2 on 5 March 2025."),
        (2, "Version 2 was removed on 6 March 2025."),
        (3, "Version 3 is the current one."),
    ],
)
def test_what_became_of_a_version(number: int, expected: str) -> None:
    """Only a version that ended as the next began was replaced; after a removal the next one is a return."""
    days = [datetime(2025, 3, day, tzinfo=UTC) for day in (4, 5, 6, 8)]
    lifetimes = [Lifetime(1, days[0], days[1]), Lifetime(2, days[1], days[2]), Lifetime(3, days[3], None)]
    assert fate(number, lifetimes) == expected


def test_a_new_headline_is_a_change() -> None:
    """Headline and byline are compared like sentences."""
    told = changes(version(OLD, 1), version(replace(OLD, title="Toll rises", authors=("Ada Velk", "Emil Tarn")), 2))
    assert "+Toll rises" in told
    assert "+Ada Velk, Emil Tarn · Example News · 5 March 2025" in told
    assert changes(version(OLD, 1), version(OLD, 2)) == ()


def sentences(numbers: Sequence[int]) -> Article:
    """An article of one short sentence a number."""
    return replace(OLD, text=" ".join(f"It is {number}." for number in numbers))


def test_long_texts_are_compared_in_little_time() -> None:
    """Beyond some thousand sentences only what differs between equal ends is told, without a search for the rest."""
    numbers = list(range(40_000))
    changed = [*numbers[:20_000], -1, *numbers[20_001:]]
    began = time.process_time()
    told = changes(version(sentences(numbers), 1), version(sentences(changed), 2))
    assert told[2:] == ("@@ -1 +1 @@", "-It is 20000.", "+It is -1.")
    assert len(changes(version(sentences(numbers), 1), version(sentences(numbers[::-1]), 2))) == 2 + 2 * 40_000
    assert len(changes(version(sentences(numbers[:1_900]), 1), version(sentences(numbers[1_899::-1]), 2))) > 3_000
    assert time.process_time() - began < 5


@given(st.text(max_size=300))
def test_sentences_hold_all_of_a_text_but_the_spaces_between(text: str) -> None:
    """No character that is seen is lost or stands in two sentences, whatever the text."""
    spans = sentence_spans(text)
    held = "".join(text[span.start : span.end] for span in spans)
    assert "".join(held.split()) == "".join(text.split())
    assert list(spans) == sorted(spans)


def test_a_title_or_an_initial_ends_no_sentence() -> None:
    """Versions are compared by sentences as people read them."""
    text = "Mr. Lind met J. Velk. They talked.\nIt rained."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "Mr. Lind met J. Velk.",
        "They talked.",
        "It rained.",
    ]
