"""The feeds that a new dateline.toml begins with, and the file that is written of them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SettingsError
from ingest.first_settings import Wanted, first_settings
from ingest.settings import IngestSettings
from ingest.source_list import add_sources
from ingest.starters import Starter, choose_topics, read_starters, topics_of
from ingest.web import reason_to_refuse


def test_the_list_of_ours_is_sound() -> None:
    """Each topic has two feeds at least, each at an address that may be fetched, over https, and none named twice."""
    starters = read_starters()
    locations = [one.location for one in starters]
    assert len(set(locations)) == len(locations)
    assert all(one.startswith("https://") and reason_to_refuse(one) is None for one in locations)
    for topic in topics_of(starters):
        assert sum(one.topic == topic for one in starters) >= 2


def test_topics_are_read_as_people_write_them() -> None:
    """Commas, blanks and capitals do not matter; "all" and "none" mean that; an unknown one names the nearest."""
    known = ("world", "science", "sport")
    assert choose_topics(" Science,world ", known) == ("world", "science")
    assert choose_topics("ALL", known) == known
    assert choose_topics("none", known) == ()
    for text, told in (("sciense", "Did you mean science?"), ("zzz", "Choose from world"), (" , ", "at least one")):
        with pytest.raises(ValueError, match=told.replace("?", r"\?")):
            choose_topics(text, known)


@pytest.mark.parametrize(
    "content", ["", "[world]\n", "world = 1\n", '[world]\n"A" = 1\n', "[world\n", '[world]\n"" = "https://a.example"\n']
)
def test_a_list_that_is_none_is_named(content: str, tmp_path: Path) -> None:
    """What is wrong with a list of feeds is said with the file's name, and how one is written."""
    file = tmp_path / "feeds.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"feeds\.toml") as told:
        read_starters(file)
    assert "harbourwire" in told.value.remedy


TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
STARTERS = st.builds(Starter, st.sampled_from(("world", "science")), TEXT, TEXT)


@given(st.lists(STARTERS, max_size=5, unique_by=lambda one: one.location), TEXT, TEXT, st.sets(st.integers(0, 4)))
def test_the_file_says_what_was_wanted(starters: list[Starter], folder: str, reason: str, failing: set[int]) -> None:
    """Whatever names, folders and reasons hold, the file is TOML that names the folder and what can be read."""
    starters.sort(key=lambda one: one.topic)
    problems = {one.location: reason for n, one in enumerate(starters) if n in failing}
    text = first_settings(Wanted(tuple(starters), folder, "/default", discord=False), problems)
    settings = tomllib.loads(text)
    assert settings["store"] == {"data_dir": folder}
    named = [(one["location"], one["publisher"]) for one in settings["ingest"].get("sources", [])]
    assert named == [(one.location, one.publisher) for one in starters if one.location not in problems]
    IngestSettings.model_validate(settings["ingest"])


def test_more_can_be_added_to_the_file(tmp_path: Path) -> None:
    """`sources add` finds its place in a new file, with feeds in it or all of them commented out."""
    (own, *_) = read_starters()
    for problems in ({}, {own.location: "answered 404 Not Found"}):
        file = tmp_path / "dateline.toml"
        file.write_text(first_settings(Wanted((own,), None, "/default", discord=True), problems), encoding="utf-8")
        [more] = IngestSettings.model_validate({"sources": [{"location": "clippings"}]}).sources
        assert add_sources(file, [more]) == 1
        named = [one["location"] for one in tomllib.loads(file.read_text(encoding="utf-8"))["ingest"]["sources"]]
        assert named == ["clippings"] if problems else [own.location, "clippings"]
