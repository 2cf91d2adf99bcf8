"""The list of sources in dateline.toml, edited in place."""

import tomllib
from pathlib import Path

import pytest

from index_store import SettingsError, StoreSettings, load_configuration
from ingest.settings import IngestSettings, SourceSettings
from ingest.source_list import add_sources, remove_source

WRITTEN_BY_HAND = """\
# Our own settings
[store]
data_dir = "news"   # on the big disk

[ingest]
chunk_pieces = 180  # tried 200

[[ingest.sources]]
location = "https://quay.example/feed.xml"  # the best one
"""


def test_a_source_is_added_and_everything_else_stays(tmp_path: Path) -> None:
    """Comments, order and other settings are as people wrote them."""
    file = tmp_path / "dateline.toml"
    file.write_text(WRITTEN_BY_HAND)
    assert add_sources(file, [SourceSettings(location="clippings", publisher="Harbour Wire", every_minutes=15)]) == 1
    assert file.read_text().startswith(WRITTEN_BY_HAND)
    assert tomllib.loads(file.read_text())["ingest"]["sources"][1] == {
        "location": "clippings",
        "publisher": "Harbour Wire",
        "every_minutes": 15.0,
    }


def test_the_first_source_makes_the_file(tmp_path: Path) -> None:
    """Nobody has to write a settings file by hand to begin with."""
    file = tmp_path / "dateline.toml"
    assert add_sources(file, [SourceSettings(location="https://quay.example/feed.xml")]) == 1
    assert tomllib.loads(file.read_text()) == {"ingest": {"sources": [{"location": "https://quay.example/feed.xml"}]}}


def test_a_mark_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    """A settings file that an editor began with a byte order mark can be edited like any other."""
    file = tmp_path / "dateline.toml"
    file.write_text(WRITTEN_BY_HAND, encoding="utf-8-sig")
    assert add_sources(file, [SourceSettings(location="clippings")]) == 1
    assert load_configuration([StoreSettings, IngestSettings], file=file, environment={}, flags={})


def test_a_source_named_already_is_not_named_twice(tmp_path: Path) -> None:
    """Another spelling of an address is the same source."""
    file = tmp_path / "dateline.toml"
    file.write_text(WRITTEN_BY_HAND)
    assert add_sources(file, [SourceSettings(location="https://Quay.example/feed.xml#top")]) == 0
    assert file.read_text() == WRITTEN_BY_HAND


def test_a_source_is_removed_and_the_others_stay(tmp_path: Path) -> None:
    """Removing one source touches no other."""
    file = tmp_path / "dateline.toml"
    file.write_text(WRITTEN_BY_HAND)
    add_sources(file, [SourceSettings(location="clippings"), SourceSettings(location="archive")])
    assert remove_source(file, "clippings")
    assert not remove_source(file, "clippings")
    named = [source["location"] for source in tomllib.loads(file.read_text())["ingest"]["sources"]]
    assert named == ["https://quay.example/feed.xml", "archive"]
    assert "# on the big disk" in file.read_text()


def test_a_broken_file_is_left_alone(tmp_path: Path) -> None:
    """What cannot be read is not written over."""
    file = tmp_path / "dateline.toml"
    file.write_text("[ingest\n")
    with pytest.raises(SettingsError, match="cannot be read"):
        add_sources(file, [SourceSettings(location="clippings")])
    assert file.read_text() == "[ingest\n"
