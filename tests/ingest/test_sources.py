"""Files and folders, whole and broken: every failure is named, and the rest is read."""

import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from index_store import Article
from ingest import Found, IngestSettings, Rejected, read_source
from ingest.sources import read_files
from ingest.workers import open_workers

Read = Callable[..., list[Found | Rejected]]
Write = Callable[[str, str | bytes], Path]

PAGE = """<!doctype html><html lang="en"><head><meta charset="{charset}"><title>Ferry runs again</title>
<meta property="og:site_name" content="Quay Mail"><meta name="author" content="Ada Quist">
<link rel="canonical" href="https://quay.example/ferry">
<meta property="article:published_time" content="2024-05-06T07:08:09Z"></head>
<body><nav>Home</nav><article><h1>Ferry runs again</h1>
<p>The ferry crossed the bay on Monday for the first time in a year, with ninety people aboard.</p>
<p>Its café sells coffee at two crowns a cup, and the crossing takes twenty minutes in calm water.</p>
</article></body></html>"""


def line(**fields: object) -> str:
    """Return a JSONL line of an article with these fields over the usual ones."""
    usual = {"url": "https://quay.example/a", "title": "Ferry runs again", "published_at": "2024-05-06"}
    return json.dumps({**usual, "text": "The ferry runs again.", **fields}) + "\n"


def only(outcomes: list[Found | Rejected]) -> Found | Rejected:
    """Return the single outcome."""
    assert len(outcomes) == 1
    return outcomes[0]


def article(outcomes: list[Found | Rejected]) -> Article:
    """Return the single article."""
    outcome = only(outcomes)
    assert isinstance(outcome, Found), outcome
    return outcome.article


def reason(outcomes: list[Found | Rejected]) -> str:
    """Return why the single outcome is a refusal."""
    outcome = only(outcomes)
    assert isinstance(outcome, Rejected), outcome
    return outcome.reason


@pytest.mark.parametrize("name", ["news.jsonl", "news.ndjson", "news.jsonl.gz", "NEWS.JSONL"])
def test_jsonl(name: str, read: Read, write: Write) -> None:
    """JSONL gives an article a line, also packed, with blank lines and a byte order mark."""
    first, second = read(write(name, "\ufeff" + line() + "\n" + line(url="https://quay.example/b")))
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert first.article.url == "https://quay.example/a"
    assert second.source.endswith(f"{name}, line 3")


def test_a_broken_line(read: Read, write: Write) -> None:
    """Broken JSON in line 7 of 10 is reported by name with the reason; the other nine are read."""
    lines = [line(url=f"https://quay.example/{n}") for n in range(10)]
    lines[6] = lines[6][:40] + "\n"
    path = write("news.jsonl", "".join(lines))
    outcomes = read(path)
    assert [isinstance(outcome, Found) for outcome in outcomes] == [True] * 6 + [False] + [True] * 3
    broken = outcomes[6]
    assert isinstance(broken, Rejected)
    assert broken.source == f"{path}, line 7"
    assert "not valid JSON" in broken.reason


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"[1, 2]\n", "a JSON object is expected"),
        (b'{"text": "\xff\xfe"}\n', "not valid UTF-8"),
        (b"[" * 100_000 + b"\n", "nested too deeply"),
        (b'{"title": "Only a title"}\n', "has no text"),
        (line(text="a" * 5_000).encode(), "5,000 characters long"),
        (line(text="a" * 2_000_000).encode(), "is longer than 1 MB"),
    ],
    ids=lambda given: repr(given)[:30],
)
def test_bad_lines_do_not_stop_the_others(bad: bytes, why: str, read: Read, write: Write) -> None:
    """Whatever is wrong with a line, it is named, and the lines around it are read."""
    before, refused, after = read(write("news.jsonl", line().encode() + bad + line().encode()))
    assert isinstance(before, Found)
    assert isinstance(after, Found)
    assert isinstance(refused, Rejected)
    assert why in refused.reason
    assert refused.source.endswith("line 2")


def test_lone_surrogates(read: Read, write: Write) -> None:
    """Half a character, which JSON can carry, becomes a replacement mark."""
    assert article(read(write("news.jsonl", '{"text": "a \\ud800 b", "title": "\\udfff"}\n'))).text == "a \ufffd b"


def test_a_packed_bomb(read: Read, write: Write) -> None:
    """A small file that unpacks to one endless line is given up."""
    first, second = read(write("news.jsonl.gz", b"a" * 5_000_000))
    assert isinstance(first, Rejected)
    assert isinstance(second, Rejected)
    assert "was read no further" in second.reason


def test_cut_off_archive(read: Read, write: Write) -> None:
    """The lines before the break of a packed file are read, and the break is reported."""
    path = write("news.jsonl.gz", "".join(line(url=f"https://quay.example/{os.urandom(9).hex()}") for _ in range(500)))
    path.write_bytes(path.read_bytes()[:-200])
    *found, last = read(path)
    assert found
    assert isinstance(last, Rejected)
    assert "broken gzip file" in last.reason


def test_indented_json_named_jsonl(read: Read, write: Write) -> None:
    """One JSON value over many lines is reported once, not once a line."""
    assert "name it .json" in reason(read(write("news.jsonl", json.dumps([{"text": "a"}], indent=2))))


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: [a], lambda a: {"status": "ok", "articles": [a]}])
def test_json(wrap: object, read: Read, write: Write) -> None:
    """A JSON file holds an article, a list of them, or a NewsAPI response."""
    assert callable(wrap)
    assert article(read(write("news.json", json.dumps(wrap(json.loads(line())))))).title == "Ferry runs again"


def test_json_with_a_bad_article(read: Read, write: Write) -> None:
    """An entry that is no article is named by its place in the list."""
    first, second, third = read(write("news.json", json.dumps([5, {"text": 5}, json.loads(line())])))
    assert isinstance(first, Rejected)
    assert first.source.endswith("news.json, article 1")
    assert isinstance(second, Rejected)
    assert isinstance(third, Found)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[]", "holds no articles"),
        ("7", "holds no articles"),
        ('{"articles": []}', "holds no articles"),
        ('{"status": "error", "message": "Key invalid"}', "is an error message, not a response with articles: Key"),
        ('{"title": "x"\n "a"', "is not valid JSON: Expecting ',' delimiter (line 2, column 2)"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_json_without_articles(content: str, why: str, read: Read, write: Write) -> None:
    """A JSON file that gives no article says why."""
    assert why in reason(read(write("news.json", content)))


@pytest.mark.parametrize("name", ["ferry.html", "ferry.htm", "ferry.html.gz"])
def test_pages(name: str, read: Read, write: Write) -> None:
    """A page gives its article with title, author, date, publisher, address and language."""
    page = article(read(write(name, PAGE.format(charset="utf-8"))))
    assert page.title == "Ferry runs again"
    assert page.text.startswith("The ferry crossed")
    assert "café" in page.text
    assert page.authors == ("Ada Quist",)
    assert page.published_at is not None
    assert page.published_at.date().isoformat() == "2024-05-06"
    assert (page.publisher, page.date_source, page.language) == ("Quay Mail", "meta", "en")
    assert page.url == "https://quay.example/ferry"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-16", "utf-8", "nonsense", "hex"])
def test_page_encodings(charset: str, read: Read, write: Write) -> None:
    """A page is decoded as it declares, by its byte order mark, or as browsers would."""
    encoding = charset if charset in {"utf-16", "utf-8"} else "cp1252"
    assert "café" in article(read(write("a.html", PAGE.format(charset=charset).encode(encoding)))).text


def test_one_bad_byte_in_a_page(read: Read, write: Write) -> None:
    """A page that says it is UTF-8 stays so, bad byte or not."""
    content = PAGE.format(charset="utf-8").encode().replace(b"calm", b"ca\xfflm")
    assert "café" in article(read(write("a.html", content))).text


def test_a_page_without_an_article(read: Read, write: Write) -> None:
    """A page that holds no article has no text."""
    assert reason(read(write("a.html", "<html><body></body></html>"))) == "has no text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_encodings(encoding: str, read: Read, write: Write) -> None:
    """Text is decoded by its byte order mark, as UTF-8, or as Windows-1252."""
    text = "Ferry café opens\n\nIt sells “crêpes”."
    opened = article(read(write("a.txt", text.encode(encoding))))
    assert (opened.title, opened.text) == ("Ferry café opens", "It sells “crêpes”.")


def test_a_plain_file_has_its_own_address(read: Read, write: Write) -> None:
    """A text without an address is cited by that of its file, and its age is not taken for its date."""
    path = write("über uns.txt", "The ferry runs again.")
    outcome = only(read(path))
    assert isinstance(outcome, Found)
    assert outcome.article.url == path.as_uri()
    assert outcome.article.published_at is None
    assert outcome.warnings == ("has no publication date; indexed undated",)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.html", "a.txt", "a.md", "a.jsonl.gz", "a.html.gz"])
@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "is empty"), (b" \n\n", "is empty"), (bytes(range(256)) * 40, "not"), (b"\x89PNG\0\0\0\r\n" * 9, "not")],
)
def test_empty_and_binary_files(name: str, content: bytes, why: str, read: Read, write: Write) -> None:
    """Empty and binary files are refused, whatever their names say."""
    outcomes = read(write(name, content))
    assert outcomes
    assert all(isinstance(outcome, Rejected) and why in outcome.reason for outcome in outcomes)


@pytest.mark.parametrize("slip", ["\0", "\x1b", "&#0;", "&#27;", "&#x1B;", "&#8", "&#x0;"])
def test_a_control_character_does_not_cost_a_page(slip: str, read: Read, write: Write) -> None:
    """A stray control character, also written as a number, is left out of a page, and the rest is read."""
    text = "The ferry to the islands runs again, the harbour office of Quay said on Monday morning."
    body = f"<article><p>{text} {slip} It costs &#163;4.</p></article>"
    page = f"<html><head><title>Ferry</title></head><body>{body}</body></html>"
    found = article(read(write("a.html", page)))
    assert text in found.text
    assert "£4" in found.text


HTML = "<html lang='en'><head><title>Page title</title></head><body><article>" + "<p>The ferry runs again.</p>" * 9


def test_html_instead_of_text(read: Read, write: Write) -> None:
    """A record with HTML is read like a page, and what the record says itself counts more."""
    record = {"title": "Record title", "html": HTML, "published_at": 1714980000, "url": "https://quay.example/a"}
    found = article(read(write("a.jsonl", json.dumps(record))))
    assert "The ferry runs again." in found.text
    assert (found.title, found.date_source) == ("Record title", "record")
    assert found.published_at == datetime.fromtimestamp(1714980000, UTC)


@pytest.mark.parametrize(("longest_read_s", "titles"), [(30, ["Page title", "Flood"]), (0.001, ["Flood"])])
def test_html_in_a_record_has_the_time_of_a_page(longest_read_s: float, titles: list[str], write: Write) -> None:
    """It is read in a process of its own; what takes too long is given up, and the other records are read."""
    path = write("a.jsonl", f'{json.dumps({"html": HTML})}\n{{"title": "Flood", "text": "The river rose."}}\n')
    with open_workers(count=1, longest_read_s=longest_read_s) as workers:
        outcomes = list(read_files([path], settings=IngestSettings(), workers=workers))
    assert [one.article.title for one in outcomes if isinstance(one, Found)] == titles
    failures = [one.reason for one in outcomes if isinstance(one, Rejected)]
    assert all("took longer than" in reason for reason in failures)
    assert len(outcomes) == 2


def test_a_number_without_end_costs_no_more_than_itself(read: Read, write: Write) -> None:
    """A number of thousands of digits counts as absent; the rest of its record is read."""
    line = '{"title": "Ferry", "text": "The ferry runs again.", "views": ' + "9" * 10_000 + "}"
    assert article(read(write("a.jsonl", line))).title == "Ferry"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.html.gz"])
def test_not_packed(name: str, read: Read, tmp_path: Path) -> None:
    """A file that is not what .gz promises is refused."""
    (tmp_path / name).write_text(line())
    assert "is not a gzip file" in reason(read(tmp_path / name))


@pytest.mark.parametrize("name", ["a.html", "a.txt", "a.md", "a.json", "a.html.gz"])
def test_large_files(name: str, read: Read, write: Write) -> None:
    """A file over the limit is refused with the limit and the setting, packed or not."""
    assert "larger than 1 MB; split it, or raise ingest.max_file_mb" in reason(read(write(name, b"a" * 1_000_001)))


def test_missing_file(read: Read, tmp_path: Path) -> None:
    """A missing file is named."""
    assert only(read(tmp_path / "no.txt")) == Rejected(str(tmp_path / "no.txt"), "does not exist")


@pytest.mark.parametrize("location", ["a\0b.txt", "x" * 5_000 + ".txt", ""])
def test_impossible_paths(location: str, read: Read) -> None:
    """What can be no path is refused like a missing file."""
    assert reason(read(location)) in {"does not exist", "is no file or folder", "cannot be read: File name too long"}


@pytest.mark.parametrize("name", ["a.rtf", "archive.gz", "README"])
def test_other_kinds(name: str, read: Read, write: Write) -> None:
    """A file of a kind that is not read is refused with the kinds that are."""
    assert "JSONL, JSON, HTML, Markdown, text, mail, PDF and Word files" in reason(read(write(name, "text")))


def test_unreadable_files(read: Read, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be opened is refused with the system's reason."""
    path = write("a.txt", "text")

    def denied(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self), mode)

    monkeypatch.setattr(Path, "open", denied)  # the tests may run as root, whom nothing is denied
    assert reason(read(path)) == "cannot be read: Permission denied"


def test_pipes(read: Read, tmp_path: Path) -> None:
    """What is neither file nor folder is not waited for."""
    os.mkfifo(tmp_path / "a.txt")
    assert reason(read(tmp_path / "a.txt")) == "is neither a file nor a folder"


@pytest.mark.parametrize("url", ["https://quay.example/a", "HTTP://quay.example/"])
def test_web_addresses(url: str, read: Read) -> None:
    """A web address is no file."""
    assert "a file is expected here" in reason(read(url))


@pytest.mark.parametrize("address", ["ftp://quay.example/a", "file:///etc/passwd", "javascript:x", "data:text/plain,a"])
def test_other_addresses(address: str, read: Read) -> None:
    """An address that is neither http nor https is refused as one, not as a file that is missing."""
    told = reason(read(address))
    assert told == f'is a "{address.split(":")[0]}:" address, and only http: and https: are read; no file has that name'


def test_half_an_address(read: Read) -> None:
    """An address without its slashes is told what is missing."""
    assert reason(read("https:quay.example/feed.xml")) == "is not a whole address; it must begin with https://"


@pytest.mark.parametrize("name", ["note: ferries.txt", "C:\\news.txt", "ftp:notes.txt"])
def test_a_colon_in_the_name_of_a_file(name: str, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with a colon in its name is read, and a path of Windows is never taken for an address."""
    monkeypatch.chdir(tmp_path)
    assert reason(read("C:\\absent\\news.txt")) == "does not exist"
    Path(name).write_text("Ferries run again from Monday, the harbour office says.")
    assert "Ferries run" in article(read(name)).text


def test_folders(read: Read, write: Write, tmp_path: Path) -> None:
    """A folder is read in order and in depth, without hidden files, links and files of other kinds."""
    for name in ("b.txt", "a/z.md", "a/.hidden.txt", ".git/c.txt", "photo.jpg"):
        write(f"news/{name}", f"The text of {name}")
    secret = write("secret.txt", "Not part of the folder")
    (tmp_path / "news/link.txt").symlink_to(secret)
    (tmp_path / "news/loop").symlink_to(tmp_path / "news")
    outcomes = read(tmp_path / "news")
    assert [Path(outcome.source).name for outcome in outcomes] == ["b.txt", "z.md"]


def test_folder_with_a_bad_file(read: Read, write: Write, tmp_path: Path) -> None:
    """A bad file in a folder is named; the others are read."""
    write("news/a.txt", b"\0")
    write("news/b.txt", "The text.")
    bad, good = read(tmp_path / "news")
    assert bad == Rejected(str(tmp_path / "news/a.txt"), "is not a text file")
    assert isinstance(good, Found)


def test_folder_without_articles(read: Read, write: Write, tmp_path: Path) -> None:
    """A folder with nothing to read says so."""
    write("news/photo.jpg", "x")
    assert "holds no files of the kinds that are read" in reason(read(tmp_path / "news"))


def test_file_names_that_are_no_text(read: Read, tmp_path: Path) -> None:
    """A file whose name is not valid text is read, and its name can be printed."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff\nb.txt"))
    path.write_text("The text.")
    outcome = only(read(tmp_path))
    assert isinstance(outcome, Found)
    outcome.source.encode()
    assert "\n" not in outcome.source


def test_publisher_of_a_source(read: Read, write: Write) -> None:
    """The publisher set for a source reaches its articles."""
    assert article(read(write("a.txt", "The text."), publisher="Quay Mail")).publisher == "Quay Mail"


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["a.jsonl", "a.json", "a.html", "a.txt", "a.md", "a.jsonl.gz"]))
def test_any_bytes(tmp_path: Path, content: bytes, name: str) -> None:
    """No content of a file, of any kind, raises."""
    for written in (content, gzip.compress(content)):
        (tmp_path / name).write_bytes(written)
        assert list(read_source(tmp_path / name, settings=IngestSettings()))


def test_what_only_claims_to_be_jsonl_is_given_up(read: Read, write: Write) -> None:
    """A file without an article in its first hundred lines is read no further; one that begins well is read whole."""
    outcomes = read(write("log.jsonl", "not json\n" * 5_000))
    assert len(outcomes) == 101
    assert "none of its first 100 lines is an article" in outcomes[-1].reason
    good = '{"text": "The ferry runs."}\n'
    assert len(read(write("mixed.jsonl", good + "not json\n" * 500))) == 501
