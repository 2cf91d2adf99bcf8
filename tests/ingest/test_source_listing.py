"""What `dateline sources list` finds below the sources."""

from contextlib import closing
from pathlib import Path

from index_store import SourceState, open_source_log, open_writer
from ingest.settings import SourceSettings
from ingest.source_listing import Listed, list_sources


def locations(listed: Listed) -> list[str]:
    """Locations of a source and of all below it."""
    return [listed.state.location, *(location for one in listed.below for location in locations(one))]


def test_sitemaps_that_all_name_each_other_are_listed_once(tmp_path: Path) -> None:
    """A stranger's sitemaps cannot make the list endless: twenty that name each other are twenty lines."""
    named = tuple(f"https://quay.example/{n}.xml" for n in range(20))
    with open_writer(tmp_path, recipe="for tests"):
        pass
    with closing(open_source_log(tmp_path)) as log:
        log.save([SourceState(one, "sitemap", below=tuple(other for other in named if other != one)) for one in named])
    (listed,) = list_sources(tmp_path, [SourceSettings(location=named[0])])
    assert sorted(locations(listed)) == sorted(named)
