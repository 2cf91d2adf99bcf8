"""Feeds, pages, sitemaps and lists of feeds, served by a real server and indexed into a real data folder."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from local_web import LocalWeb, article_page, item, rss, serve

from index_store import Filters, PassageEncoder, SourceState, open_catalog, open_source_log, open_writer
from ingest import FetchSettings, IngestSettings, SourceSettings
from ingest.gather import read_sources
from ingest.progress import show_progress
from ingest.prune import Gone, find_gone
from ingest.reindex import Report, index_articles, recipe
from ingest.surroundings import Surroundings
from ingest.workers import Workers, open_workers

SETTINGS = IngestSettings()
FETCHING = FetchSettings(private_hosts=("127.0.0.1",), host_interval_s=0)
STRIKE = (
    "Ferries to the islands will stop for three days from 10 March, the harbour office of Quay said on Monday.\n"
    "The union of deck hands called the strike after talks on pay broke down. "
    "Mira Lund, who leads the union, said that 240 members had voted for it.\n"
    "The port expects that 12,000 passengers will have to travel by other means, or not at all."
)
BRIDGE = (
    "The bridge over the Lower Sound was opened on Tuesday after nine years of work.\n"
    "Ada Marsh, the mayor, was the first to cross it, in a tram that had been built for the day.\n"
    "It is two kilometres long and cost 900 million crowns, twice what had been planned."
)


def in_html(text: str) -> str:
    """Mark the paragraphs of a text."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One process that reads pages."""
    with open_workers(count=1) as opened:
        yield opened


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    """A web server of our own."""
    with serve() as local_web:
        yield local_web


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A data folder, and what it takes to fill it."""

    surroundings: Surroundings
    workers: Workers
    encoder: PassageEncoder

    def index(self, *locations: str, **settings: object) -> Report:
        """Index sources."""
        sources = [SourceSettings(location=location, **settings) for location in locations]  # type: ignore[arg-type]
        with (
            open_writer(self.surroundings.data_dir, recipe=recipe(SETTINGS)) as writer,
            show_progress(quiet=True) as progress,
        ):
            writer._encoder = self.encoder
            return index_articles(read_sources(sources, self.surroundings, self.workers), writer, SETTINGS, progress)

    def titles(self) -> list[str]:
        """Return the titles of all articles, in alphabetical order."""
        with closing(open_catalog(self.surroundings.data_dir)) as catalog:
            return sorted(article.title for article in catalog.articles(Filters(), limit=100))

    def state(self, location: str) -> SourceState:
        """Return what is remembered of a source."""
        with closing(open_source_log(self.surroundings.data_dir)) as log:
            return log.source(location)


@pytest.fixture
def newsroom(tmp_path: Path, workers: Workers, encoder: PassageEncoder) -> Newsroom:
    """An empty data folder."""
    return Newsroom(Surroundings(tmp_path / "data", SETTINGS, FETCHING), workers, encoder)


Publish = Callable[..., str]


@pytest.fixture
def publish(web: LocalWeb) -> Publish:
    """Put a feed at /feed.xml, and the pages that it names."""

    def put(**pages: str) -> str:
        items = ""
        for name, text in pages.items():
            link = web.put(f"/{name}", article_page(title=f"On the {name}", text=text))
            items += item(link=link, title=f"On the {name}", teaser=text[:40] + "…")
        return web.put("/feed.xml", rss(items), media_type="application/rss+xml")

    return put


def counts(report: Report) -> tuple[int, int, int, int, int]:
    """Return what a report counts: added, updated, unchanged, removed, failed."""
    return report.added, report.updated, report.unchanged, report.removed, report.failed


def test_a_feed_with_teasers_is_followed_to_its_pages(newsroom: Newsroom, publish: Publish) -> None:
    """Where a feed carries only the beginning, the whole article is read from its page."""
    report = newsroom.index(publish(strike=STRIKE, bridge=BRIDGE))
    assert counts(report) == (2, 0, 0, 0, 0)
    with closing(open_catalog(newsroom.surroundings.data_dir)) as catalog:
        (strike,) = [a for a in catalog.articles(Filters(), limit=9) if a.title == "On the strike"]
        article = catalog.version(strike.article_id).article
    assert article.text == STRIKE
    assert (article.authors, article.publisher, article.date_source) == (("Ada Quist",), "Harbour Wire", "json-ld")


def test_a_feed_that_carries_whole_articles_costs_one_request(newsroom: Newsroom, web: LocalWeb) -> None:
    """Full content is taken from the feed, and its pages are not fetched."""
    long = f"{STRIKE}\n{BRIDGE}"
    entry = item(link=f"{web.address}/strike", title="Ferry strike", teaser="Ferries stop", whole=in_html(long))
    feed = web.put("/feed.xml", rss(entry, title="Quay Mail"))
    assert counts(newsroom.index(feed)) == (1, 0, 0, 0, 0)
    assert web.asked == [("/feed.xml", 200)]
    with closing(open_catalog(newsroom.surroundings.data_dir)) as catalog:
        (found,) = catalog.articles(Filters(), limit=9)
        article = catalog.version(found.article_id).article
    assert article.text.replace("\n\n", "\n") == long
    assert (article.publisher, article.date_source, article.url) == ("Quay Mail", "feed", f"{web.address}/strike")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-03-05T08:00:00+01:00"


def test_a_feed_that_has_not_changed_costs_one_conditional_request(
    newsroom: Newsroom, web: LocalWeb, publish: Publish
) -> None:
    """The next run asks whether the feed has changed; a 304 ends it."""
    feed = publish(strike=STRIKE)
    newsroom.index(feed)
    web.asked.clear()
    assert counts(newsroom.index(feed)) == (0, 0, 0, 0, 0)
    assert web.asked == [("/feed.xml", 304)]


def test_only_what_a_feed_announces_anew_is_fetched_again(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """A changed feed leads to its new and changed pages; those it says nothing new about are left alone."""
    newsroom.index(publish(strike=STRIKE, bridge=BRIDGE))
    web.asked.clear()
    feed = publish(strike="Correction: the strike lasts four days. " + STRIKE, bridge=BRIDGE)
    assert counts(newsroom.index(feed)) == (0, 1, 1, 0, 0)
    assert web.asked == [("/feed.xml", 200), ("/strike", 200)]
    with closing(open_catalog(newsroom.surroundings.data_dir)) as catalog:
        (strike,) = [a for a in catalog.articles(Filters(), limit=9) if a.title == "On the strike"]
        assert catalog.version(strike.article_id, 1).article.text == STRIKE


def test_an_article_that_falls_off_its_feed_stays(newsroom: Newsroom, publish: Publish) -> None:
    """Feeds hold what is new; what they have dropped is still true."""
    newsroom.index(publish(strike=STRIKE))
    newsroom.index(publish(bridge=BRIDGE))
    assert newsroom.titles() == ["On the bridge", "On the strike"]


def test_a_deleted_article_is_found_gone_and_one_in_trouble_is_not(
    newsroom: Newsroom, web: LocalWeb, publish: Publish
) -> None:
    """Only 404 and 410 say that an article is gone; a server in trouble says nothing about it."""
    newsroom.index(publish(strike=STRIKE, bridge=BRIDGE))
    del web.pages["/strike"]
    web.pages["/bridge"].status = 503
    gone = [one for one in find_gone(newsroom.surroundings) if isinstance(one, Gone)]
    assert [(one.article.title, one.reason) for one in gone] == [("On the strike", "answered 404 Not Found")]
    assert newsroom.titles() == ["On the bridge", "On the strike"]


def test_an_article_whose_file_is_deleted_is_found_gone(newsroom: Newsroom, tmp_path: Path) -> None:
    """Pruning looks for files as it does for pages."""
    kept, deleted = tmp_path / "kept #1.txt", tmp_path / "deleted.txt"
    kept.write_text(BRIDGE)
    deleted.write_text(STRIKE)
    newsroom.index(str(kept), str(deleted))
    deleted.unlink()
    gone = [one for one in find_gone(newsroom.surroundings) if isinstance(one, Gone)]
    assert [one.article.url for one in gone] == [deleted.as_uri()]


def test_a_publisher_that_says_gone_for_good_is_believed_at_once(
    newsroom: Newsroom, web: LocalWeb, publish: Publish
) -> None:
    """A page that answers 410 when its feed announces a change is removed, and never cited again."""
    newsroom.index(publish(strike=STRIKE, bridge=BRIDGE))
    feed = publish(strike="Withdrawn. " + STRIKE, bridge=BRIDGE)
    web.pages["/strike"].status = 410
    assert counts(newsroom.index(feed)) == (0, 0, 1, 1, 0)
    assert newsroom.titles() == ["On the bridge"]


def test_a_feed_that_is_gone_for_good_is_retired(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """A feed that answers 410 is not asked again by the loop; its articles stay."""
    feed = publish(strike=STRIKE)
    newsroom.index(feed)
    web.pages["/feed.xml"].status = 410
    report = newsroom.index(feed)
    assert (counts(report), report.is_complete) == ((0, 0, 0, 0, 1), False)
    assert newsroom.state(feed).retired
    assert newsroom.titles() == ["On the strike"]


def test_a_publisher_that_wants_to_be_left_alone_is(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """Neither a retired feed nor one that asked for a pause is asked again by the next run, which says why."""
    feed, other = publish(strike=STRIKE), web.put("/other.xml", "", status=503, headers={"Retry-After": "3600"})
    web.pages["/feed.xml"].status = 410
    first = sorted(remark.reason for remark in newsroom.index(feed, other).failures)
    assert first[1] == "answered 503 Service Unavailable; asks to be left alone for 3,600 s"
    web.asked.clear()
    reasons = sorted(remark.reason for remark in newsroom.index(feed, other).failures)
    assert web.asked == []
    assert reasons[0].startswith("asks not to be visited before")
    assert reasons[1].startswith("is gone for good")


def test_entries_beyond_what_is_read_are_told(newsroom: Newsroom, web: LocalWeb) -> None:
    """A feed of more entries than are read says so in the report, and succeeds."""
    feed = web.put("/feed.xml", rss("".join(f"<item><guid>{number}</guid></item>" for number in range(5_003))))
    report = newsroom.index(feed)
    assert "3 entries were left out: beyond the first 5,000, or without a name" in [
        one.reason for one in report.warnings
    ]
    assert newsroom.state(feed).problem is None


def test_a_truncated_feed_is_no_article(newsroom: Newsroom, web: LocalWeb) -> None:
    """Where a feed's text breaks off and its page cannot be had, nothing is indexed in place of the article."""
    cut = in_html(f"{STRIKE}\n{BRIDGE} … Continue reading")
    feed = web.put("/feed.xml", rss(item(link=f"{web.address}/none", title="Ferry strike", whole=cut)))
    assert counts(newsroom.index(feed)) == (0, 0, 0, 0, 1)


def test_a_feed_that_has_moved_for_good_is_asked_at_its_new_place(
    newsroom: Newsroom, web: LocalWeb, publish: Publish
) -> None:
    """A permanent redirect is remembered, and not asked for again."""
    publish(strike=STRIKE)
    old = web.put("/old.xml", "", status=301, headers={"Location": "/feed.xml"})
    newsroom.index(old)
    assert newsroom.state(old).moved_to == f"{web.address}/feed.xml"
    web.asked.clear()
    newsroom.index(old)
    assert web.asked == [("/feed.xml", 304)]


def test_a_feed_that_moved_to_where_nothing_is_goes_back(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """A redirect that turns out to be wrong is forgotten."""
    publish(strike=STRIKE)
    old = web.put("/old.xml", "", status=301, headers={"Location": "/feed.xml"})
    newsroom.index(old)
    del web.pages["/feed.xml"]
    newsroom.index(old)
    web.put("/old.xml", rss(""))
    assert counts(newsroom.index(old)) == (0, 0, 0, 0, 0)
    assert newsroom.state(old).problem is None


def test_a_feeds_own_hint_and_its_retry_after_set_its_next_visit(newsroom: Newsroom, web: LocalWeb) -> None:
    """`ttl` says when to come again, and so does `Retry-After`; both are kept to."""
    feed = web.put("/feed.xml", rss("", more="<ttl>120</ttl>"))
    newsroom.index(feed)
    state = newsroom.state(feed)
    assert state.due_at is not None
    assert state.checked_at is not None
    assert (state.due_at - state.checked_at).total_seconds() == 7_200
    web.put("/feed.xml", "", status=503, headers={"Retry-After": "90000"})
    newsroom.index(feed)
    state = newsroom.state(feed)
    assert state.due_at is not None
    assert state.checked_at is not None
    assert (state.due_at - state.checked_at).total_seconds() == pytest.approx(86_400, abs=4_000)


def test_a_page_in_trouble_is_asked_again_although_its_feed_has_not_changed(
    newsroom: Newsroom, web: LocalWeb, publish: Publish
) -> None:
    """A run that could not read all that a feed names does not let a 304 hide the rest."""
    feed = publish(strike=STRIKE, bridge=BRIDGE)
    web.pages["/bridge"].status = 500
    report = newsroom.index(feed)
    assert (counts(report), report.is_complete) == ((1, 0, 0, 0, 1), True)
    web.pages["/bridge"].status = 200
    assert counts(newsroom.index(feed)) == (1, 0, 1, 0, 0)


def test_two_feeds_that_name_one_page_do_not_fight_over_it(newsroom: Newsroom, web: LocalWeb) -> None:
    """A page belongs to the source that named it first; run after run, it is fetched once and changes once."""
    link = web.put("/strike", article_page(title="Ferry strike", text=STRIKE))
    world = web.put("/world.xml", rss(item(link=link, title="Ferry strike", teaser="Ferries…"), title="World"))
    top = web.put("/top.xml", rss(item(link=link + "?utm_source=top", title="STRIKE!", teaser="No…"), title="Top"))
    assert newsroom.index(world, top).added == 1
    web.put("/top.xml", rss(item(link=link + "?utm_source=top", title="STRIKE!!", teaser="No…"), title="Top"))
    web.asked.clear()
    assert counts(newsroom.index(world, top)) == (0, 0, 1, 0, 0)
    assert web.asked.count(("/strike", 200)) == 0


def test_a_sitemap_and_what_is_below_it_are_read_since_a_day(newsroom: Newsroom, web: LocalWeb) -> None:
    """A sitemap index leads to sitemaps, these to pages; what is older than --since is not even fetched."""
    new = web.put("/new", article_page(title="Bridge opens", text=BRIDGE))
    old = web.put("/old", article_page(title="Strike", text=STRIKE, published_at="2024-01-01"))
    undated = web.put("/undated", article_page(title="Older strike", text=STRIKE, published_at="2023-01-01"))
    pages = "".join(
        f"<url><loc>{page}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for page, day in ((new, "2025-03-05"), (old, "2024-01-01"), (undated, ""))
    )
    child = web.put("/child.xml.gz", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>')
    index = web.put("/sitemap.xml", f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>")
    report = newsroom.index(index, since="2025-01-01")
    assert newsroom.titles() == ["Bridge opens"]
    assert report.is_complete
    assert ("/old", 200) not in web.asked


def test_a_list_of_feeds_is_read_feed_by_feed(
    newsroom: Newsroom, web: LocalWeb, publish: Publish, tmp_path: Path
) -> None:
    """Each feed of an OPML file is a source: one that is broken does not stop the others."""
    feed = publish(strike=STRIKE)
    outlines = f'<outline type="rss" xmlUrl="{feed}"/><outline type="rss" xmlUrl="{web.address}/none.xml"/>'
    file = tmp_path / "feeds.opml"
    file.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    report = newsroom.index(str(file))
    assert (counts(report), report.is_complete) == ((1, 0, 0, 0, 1), False)
    assert newsroom.state(feed).kind == "feed"
    newsroom.index(str(file))


def test_a_json_feed_and_a_saved_feed_are_followed(
    newsroom: Newsroom, web: LocalWeb, publish: Publish, tmp_path: Path
) -> None:
    """JSON Feed is read like any other; a feed saved to disk leads to the same pages."""
    publish(strike=STRIKE)
    items = [{"id": "1", "url": f"{web.address}/strike", "title": "Strike", "summary": "Ferries…"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Quay Mail", "items": items}
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(feed))
    web.put("/feed.json", json.dumps(feed), media_type="application/feed+json")
    assert newsroom.index(f"{web.address}/feed.json").added == 1
    assert counts(newsroom.index(str(saved))) == (0, 0, 1, 0, 0)


def test_a_page_by_address_is_an_article_and_other_things_are_named(newsroom: Newsroom, web: LocalWeb) -> None:
    """What is neither a page, a feed, a sitemap nor a list of feeds fails with a reason."""
    page = web.put("/strike", article_page(title="Ferry strike", text=STRIKE))
    picture = web.put("/logo.png", b"\x89PNG\r\n\x1a\n" + bytes(100), media_type="image/png")
    report = newsroom.index(page, picture)
    assert (counts(report), report.is_complete) == ((1, 0, 0, 0, 1), False)
    assert report.failures[0].reason.startswith("is neither")


def test_a_page_that_is_no_article_is_named_and_not_fetched_again(
    newsroom: Newsroom, web: LocalWeb, publish: Publish
) -> None:
    """A cookie wall behind a feed's link is reported once; until the feed says something new, it is left alone."""
    feed = publish(strike=STRIKE, wall="We value your privacy. Accept all cookies.")
    first = newsroom.index(feed)
    assert (first.added, first.failed, first.is_complete) == (1, 1, True)
    web.pages["/feed.xml"].body = str(web.pages["/feed.xml"].body) + "<!-- changed -->"
    web.asked.clear()
    assert counts(newsroom.index(feed)) == (0, 0, 1, 0, 0)
    assert web.asked == [("/feed.xml", 200)]


def test_a_page_that_is_a_source_and_gone_for_good_takes_its_article_with_it(newsroom: Newsroom, web: LocalWeb) -> None:
    """A page by address that answers 410 is removed, named, and not counted as a failure, too."""
    page = web.put("/strike", article_page(title="Ferry strike", text=STRIKE))
    newsroom.index(page)
    web.pages["/strike"].status = 410
    report = newsroom.index(page)
    assert (counts(report), report.is_complete) == ((0, 0, 0, 1, 0), True)
    assert [remark.source for remark in report.warnings] == [page]
    assert newsroom.titles() == []
    assert newsroom.index(page).failures[0].reason.startswith("is gone for good")


def test_a_page_that_never_gave_an_article_and_is_gone_for_good_fails(newsroom: Newsroom, web: LocalWeb) -> None:
    """Where there is nothing to remove, a source that answers 410 is a failure."""
    page = web.put("/strike", "", status=410)
    assert counts(newsroom.index(page)) == (0, 0, 0, 0, 1)


def test_gzip_and_odd_encodings_are_read(newsroom: Newsroom, web: LocalWeb) -> None:
    """A feed in Windows-1252, sent gzipped, says what its author wrote."""
    whole = in_html(f"{STRIKE}\n{BRIDGE}".replace("Quay", "Malmö"))
    feed = rss(item(link=f"{web.address}/a", title="Färjor", whole=whole)).replace("utf-8", "windows-1252")
    address = web.put("/feed.xml", feed.encode("cp1252"), media_type="text/xml", compressed=True)
    assert newsroom.index(address).added == 1
    assert newsroom.titles() == ["Färjor"]


def sitemap(*addresses: str, children: bool = False) -> str:
    """Write a sitemap of pages, or of other sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if children else ("urlset", "url")
    listed = "".join(f"<{inner}><loc>{address}</loc></{inner}>" for address in addresses)
    return f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{outer}>'


def test_sitemaps_that_lead_in_a_circle_are_named(newsroom: Newsroom, web: LocalWeb) -> None:
    """An index that names itself, or one that names it, is a failure with that reason; what else it names is read."""
    itself = web.put("/itself.xml", sitemap(f"{web.address}/itself.xml", children=True))
    there = web.put("/there.xml", sitemap(f"{web.address}/back.xml", children=True))
    back = web.put("/back.xml", sitemap(there, children=True))
    assert {(one.source, one.reason) for one in newsroom.index(itself, there).failures} == {
        (itself, "is an index of sitemaps that leads only to itself"),
        (back, "is an index of sitemaps that leads only to itself"),
    }
    strike = web.put("/strike", article_page(title="Strike", text=STRIKE))
    child = web.put("/child.xml", sitemap(strike))
    mixed = web.put("/mixed.xml", sitemap(f"{web.address}/mixed.xml#top", child, children=True))
    assert counts(newsroom.index(mixed)) == (1, 0, 0, 0, 0)
    assert newsroom.state(mixed).below == (child,)


def test_what_a_list_of_feeds_names_in_vain_is_reported(newsroom: Newsroom, web: LocalWeb, tmp_path: Path) -> None:
    """An entry that can be no feed is a failure of the run, under the list's name and its own."""
    feed = web.put("/feed.xml", rss(""), media_type="application/rss+xml")
    file = tmp_path / "feeds.opml"
    file.write_text(f'<opml><outline text="Old" xmlUrl="ftp://quay.example/feed"/><outline xmlUrl="{feed}"/></opml>')
    report = newsroom.index(str(file))
    (remark,) = report.failures
    assert remark.source == f"{file}, Old (ftp://quay.example/feed)"
    assert remark.reason == 'is a "ftp:" address; only http: and https: are fetched'
    assert not report.is_complete
    assert newsroom.state(str(file)).below == (feed,)


def make_due(newsroom: Newsroom, location: str) -> None:
    """Let a source's rest be over."""
    with closing(open_source_log(newsroom.surroundings.data_dir)) as log:
        log.save([replace(log.source(location), due_at=None)])


def test_what_is_new_below_an_unchanged_sitemap_index_is_found(newsroom: Newsroom, web: LocalWeb) -> None:
    """A sitemap index that stays as it is does not hide the new pages of its sitemaps."""
    strike = web.put("/strike", article_page(title="Strike", text=STRIKE))
    child = web.put("/child.xml", sitemap(strike))
    index = web.put("/sitemap.xml", sitemap(child, children=True))
    newsroom.index(index)
    web.put("/child.xml", sitemap(strike, web.put("/bridge", article_page(title="Bridge", text=BRIDGE))))
    make_due(newsroom, child)
    assert newsroom.index(index).added == 1
    assert newsroom.titles() == ["Bridge", "Strike"]


def test_a_page_that_comes_later_than_its_feed_is_found(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """A page that answers 404 when its feed first names it is asked again, though the feed stays as it is."""
    feed = publish(strike=STRIKE, bridge=BRIDGE)
    page = web.pages.pop("/bridge")
    newsroom.index(feed)
    web.pages["/bridge"] = page
    assert counts(newsroom.index(feed)) == (1, 0, 1, 0, 0)


def test_a_wider_since_reads_what_was_left_out(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """What was left out as too old is read once `since` reaches back to it, though its feed has not changed."""
    feed = publish(strike=STRIKE)
    assert newsroom.index(feed, since="2025-06-01").added == 0
    web.asked.clear()
    assert newsroom.index(feed, since="2025-06-01").added == 0
    assert web.asked == [("/feed.xml", 304)]
    assert newsroom.index(feed, since="2024-01-01").added == 1


def test_an_article_at_two_pages_is_gone_when_both_are(newsroom: Newsroom, web: LocalWeb) -> None:
    """An article whose other address is deleted stays, for `--prune` as for a page that answers 410."""
    link = web.put("/strike", article_page(title="Strike", text=STRIKE))
    other = web.put("/s", "", status=301, headers={"Location": link})
    entries = item(link=link, title="Strike", teaser="…") + item(link=other, title="Strike!", teaser="…")
    feed = web.put("/feed.xml", rss(entries))
    newsroom.index(feed)
    web.put("/s", "", status=410)
    web.put("/feed.xml", rss(entries.replace("Strike!", "Strike, again")))
    assert [one for one in find_gone(newsroom.surroundings) if isinstance(one, Gone)] == []
    assert newsroom.index(feed).removed == 0
    assert newsroom.titles() == ["Strike"]


def test_an_article_that_is_there_again_is_indexed_again(newsroom: Newsroom, web: LocalWeb, publish: Publish) -> None:
    """A page that said it was gone for good, and is served again unchanged, gives its article again."""
    newsroom.index(publish(strike=STRIKE, bridge=BRIDGE))
    feed = publish(strike="Withdrawn. " + STRIKE, bridge=BRIDGE)
    web.pages["/strike"].status = 410
    assert newsroom.index(feed).removed == 1
    feed = publish(strike=STRIKE, bridge=BRIDGE)
    assert newsroom.index(feed).added == 1
    assert newsroom.titles() == ["On the bridge", "On the strike"]


def test_the_beginning_never_replaces_the_whole_article(newsroom: Newsroom, web: LocalWeb) -> None:
    """A feed's short text stands in for a page that was never read, not for an article that was."""
    link = web.put("/strike", article_page(title="Strike", text=STRIKE))
    short = in_html("Ferries to the islands will stop for three days from 10 March.")
    feed = web.put("/feed.xml", rss(item(link=link, title="Strike", whole=short)))
    newsroom.index(feed)
    web.pages["/strike"].status = 503
    web.put("/feed.xml", rss(item(link=link, title="Strike (updated)", whole=short)))
    assert counts(newsroom.index(feed)) == (0, 0, 0, 0, 1)
    with closing(open_catalog(newsroom.surroundings.data_dir)) as catalog:
        (found,) = catalog.articles(Filters(), limit=9)
        assert catalog.version(found.article_id).article.text == STRIKE


def test_an_entry_without_a_page_must_say_something(newsroom: Newsroom, web: LocalWeb) -> None:
    """A feed's entry that names no page and holds a word or two is no article; neither is a link that runs a script."""
    feed = web.put("/feed.xml", rss(item(link="javascript:alert(1)", title="Listen now", teaser="Listen now")))
    assert newsroom.index(feed).added == 0


def test_a_password_in_an_address_is_not_shown(newsroom: Newsroom) -> None:
    """An address with a password is refused without repeating it."""
    (remark,) = newsroom.index("http://me:hush@127.0.0.1:9/feed.xml").failures
    assert "hush" not in f"{remark.source} {remark.reason}"


def test_a_round_ends_when_its_time_is_up(newsroom: Newsroom, publish: Publish) -> None:
    """What a round of the loop had no time for is read in the next one, which is due at once."""
    feed = publish(strike=STRIKE, bridge=BRIDGE)
    hurried = replace(newsroom, surroundings=replace(newsroom.surroundings, longest_s=-1.0))
    assert hurried.index(feed).added == 0
    due_at = newsroom.state(feed).due_at
    assert due_at is not None
    assert due_at <= datetime.now(UTC)
    assert newsroom.index(feed).added == 2
