"""`dateline init` as people run it for the first time: what it asks, tries, writes, and says to run next."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Dateline
from local_web import LocalWeb, article_page, item, rss, serve


@pytest.fixture
def dateline(tmp_path: Path) -> Dateline:
    """The program in an empty working folder."""
    return Dateline(tmp_path)


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    """A web server of our own."""
    with serve() as local_web:
        yield local_web


def settings_of(dateline: Dateline) -> Any:
    """Read the new dateline.toml as TOML."""
    return tomllib.loads((dateline.folder / "dateline.toml").read_text(encoding="utf-8"))


def test_feeds_are_tried_and_those_that_fail_commented_out(dateline: Dateline, web: LocalWeb) -> None:
    """Of the wanted topics, feeds that answer are written, others commented out with the reason; `reindex` is next."""
    page = web.put("/strike", article_page(title="Strike", text="Ferries stop."))
    feed = web.put("/feed.xml", rss(item(link=page, title="Strike")), media_type="application/rss+xml")
    listed = f"""[harbour]
"Quay \\"Mail\\"" = "{feed}"
"Gone" = "{web.address}/gone.xml"
"Page" = "{page}"
[other]
"Not wanted" = "{web.address}/other.xml"
"""
    (dateline.folder / "feeds.toml").write_text(listed, encoding="utf-8")
    wanted = ("--topics", "harbour", "--data-dir", "news", "--discord", "--private-host", "127.0.0.1", "--yes")
    run = dateline("init", "--starters", "feeds.toml", *wanted).succeeded()
    settings = settings_of(dateline)
    assert settings["ingest"]["sources"] == [{"location": feed, "publisher": 'Quay "Mail"'}]
    assert settings["store"]["data_dir"] == "news"
    assert settings["bot"]["reindex"] is True
    written = (dateline.folder / "dateline.toml").read_text(encoding="utf-8")
    assert f'404 Not Found\n# [[ingest.sources]]\n# location = "{web.address}/gone.xml"\n' in written
    assert f'it is no feed but a page\n# [[ingest.sources]]\n# location = "{page}"\n' in written
    assert "3/3 " in run.err
    assert "with 1 feed; 2 more commented out" in run.out
    assert "\n  dateline reindex\n" in run.out
    assert "\n  dateline bot\n" in run.out
    assert not any(path == "/other.xml" for path, _ in web.asked)
    assert {file.name for file in dateline.folder.iterdir()} == {"dateline.toml", "feeds.toml"}
    again = dateline("init", "--yes")
    assert again.status == 1
    assert "is there already" in again.err
    assert "--force" in again.err
    assert (dateline.folder / "dateline.toml").read_text(encoding="utf-8") == written


def test_three_questions_have_an_answer_each(dateline: Dateline) -> None:
    """It asks for topics, folder and Discord; a misspelt topic is asked again; Return takes the default."""
    run = dateline("init", "--no-check", stdin="sciense\nhealth, science\n\n\n").succeeded()
    assert "Did you mean science?" in run.err
    settings = settings_of(dateline)
    assert len(settings["ingest"]["sources"]) == 9
    assert settings["bot"]["reindex"] is False
    assert "store" in settings
    assert "data_dir" not in settings["store"]
    listed = dateline("sources", "list").succeeded()
    assert listed.out.count("never visited") == 9


def test_where_nothing_answers_the_file_is_written_and_the_remedy_named(dateline: Dateline) -> None:
    """With no feed to be read, all are commented out, status 1 says so, and how to try again."""
    (dateline.folder / "feeds.toml").write_text('[harbour]\n"Quay" = "http://127.0.0.1:9/feed"\n', encoding="utf-8")
    run = dateline("init", "--starters", "feeds.toml", "--topics", "all", "--yes")
    assert run.status == 1
    assert "No feed can be read now." in run.err
    assert "--force" in run.err
    assert settings_of(dateline)["ingest"].get("sources") is None


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--topics", "wrold", "--yes"), 2, "Did you mean world?"),
        (("--time-zone", "Mars/North", "--yes", "--no-check"), 1, "bot.time_zone"),
        ((), 1, "Give --yes"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(
    arguments: tuple[str, ...], status: int, told: str, dateline: Dateline
) -> None:
    """An unknown topic or time zone, and nobody to ask, end with what to do, and without a file."""
    run = dateline("init", *arguments)
    assert run.status == status
    assert told in run.err
    assert list(dateline.folder.iterdir()) == []
