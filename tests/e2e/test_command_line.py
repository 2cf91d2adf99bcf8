"""The commands from end to end: real processes, the real model, real stores; what other programs may rely on."""

import json
import os
import pty
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import ANSWER, FOUND, REPORT, SUMMARY, Dateline, Finished, copy_index, misfits, spelled, write_jsonl

BOEHLER = "Who led the talks in Doha?"
UNANSWERABLE = "What does a litre of goat milk cost in Ulan Bator?"
LEADER = "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha over the past weeks."
ESCAPE = re.compile("[\x1b\x9b]")


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with an index of three articles that nobody changes."""
    return Dateline(tmp_path, indexed_folder)


@pytest.fixture
def own(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with a copy of the index that a test may change."""
    return Dateline(tmp_path, copy_index(indexed_folder, tmp_path / "own"))


def article_ids(dateline: Dateline) -> dict[str, str]:
    """Return the id of each article that is indexed, by the last part of its address."""
    listed = dateline("articles", "list", "--json").succeeded().records
    return {record["url"].rsplit("/", 1)[1]: record["article_id"] for record in listed}


# ask


def test_an_answer_has_every_field_of_the_contract(dateline: Dateline) -> None:
    """`ask --json` prints one object with all fields and types of the contract, and what it says is in the article."""
    answer = dateline("ask", BOEHLER, "--json").succeeded().record
    assert misfits(answer, ANSWER) == []
    assert answer["elapsed_ms"] > 0
    assert (answer["id"], answer["as_of"], answer["reason"], answer["nearest"]) == (None, None, None, [])
    assert (answer["question"], answer["standalone_question"]) == (BOEHLER, BOEHLER)
    assert answer["window"] == {"since": None, "until": None}
    assert answer["mode"] == "extractive"
    assert answer["abstained"] is False
    citation = answer["citations"][0]
    assert answer["claims"][0].items() >= {"text": LEADER, "citations": [1], "support": "single-source"}.items()
    assert answer["answer"].startswith(f"{LEADER} [1]")
    assert citation["url"] == "https://wire.example/2025/03/05/doha-talks_(hostages)"
    assert citation["title"] == "Washington confirms direct talks with Hamas"
    assert (citation["publisher"], citation["authors"]) == ("Example Wire", [])
    assert (citation["published_at"], citation["quote"]) == ("2025-03-05T18:30:00Z", LEADER)


def test_every_quote_stands_in_its_article_to_the_letter(dateline: Dateline) -> None:
    """`article_text[start:end] == quote` for the article as `articles show` prints it; numbers count from 1, by use."""
    questions = (
        BOEHLER,
        "How often does the island ferry leave?",
        "What does a return ticket cost?",
        "How much ice did the Valdren glacier lose?",
        "How was the ice of the glacier measured?",
        "How many American citizens were held in Gaza?",
    )
    answers = dateline.ask_all(questions)
    citations = [citation for answer in answers for citation in answer["citations"]]
    texts = {article_id: dateline.text_of(article_id) for article_id in {c["article_id"] for c in citations}}
    assert len(texts) == 3
    for citation in citations:
        assert citation["quote"] == texts[citation["article_id"]][citation["start"] : citation["end"]]
    assert sum(not answer["abstained"] for answer in answers) >= 5
    for answer in answers:
        used = [n for claim in answer["claims"] for n in claim["citations"]]
        assert list(dict.fromkeys(used)) == [citation["n"] for citation in answer["citations"]]
        assert used[:1] == ([] if answer["abstained"] else [1])
        assert all(f"[{n}]" in answer["answer"] for n in used)


def test_an_answer_for_people_is_all_that_is_printed(dateline: Dateline) -> None:
    """Without --json: the claim with its number, then quote, title, publisher, date and link; nothing on stderr."""
    run = dateline("ask", BOEHLER).succeeded()
    assert run.told.startswith(f"{LEADER} [1]")
    cited = run.told[run.told.index("[1] Washington") :]
    for part in ("confirms direct talks with Hamas", "Example Wire · 5 March 2025", f"“{LEADER}”"):
        assert part in cited
    assert "https://wire.example/2025/03/05/doha-talks_(hostages)" in run.out.split()
    assert run.err == ""


def test_an_honest_no_is_no_failure(dateline: Dateline) -> None:
    """Where the articles don't say, that is said with a reason and the nearest articles, and the exit status is 0."""
    answer = dateline("ask", UNANSWERABLE, "--json").succeeded().record
    assert misfits(answer, ANSWER) == []
    assert (answer["abstained"], answer["claims"], answer["citations"]) == (True, [], [])
    assert answer["reason"]
    assert 1 <= len(answer["nearest"]) <= 3
    run = dateline("ask", UNANSWERABLE).succeeded()
    assert run.out.startswith("The indexed articles don't say.\n")
    assert answer["reason"] in run.told
    assert all(summary["url"] in run.out for summary in answer["nearest"])
    assert run.err == ""


@pytest.mark.parametrize(
    ("options", "answered"),
    [
        (["--as-of", "2025-03-05"], True),
        (["--as-of", "2025-03-05T18:29Z"], False),
        (["--since", "2025-03-05"], True),
        (["--since", "2025-03-06"], False),
        (["--until", "March 2025"], True),
        (["--until", "2025-03-04"], False),
        (["--source", "example wire"], True),
        (["--source", "Science Courier"], False),
        (["--source", "Science Courier", "--source", "Example Wire"], True),
    ],
    ids=spelled,
)
def test_filters(options: list[str], answered: bool, dateline: Dateline) -> None:  # noqa: FBT001 -- a parameter
    """--as-of, --since and --until mean whole days, --source a publisher in any case; no other article is named."""
    answer = dateline("ask", BOEHLER, "--json", *options).succeeded().record
    named = [*answer["citations"], *answer["nearest"]]
    assert any("Boehler" in citation["quote"] for citation in answer["citations"]) is answered
    assert any("doha" in article["url"] for article in named) is answered


def test_filters_are_told(dateline: Dateline) -> None:
    """The JSON says what was understood: the as-of and the window, in UTC, and the first and last second of a day."""
    options = ("--as-of", "2025-03-09", "--since", "2025-03-01", "--until", "2025-03-07T12:00+02:00")
    answer = dateline("ask", BOEHLER, "--json", *options).succeeded().record
    assert answer["as_of"] == "2025-03-09T23:59:59Z"
    assert answer["window"]["since"] == "2025-03-01T00:00:00Z"
    assert answer["window"]["until"] in {"2025-03-07T10:00:00Z", "2025-03-07T12:00:00+02:00"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask"], "QUESTION"),
        (["ask", " "], "empty"),
        (["ask", "x" * 2_001], "2,000"),
        (["ask", BOEHLER, "--batch", "questions.jsonl"], "--batch"),
        (["ask", BOEHLER, "--as-of", "the other day"], "the other day"),
        (["ask", BOEHLER, "--since", "2025-13-01"], "2025-13-01"),
        (["ask", BOEHLER, "--since", "2025-02-01", "--until", "2025-01-01"], "later than"),
        (["ask", BOEHLER, "--as-off", "2025-03-05"], "--as-of"),
        (["ask", BOEHLER, "and another"], "another"),
        (["search"], "QUERY"),
        (["search", "glacier", "-k", "0"], "-k"),
        (["articles", "show"], "ID"),
        (["articles", "lsit"], "lsit"),
        (["index"], "SOURCE"),
        (["aks", BOEHLER], "Did you mean ask?"),
        (["serch", "glacier"], "Did you mean search?"),
        (["--data-dirr", "x", "ask", BOEHLER], "--data-dir"),
    ],
    ids=spelled,
)
def test_wrong_usage(arguments: list[str], told: str, dateline: Dateline) -> None:
    """Wrong usage exits with 2 and says on stderr what is wrong, or what was meant; stdout stays empty."""
    run = dateline(*arguments)
    assert (run.status, run.out) == (2, "")
    assert told in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    "arguments", [["ask", "Who?"], ["ask", "--batch", "-"], ["search", "x"], ["articles", "list"]], ids=spelled
)
def test_asking_where_there_is_no_index(arguments: list[str], tmp_path: Path) -> None:
    """Asking a missing or an empty folder exits with 1, says how to fill one, and makes nothing there."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder in (tmp_path / "missing", empty):
        run = Dateline(tmp_path, folder)(*arguments, stdin='{"question": "Who?"}\n')
        assert (run.status, run.out) == (1, "")
        assert "dateline index" in run.err
    assert list(tmp_path.rglob("*")) == [empty]


def test_asking_an_index_without_articles(tmp_path: Path) -> None:
    """After a run that could read nothing, asking still says how to fill the index, and the list is empty."""
    dateline = Dateline(tmp_path, tmp_path / "index")
    assert dateline("index", "missing.jsonl").status == 1
    for arguments in (["ask", "Who?"], ["search", "x"]):
        run = dateline(*arguments)
        assert (run.status, run.out) == (1, "")
        assert "dateline index" in run.err
    assert dateline("articles", "list").succeeded().out == ""


# batches

KEYS = ["q-1", 2, 3.5, None, True, ["a", 1], {"run": {"n": 7}}, "ключ"]


def test_a_batch_keeps_order_and_ids(dateline: Dateline) -> None:
    """Each line is answered in the order read, with its id of whatever JSON kind."""
    questions = [BOEHLER, UNANSWERABLE] * (len(KEYS) // 2)
    lines = [{"id": key, "question": question} for key, question in zip(KEYS, questions, strict=True)]
    file = write_jsonl(dateline.folder / "questions.jsonl", lines)
    run = dateline("ask", "--batch", file).succeeded()
    assert [misfits(answer, ANSWER) for answer in run.records] == [[]] * len(KEYS)
    assert [(answer["id"], answer["question"]) for answer in run.records] == list(zip(KEYS, questions, strict=True))
    assert [answer["abstained"] for answer in run.records] == [False, True] * (len(KEYS) // 2)
    assert run.err == ""


def test_asked_at_works_as_as_of(dateline: Dateline) -> None:
    """`asked_at` of a line is its as-of, over that of the whole batch; a line without one has that of the batch."""
    lines = [
        {"id": 1, "question": BOEHLER, "asked_at": "2025-03-05"},
        {"id": 2, "question": BOEHLER, "asked_at": "2025-03-04"},
        {"id": 3, "question": BOEHLER},
        {"id": 4, "question": BOEHLER, "asked_at": None},
    ]
    file = write_jsonl(dateline.folder / "questions.jsonl", lines)
    answers = dateline("ask", "--batch", file).succeeded().records
    assert [answer["abstained"] for answer in answers] == [False, True, False, False]
    assert [answer["as_of"] for answer in answers] == ["2025-03-05T23:59:59Z", "2025-03-04T23:59:59Z", None, None]
    bounded = dateline("ask", "--batch", file, "--as-of", "2025-03-01").succeeded().records
    assert [answer["abstained"] for answer in bounded] == [False, True, True, True]


BROKEN_LINES = {
    "broken JSON": '{"id": 1, "question": ',
    "no object": '["Who led the talks?"]',
    "no question": '{"id": "a"}',
    "an empty question": '{"id": "b", "question": "  "}',
    "a question that is no text": '{"id": "c", "question": 7}',
    "an unreadable date": '{"id": "d", "question": "Who?", "asked_at": "the other day"}',
    "a question far too long": json.dumps({"id": "e", "question": "x" * 2_001}),
    "nested too deeply": "[" * 100_000,
}


def test_a_broken_line_does_not_stop_a_batch(dateline: Dateline) -> None:
    """A line that cannot be read is answered with its error and its id; the others go on; the exit status is 1."""
    good = json.dumps({"id": "good", "question": BOEHLER})
    lines = [line for broken in BROKEN_LINES.values() for line in (broken, good)]
    run = dateline("ask", "--batch", "-", stdin="\n\n".join(lines))
    replies = run.records
    assert run.status == 1
    assert "Traceback" not in run.err
    assert [reply["id"] for reply in replies[::2]] == [None, None, "a", "b", "c", "d", "e", None]
    assert all(reply["error"] for reply in replies[::2])
    assert all("Boehler" in reply["answer"] for reply in replies[1::2])
    assert "Line 3 " in replies[2]["error"] or "Line 5 " in replies[2]["error"]


NOT_UTF8 = b'{"id": 1, "question": "Who led the talks in \xff\xfe Doha?"}'
HALF_A_CHARACTER = b'{"id": "\\udfff", "question": "Who led the talks in \\ud83d Doha?"}'


@pytest.mark.parametrize("source", ["-", "questions.jsonl"], ids=["stdin", "file"])
def test_bytes_that_are_no_text_do_not_stop_a_batch(source: str, dateline: Dateline) -> None:
    """A question with bytes or halves of characters that are no text gets some reply, and the next one its answer."""
    good = json.dumps({"id": 2, "question": BOEHLER}).encode()
    lines = b"\n".join((NOT_UTF8, good, HALF_A_CHARACTER, good))
    (dateline.folder / "questions.jsonl").write_bytes(lines)
    run = dateline("ask", "--batch", source, stdin=lines)
    assert "Traceback" not in run.err
    assert len(run.records) == 4
    assert all("Boehler" in reply["answer"] for reply in run.records[1::2])


@pytest.mark.parametrize(
    "arguments",
    [["ask", "Who led \udcff?"], ["search", "Doha \udcff"], ["search", "Doha", "--source", "\udcff"]],
    ids=["ask", "search", "--source"],
)
def test_a_question_that_is_no_text(arguments: list[str], dateline: Dateline) -> None:
    """A question, a query or a publisher with a byte that is no text is no reason to fall over."""
    run = dateline(*arguments)
    assert "Traceback" not in run.err
    assert run.status in {0, 2}


def test_a_batch_file_with_a_byte_order_mark(dateline: Dateline) -> None:
    """A file that an editor on Windows wrote is read like any other."""
    file = dateline.folder / "questions.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps({"question": BOEHLER}).encode() + b"\r\n")
    assert "Boehler" in dateline("ask", "--batch", file).succeeded().record["answer"]


def test_a_batch_file_that_cannot_be_read(dateline: Dateline) -> None:
    """A missing batch file exits with 1 and is named."""
    run = dateline("ask", "--batch", "nowhere.jsonl")
    assert (run.status, run.out) == (1, "")
    assert "nowhere.jsonl" in run.err


def test_a_batch_answers_as_it_reads(dateline: Dateline) -> None:
    """Each answer of a batch is printed before the next question is needed, so that a program can converse."""
    with dateline.start("ask", "--batch", "-") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for key in range(3):
            process.stdin.write(json.dumps({"id": key, "question": BOEHLER}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == key
        process.stdin.close()
        assert process.wait(timeout=60) == 0


# search


def test_a_search_has_every_field_of_the_contract(dateline: Dateline) -> None:
    """`search --json` prints the query and its passages, best first, one an article, with all fields and types."""
    found = dateline("search", "ice of the Valdren glacier", "--json").succeeded().record
    assert misfits(found, FOUND) == []
    assert (found["id"], found["query"]) == (None, "ice of the Valdren glacier")
    passages = found["passages"]
    assert [passage["rank"] for passage in passages] == [1, 2, 3]
    assert [passage["score"] for passage in passages] == sorted((p["score"] for p in passages), reverse=True)
    assert len({passage["article_id"] for passage in passages}) == 3
    assert passages[0]["publisher"] == "Science Courier"
    assert passages[0]["published_at"] == "2025-02-20T09:00:00Z"
    assert passages[0]["text"] in dateline.text_of(passages[0]["article_id"])


def test_a_search_for_people(dateline: Dateline) -> None:
    """Without --json a search shows rank, title, publisher, date, link and passage, and -k bounds how many."""
    run = dateline("search", "Valdren glacier", "-k", "1").succeeded()
    assert run.told.startswith(
        "1. Survey finds that the Valdren glacier lost a tenth of its ice "
        "Science Courier · 20 February 2025 · https://science.example/glacier The Valdren glacier lost ten per cent"
    )
    assert "2. " not in run.out
    assert run.err == ""


def test_a_search_obeys_the_filters(dateline: Dateline) -> None:
    """A search takes the same filters as a question; where nothing passes, it finds nothing, with status 0."""
    first = dateline("search", "glacier", "--as-of", "2025-03-01", "--json").succeeded().record
    assert [passage["url"] for passage in first["passages"]] == ["https://science.example/glacier"]
    second = dateline("search", "glacier", "--source", "EXAMPLE WIRE", "--json").succeeded().record
    assert [passage["publisher"] for passage in second["passages"]] == ["Example Wire"]
    assert dateline("search", "glacier", "--until", "2020", "--json").succeeded().record["passages"] == []


def test_many_searches_at_once(dateline: Dateline) -> None:
    """`search --batch` answers each line in order with its id, within -k; a broken one with its error, and status 1."""
    lines = ['{"id": 7, "question": "glacier"}', "{", '{"id": ["x"], "question": "ferry", "asked_at": "2025-03-01"}']
    run = dateline("search", "--batch", "-", "-k", "2", "--json", stdin="\n".join(lines))
    glacier, broken, ferry = run.records
    assert run.status == 1
    assert misfits([glacier, ferry], [FOUND]) == []
    assert broken["error"]
    assert (glacier["id"], len(glacier["passages"])) == (7, 2)
    assert (ferry["id"], [p["publisher"] for p in ferry["passages"]]) == (["x"], ["Science Courier"])


# articles


def test_the_list_of_articles(dateline: Dateline) -> None:
    """`articles list` names each article, newest first, with its id; -n and the filters narrow it, and it says so."""
    records = dateline("articles", "list", "--json").succeeded().records
    assert misfits(records, [SUMMARY]) == []
    assert [record["published_at"][:10] for record in records] == ["2025-04-11", "2025-03-05", "2025-02-20"]
    run = dateline("articles", "list", "-n", "1").succeeded()
    assert run.out.startswith(f"{records[0]['article_id']} · 11 April 2025 · Harbour **Post** · Ferry")
    assert len(run.out.splitlines()) == 1
    assert "2 more" in run.err
    narrowed = dateline("articles", "list", "--json", "--source", "example wire").succeeded().records
    assert narrowed == records[1:2]


def test_showing_an_article(dateline: Dateline) -> None:
    """`articles show` prints the whole article, for people and as JSON."""
    article_id = article_ids(dateline)["glacier"]
    record = dateline("articles", "show", article_id, "--json").succeeded().record
    assert misfits(record, SUMMARY | {"text": str, "authors": [str], "version": int}) == []
    assert (record["article_id"], record["version"]) == (article_id, 1)
    run = dateline("articles", "show", article_id).succeeded()
    assert run.out.startswith("Survey finds that the Valdren glacier lost a tenth of its ice\n")
    assert record["text"] in run.out


@pytest.mark.parametrize("arguments", [["show"], ["show", "--version", "9"], ["remove", "--yes"]], ids=spelled)
def test_an_unknown_article(arguments: list[str], own: Dateline) -> None:
    """An id that is not there exits with 1, is named, and the message says how to find ids."""
    run = own("articles", *arguments, "0123456789abcdef")
    assert (run.status, run.out) == (1, "")
    assert "0123456789abcdef" in run.err
    assert "dateline articles list" in run.err


def test_removing_asks_first(own: Dateline) -> None:
    """Without --yes, the article is named, and removed only if a person agrees: not by Enter, nor by no answer."""
    ids = article_ids(own)
    for reply in ("n\n", "\n", ""):
        run = own("articles", "remove", ids["glacier"], stdin=reply)
        assert (run.status, run.out) == (1, "")
        assert "Survey finds" in run.err
    assert article_ids(own) == ids
    own("articles", "remove", ids["glacier"], stdin="y\n").succeeded()
    assert "glacier" not in article_ids(own)


def test_a_removed_article_is_never_answered_from_again(own: Dateline) -> None:
    """What was removed is not listed, not found, not cited and not named as nearest; its old text stays readable."""
    article_id = article_ids(own)["doha-talks_(hostages)"]
    text = own.text_of(article_id)
    run = own("articles", "remove", article_id, "--yes").succeeded()
    assert run.out.startswith("Removed 1 article ")
    assert sorted(article_ids(own)) == ["ferry", "glacier"]
    (answer,) = own.ask_all([BOEHLER])
    assert answer["abstained"] is True
    assert article_id not in [summary["article_id"] for summary in answer["nearest"]]
    found = own("search", "Boehler Doha talks", "--json").succeeded().record
    assert article_id not in [passage["article_id"] for passage in found["passages"]]
    assert own("articles", "show", article_id).status == 1
    assert own.text_of(article_id, "--version", "1") == text


def test_removing_one_article_twice_counts_it_once(own: Dateline) -> None:
    """An id that is given twice is one article."""
    article_id = article_ids(own)["ferry"]
    assert own("articles", "remove", article_id, article_id, "--yes").succeeded().out.startswith("Removed 1 article ")


# index and reindex

LOSS = "The Valdren glacier lost twelve per cent of its ice between 2015 and 2025, a second survey has found."


@dataclass(frozen=True, slots=True)
class Reindexed:
    """An index in which an article was removed, and then all sources of a dateline.toml were read again, twice."""

    dateline: Dateline
    glacier: str
    old_text: str
    first: Finished
    second: dict[str, Any]


@pytest.fixture(scope="module")
def reindexed(indexed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Reindexed:
    """Change one source article, remove another, add a third without a publisher; reindex twice."""
    folder = tmp_path_factory.mktemp("reindexed")
    dateline = Dateline(folder, copy_index(indexed_folder, folder / "index"))
    ids = article_ids(dateline)
    old_text = dateline.text_of(ids["glacier"])
    dateline("articles", "remove", ids["ferry"], "--yes").succeeded()
    desk = folder / "desk"
    desk.mkdir()
    articles = (indexed_folder.parent / "articles.jsonl").read_text(encoding="utf-8")
    first_sentence = old_text.split(". ")[0] + "."
    assert articles.count(first_sentence) == 1
    (desk / "articles.jsonl").write_text(articles.replace(first_sentence, LOSS), encoding="utf-8")
    clippings = desk / "clippings"
    clippings.mkdir()
    (clippings / "lighthouse.txt").write_text(
        "Title: Lighthouse of Port Maren sold\nURL: https://clip.example/lighthouse\n\n"
        "The lighthouse of Port Maren was sold to the painter Oda Brandt for 310,000 euros.",
        encoding="utf-8",
    )
    (desk / "dateline.toml").write_text(
        '[[ingest.sources]]\nlocation = "articles.jsonl"\n\n'
        '[[ingest.sources]]\nlocation = "clippings"\npublisher = "Port Maren Echo"\n',
        encoding="utf-8",
    )
    first = dateline("--config", desk / "dateline.toml", "reindex")
    second = dateline("--config", desk / "dateline.toml", "reindex", "--json").succeeded()
    return Reindexed(dateline, ids["glacier"], old_text, first, second.record)


def test_a_run_for_people(reindexed: Reindexed) -> None:
    """A run ends with one line of counts: what was removed is added again, what changed is updated."""
    assert reindexed.first.status == 0, reindexed.first.err
    told = r"2 added, 1 updated, 1 unchanged \(3 chunks embedded in [\d.]+ s\)\n"
    assert re.fullmatch(told, reindexed.first.out)


def test_warnings_are_told_and_are_no_failure(reindexed: Reindexed) -> None:
    """An article that is indexed with a reservation is a line on stderr; the exit status is 0 all the same."""
    (line,) = reindexed.first.err.splitlines()
    assert line.startswith("note: ")
    assert line.endswith("lighthouse.txt: has no publication date; indexed undated")
    assert reindexed.first.status == 0


def test_a_second_run_embeds_nothing(reindexed: Reindexed) -> None:
    """Run again over the same sources, all is unchanged and no chunk is embedded; the report has every field."""
    report = reindexed.second
    assert misfits(report, REPORT) == []
    assert {name: report[name] for name, kind in REPORT.items() if kind is int and report[name]} == {"unchanged": 4}


def test_a_changed_article_replaces_its_old_version_whole(reindexed: Reindexed) -> None:
    """Answers quote the new text only; `articles show` has the new one, and the old one as version 1."""
    dateline = reindexed.dateline
    question = "How much of its ice did the Valdren glacier lose?"
    (in_batch,) = dateline.ask_all([question])
    alone = dateline("ask", question, "--json").succeeded().record
    for answer in (in_batch, alone):
        assert answer["citations"][0]["quote"] == LOSS
        assert "ten per cent" not in answer["answer"]
    assert dateline.text_of(reindexed.glacier).startswith(LOSS)
    assert dateline.text_of(reindexed.glacier, "--version", "1") == reindexed.old_text
    assert dateline.text_of(reindexed.glacier, "--version", "2") == dateline.text_of(reindexed.glacier)


def test_the_publisher_of_a_source(reindexed: Reindexed) -> None:
    """The publisher named for a source is that of its articles that name none, and of no others."""
    listed = reindexed.dateline("articles", "list", "--json").succeeded().records
    publishers = {record["url"]: record["publisher"] for record in listed}
    assert publishers["https://clip.example/lighthouse"] == "Port Maren Echo"
    assert publishers["https://science.example/glacier"] == "Science Courier"
    answer = reindexed.dateline("ask", "Who was the lighthouse sold to?", "--source", "port maren echo").succeeded()
    assert "Oda Brandt" in answer.told


@pytest.mark.parametrize("settings", ["", "[ingest]\nsources = []\n"])
def test_reindex_without_sources(settings: str, tmp_path: Path) -> None:
    """`reindex` with no source named exits with 1 and says how to name one."""
    (tmp_path / "dateline.toml").write_text(settings, encoding="utf-8")
    run = Dateline(tmp_path, tmp_path / "index")("reindex")
    assert (run.status, run.out) == (1, "")
    assert "dateline sources add" in run.err


def test_a_source_without_a_name(own: Dateline) -> None:
    """An empty source, as an unset shell variable gives, is refused in words."""
    run = own("index", "")
    assert run.status in {1, 2}
    assert "Traceback" not in run.err


# settings


def test_where_the_index_is(indexed_folder: Path, tmp_path: Path) -> None:
    """--data-dir, before or after the command, wins over DATELINE_DATA_DIR, and that over dateline.toml."""
    (tmp_path / "dateline.toml").write_text('[store]\ndata_dir = "of-the-file"\n', encoding="utf-8")
    dateline = Dateline(tmp_path)
    there = {"DATELINE_DATA_DIR": str(indexed_folder)}
    elsewhere = {"DATELINE_DATA_DIR": "of-the-environment"}
    assert "of-the-file" in dateline("articles", "list").err
    assert "of-the-environment" in dateline("articles", "list", environment=elsewhere).err
    assert "Ferry" in dateline("articles", "list", environment=there).succeeded().out
    assert "Ferry" in dateline("articles", "list", "--data-dir", indexed_folder, environment=elsewhere).succeeded().out
    assert "Ferry" in dateline("--data-dir", indexed_folder, "articles", "list", environment=elsewhere).succeeded().out


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[store]\ndata_dri = 'x'\n", ["store.data_dri", "Did you mean data_dir?"]),
        ("[stroe]\ndata_dir = 'x'\n", ["stroe", "[store]"]),
        ("[ingest]\nchunk_pieces = 7\n", ["ingest.chunk_pieces", "7", "50"]),
        ("[ingest]\nmax_file_mb = 'much'\n", ["ingest.max_file_mb", "much"]),
        ("[[ingest.sources]]\nlocation = 'x'\npublihser = 'y'\n", ["publihser", "Did you mean publisher?"]),
        ("[[ingest.sources]]\npublisher = 'y'\n", ["ingest.sources.0.location"]),
        ("[store\n", ["dateline.toml", "line 1"]),
    ],
)
def test_a_wrong_setting(settings: str, told: list[str], dateline: Dateline) -> None:
    """A wrong dateline.toml exits with 1 at once, names the key, and says what is allowed or was meant."""
    (dateline.folder / "dateline.toml").write_text(settings, encoding="utf-8")
    run = dateline("ask", BOEHLER)
    assert (run.status, run.out) == (1, "")
    assert [part for part in told if part not in run.err] == []
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "# Nachrichten für alle\n".encode("latin-1"),
            "dateline.toml is not UTF-8 text (line 1).\nSave it as UTF-8.\n",
        ),
        ("\n[store]\n".encode("utf-16"), "dateline.toml is not UTF-8 text (line 1).\nSave it as UTF-8.\n"),
        (None, "dateline.toml is a folder, not a settings file.\nMove it away, or name the file with --config.\n"),
    ],
)
def test_a_settings_file_that_is_no_text(content: bytes | None, told: str, dateline: Dateline) -> None:
    """A settings file in another encoding, and a folder of its name, are told in plain words with the remedy."""
    file = dateline.folder / "dateline.toml"
    file.mkdir() if content is None else file.write_bytes(content)
    run = dateline("sources", "list")
    assert (run.status, run.out, run.err) == (1, "", f"Error: {told}")


def test_a_wrong_variable(dateline: Dateline) -> None:
    """An environment variable of ours that nobody knows is named, with the one that was meant."""
    run = dateline("ask", BOEHLER, environment={"DATELINE_DATA_DRI": "x"})
    assert (run.status, run.out) == (1, "")
    assert "DATELINE_DATA_DRI" in run.err
    assert "DATELINE_DATA_DIR" in run.err


def test_a_settings_file_that_is_not_there(dateline: Dateline) -> None:
    """--config with a missing file exits with 1 and names it."""
    run = dateline("--config", "elsewhere.toml", "ask", BOEHLER)
    assert (run.status, run.out) == (1, "")
    assert "elsewhere.toml" in run.err


# terminals and pipes

SHOWING = [["ask", BOEHLER], ["search", "glacier"], ["articles", "show", "absent"], ["aks"]]


def on_a_terminal(dateline: Dateline, *arguments: str | Path, environment: dict[str, str]) -> str:
    """Run a command whose output is a terminal; return all that it wrote there."""
    ours, theirs = pty.openpty()
    try:
        with dateline.start(*arguments, environment=environment, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            written = b""
            while piece := _piece(ours):
                written += piece
            process.wait(timeout=60)
        return written.decode()
    finally:
        os.close(ours)


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux's way of saying that nobody writes there any more
        return b""


@pytest.mark.parametrize("arguments", SHOWING, ids=spelled)
def test_no_colours_in_a_pipe(arguments: list[str], dateline: Dateline) -> None:
    """What does not go to a terminal is plain text."""
    run = dateline(*arguments)
    assert ESCAPE.search(run.out + run.err) is None


def test_colours_on_a_terminal(dateline: Dateline) -> None:
    """On a terminal the headings stand out."""
    assert ESCAPE.search(on_a_terminal(dateline, "ask", BOEHLER, environment={}))


@pytest.mark.parametrize("arguments", SHOWING, ids=spelled)
def test_no_color_is_respected(arguments: list[str], dateline: Dateline) -> None:
    """With NO_COLOR set, a terminal gets plain text too."""
    assert ESCAPE.search(on_a_terminal(dateline, *arguments, environment={"NO_COLOR": "1"})) is None


def test_progress_on_a_terminal(dateline: Dateline, indexed_folder: Path) -> None:
    """A run shows on the terminal how far it is; --quiet keeps it to the report."""
    source = indexed_folder.parent / "articles.jsonl"
    assert "articles" in on_a_terminal(dateline, "index", source, "--json", environment={})
    quiet = on_a_terminal(dateline, "index", source, "--json", "--quiet", environment={})
    assert json.loads(quiet)["unchanged"] == 3
