"""`ask --batch`: JSON lines in, JSON lines out, whatever stands in them."""

import json

import pytest
from command_line import (
    ANSWER,
    BOEHLER,
    UNANSWERABLE,
    Dateline,
    misfits,
    write_jsonl,
)

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
