"""`dateline sources` as people use it: what it adds, refuses, shows, imports and exports."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Dateline
from local_web import SETTINGS, LocalWeb, article_page, item, rss, serve

from ingest.opml import parse_opml


@pytest.fixture
def dateline(tmp_path: Path) -> Dateline:
    """The program in an empty working folder that may ask the local server."""
    (tmp_path / "dateline.toml").write_text(SETTINGS, encoding="utf-8")
    return Dateline(tmp_path, tmp_path / "index")


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    """A web server of our own."""
    with serve() as local_web:
        yield local_web


def named(dateline: Dateline) -> list[str]:
    """Return the locations that dateline.toml names."""
    settings = tomllib.loads((dateline.folder / "dateline.toml").read_text(encoding="utf-8"))
    return [source["location"] for source in settings.get("ingest", {}).get("sources", [])]


def opml(*outlines: str) -> str:
    """Write a list of feeds."""
    return f'<opml version="2.0"><body>{"".join(f"<outline {outline}/>" for outline in outlines)}</body></opml>'


def sitemap_index(*addresses: str) -> str:
    """Write an index of sitemaps."""
    listed = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'


def test_import_names_what_it_leaves_out(dateline: Dateline) -> None:
    """Feeds that could never be fetched are named with the reason and status 1; the others are added."""
    outlines = (
        'text="Quay" xmlUrl="https://quay.example/feed.xml"',
        'text="Again" xmlUrl="https://quay.example/feed.xml"',
        'text="Secret" xmlUrl="https://ada:hush@quay.example/own.xml"',
        'text="Old" xmlUrl="ftp://quay.example/feed"',
        'text="Cloud" xmlUrl="http://169.254.169.254/latest/meta-data"',
        'text="Router" xmlUrl="http://10.0.0.1/feed.xml"',
        'text="Ours" xmlUrl="http://127.0.0.1:8080/feed.xml"',
        'text="Nameless" type="rss"',
    )
    (dateline.folder / "feeds.opml").write_text(opml(*outlines), encoding="utf-8")
    run = dateline("sources", "import", "feeds.opml")
    assert run.status == 1
    assert run.out.startswith("Added 2 feeds to ")
    assert run.out.endswith("; 1 was there already.\n")
    told = run.err.splitlines()
    assert len(told) == 5
    assert all(line.startswith("left out: ") for line in told)
    for name, why in (
        ("Secret (https://…@quay.example/own.xml)", "user name or a password"),
        ("Old (ftp://quay.example/feed)", '"ftp:" address'),
        ("Nameless", "no xmlUrl"),
        ("Cloud (http://169.254.169.254/latest/meta-data)", "never fetched from"),
        ("Router (http://10.0.0.1/feed.xml)", "fetch.private_hosts"),
    ):
        assert any(line.startswith(f"left out: {name}: ") and why in line for line in told), name
    assert "hush" not in run.out + run.err
    assert named(dateline) == ["https://quay.example/feed.xml", "http://127.0.0.1:8080/feed.xml"]


@pytest.mark.parametrize(("content", "why"), [("<html>", "is not OPML"), ("", "is empty"), (opml(), "names no feeds")])
def test_a_list_that_cannot_be_imported_is_named(content: str, why: str, dateline: Dateline) -> None:
    """What is wrong with an OPML file is said with the file's name."""
    (dateline.folder / "feeds.opml").write_text(content, encoding="utf-8")
    run = dateline("sources", "import", "feeds.opml")
    assert (run.status, run.out) == (1, "")
    assert run.err.startswith("Error: feeds.opml is ")
    assert why in run.err


def test_export_carries_no_password(dateline: Dateline) -> None:
    """Addresses are exported without user name and password, and standard error names which."""
    locations = ("https://ada:hush@quay.example/own.xml", "https://quay.example/feed.xml")
    sources = "".join(f'\n[[ingest.sources]]\nlocation = "{location}"\n' for location in locations)
    (dateline.folder / "dateline.toml").write_text(SETTINGS + sources, encoding="utf-8")
    run = dateline("sources", "export").succeeded()
    addresses = [feed.address for feed in parse_opml(run.out.encode()).feeds]
    assert addresses == ["https://quay.example/own.xml", "https://quay.example/feed.xml"]
    assert "written without the user name and password" in run.err
    assert run.err.count("https://…@quay.example/own.xml") == 1
    shown = [
        dateline("sources", *more).out for more in (("list",), ("list", "--json"), ("check", locations[0], "--json"))
    ]
    assert not any(secret in text for secret in ("hush", "ada") for text in (run.out, run.err, *shown))


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("ftp://quay.example/feed", 'is a "ftp:" address'),
        ("file:///etc/passwd", 'is a "file:" address'),
        ("javascript:alert(1)", 'is a "javascript:" address'),
        ("data:text/plain,news", 'is a "data:" address'),
        ("https://ada:hush@quay.example/", "holds a user name or a password"),
        ("http://quay.example:22/", "port 22"),
        ("http://10.0.0.1/feed.xml", "fetch.private_hosts"),
        ("http://169.254.169.254/", "never fetched from"),
    ],
)
def test_what_can_never_work_is_not_recommended(location: str, why: str, dateline: Dateline) -> None:
    """An address that no later try could read is refused with the reason alone."""
    run = dateline("sources", "add", location)
    assert run.status == 1
    assert why in run.err
    assert "--no-check" not in run.err
    assert "hush" not in run.out + run.err
    assert named(dateline) == []


def test_what_may_work_later_can_be_added_unseen(dateline: Dateline, web: LocalWeb) -> None:
    """A page that is missing and a folder that is not there yet may be added with --no-check, a picture may not."""
    missing, picture = (
        f"{web.address}/none.xml",
        web.put("/a.png", b"\x89PNG\r\n\x1a\n" + bytes(99), media_type="image/png"),
    )
    for location in (missing, "clippings"):
        run = dateline("sources", "add", location)
        assert (run.status, "--no-check" in run.err) == (1, True)
    assert "--no-check" not in dateline("sources", "add", picture).err
    dateline("sources", "add", missing, "--no-check").succeeded()
    assert dateline("sources", "add", "ftp://quay.example/feed", "--no-check").status == 1
    assert dateline("sources", "add", "").status == 2
    assert named(dateline) == [missing]


def test_an_address_that_is_not_read_is_no_file(dateline: Dateline) -> None:
    """`index` says of other addresses that only http and https are read, and reads a file with a colon in its name."""
    (dateline.folder / "ftp:notes").mkdir()
    run = dateline("index", "ftp://quay.example/feed", "javascript:x", "C:\\news", "ftp:notes")
    assert run.status == 1
    for line in (
        'ftp://quay.example/feed: is a "ftp:" address, and only http: and https: are read; no file has that name',
        'javascript:x: is a "javascript:" address, and only http: and https: are read; no file has that name',
        "C:\\news: does not exist",
        "ftp:notes: holds no files of the kinds that are read",
    ):
        assert f"not indexed: {line}" in run.err


def put_lists(dateline: Dateline, web: LocalWeb) -> tuple[str, str, str]:
    """Name a list of feeds and an index of sitemaps; returns a feed, a missing feed, and a sitemap below them."""
    feed = web.put("/feed.xml", rss("", title="Quay Mail"), media_type="application/rss+xml")
    missing = f"{web.address}/none.xml"
    child = web.put("/child.xml", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>')
    index = web.put("/index.xml", sitemap_index(child))
    (dateline.folder / "feeds.opml").write_text(opml(f'xmlUrl="{feed}"', f'xmlUrl="{missing}"'), encoding="utf-8")
    sources = "".join(f'\n[[ingest.sources]]\nlocation = "{location}"\n' for location in ("feeds.opml", index))
    (dateline.folder / "dateline.toml").write_text(SETTINGS + sources, encoding="utf-8")
    return feed, missing, child


def test_list_shows_what_is_below_a_source(dateline: Dateline, web: LocalWeb) -> None:
    """The feeds of a list and the sitemaps of an index stand below it, each with its own last success and failures."""
    feed, missing, child = put_lists(dateline, web)
    assert dateline("reindex").status == 1
    lines = dateline("sources", "list").succeeded().out.splitlines()
    at = {line.split()[0]: n for n, line in enumerate(lines) if line.strip().startswith("http")}
    for location, kind in ((feed, "feed · Quay Mail"), (child, "sitemap")):
        assert lines[at[location]] == f"    {location}  ({kind})"
        assert lines[at[location] + 1].startswith("      last success 20")
    assert lines[at[missing] + 1].startswith("      last success never · next visit 20")
    assert "1 failure in a row" in lines[at[missing] + 2]
    assert "it answered 404 Not Found" in lines[at[missing] + 2]
    listed = dateline("sources", "list", "--json").succeeded().records
    assert [[below["location"] for below in source["below"]] for source in listed] == [[feed, missing], [child]]
    assert [below["failures"] for below in listed[0]["below"]] == [0, 1]


def test_a_feed_that_left_its_list_is_not_shown_any_more(dateline: Dateline, web: LocalWeb) -> None:
    """What a list does not name any more is not listed below it after the next visit."""
    feed, missing, _ = put_lists(dateline, web)
    dateline("reindex")
    (dateline.folder / "feeds.opml").write_text(opml(f'xmlUrl="{feed}"'), encoding="utf-8")
    dateline("reindex").succeeded()
    assert missing not in dateline("sources", "list").succeeded().out


def test_check_tries_what_is_below_a_source(dateline: Dateline, web: LocalWeb) -> None:
    """A failing feed of a list makes the check fail, and is named below the list."""
    feed, missing, child = put_lists(dateline, web)
    run = dateline("sources", "check")
    assert run.status == 1
    for line in (
        "feeds.opml: opml, 2 feeds\n",
        f"    ✓ {feed}: feed, “Quay Mail”, 0 entries\n",
        f"    ✗ {missing}: it answered 404 Not Found\n",
        f"/index.xml: sitemap, 1 sitemap\n    ✓ {child}: sitemap, 0 pages\n",
    ):
        assert line in run.out
    seen = [json.loads(line) for line in dateline("sources", "check", "--json").out.splitlines()]
    assert sorted(len(one["below"]) for one in seen) == [1, 2]


def test_check_says_where_it_stops(dateline: Dateline, web: LocalWeb) -> None:
    """Of many feeds of a list the first twenty are tried, and that is said; one entry is not called entries."""
    page = web.put("/strike", article_page(title="Strike", text="Ferries stop."))
    body = rss(item(link=page, title="Strike"))
    feeds = [web.put(f"/{n}.xml", body, media_type="application/rss+xml") for n in range(22)]
    (dateline.folder / "feeds.opml").write_text(opml(*(f'xmlUrl="{feed}"' for feed in feeds)), encoding="utf-8")
    told = dateline("sources", "check", "feeds.opml").succeeded().out
    assert told.count("feed, “Harbour Wire”, 1 entry\n") == 20
    assert told.endswith("    only the first 20 of 22 were tried\n")


def test_a_sitemap_that_names_only_itself_is_at_fault(dateline: Dateline, web: LocalWeb) -> None:
    """An index of sitemaps that leads nowhere but to itself is not added, and the fault is named."""
    address = web.put("/itself.xml", sitemap_index(f"{web.address}/itself.xml"))
    run = dateline("sources", "add", address)
    assert run.status == 1
    assert "is an index of sitemaps that leads only to itself" in run.err
    assert named(dateline) == []
