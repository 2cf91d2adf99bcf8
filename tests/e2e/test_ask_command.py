"""`dateline ask`: what other programs and people may rely on."""

from pathlib import Path

import pytest
from command_line import ANSWER, BOEHLER, LEADER, UNANSWERABLE, Dateline, misfits, spelled


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
