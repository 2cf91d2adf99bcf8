"""A batch answers every line, in order, whatever the lines hold."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index_store import BatchLine, DatelineError, Filters, answer_batch

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
questions = st.fixed_dictionaries(
    {}, optional={"id": json_values, "question": json_values | st.text(), "asked_at": json_values | st.text()}
).map(json.dumps)
lines = st.lists(questions | json_values.map(json.dumps) | st.text(max_size=40), max_size=8)


def replies(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What is printed for a file, line by line."""
    (folder / "batch.jsonl").write_text(text, encoding="utf-8", newline="")
    answer_batch(str(folder / "batch.jsonl"), Filters(), lambda line: {"id": line.key, "echo": line.question})
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines)
def test_every_line_gets_one_reply_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str]
) -> None:
    """Each line that is not blank is answered or refused with its own id, and its neighbours do not suffer."""
    flat = [" ".join(line.splitlines()) for line in lines]
    marked = [
        one for number, line in enumerate(flat) for one in (line, f'{{"id": "mark {number}", "question": "why"}}')
    ]
    answered = replies(tmp_path, "\n".join(marked), capsys)
    assert len(answered) == sum(bool(line.strip()) for line in marked)
    assert all(reply.keys() in ({"id", "echo"}, {"id", "error"}) for reply in answered)
    marks = [reply for reply in answered if str(reply["id"]).startswith("mark ")]
    assert marks == [{"id": f"mark {number}", "echo": "why"} for number in range(len(lines))]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not JSON", "Line 1 cannot be read"),
        ("[1]", "it needs a “question”"),
        ('{"id": 7}', "it needs a “question”"),
        ('{"id": 7, "question": " "}', "the question is empty"),
        ('{"id": 7, "question": "' + "x" * 2_001 + '"}', "at most 2,000"),
        ('{"id": 7, "question": "why", "asked_at": "soon"}', "“soon” is no date"),
    ],
)
def test_a_refused_line_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, told: str) -> None:
    """A line that cannot be read is answered with its number, the reason, and its id where it has one."""
    (reply,) = replies(tmp_path, line, capsys)
    assert told in reply["error"]
    assert reply["id"] == (7 if '"id": 7' in line else None)


def test_the_time_of_asking_is_an_as_of(tmp_path: Path) -> None:
    """`asked_at` hides what was published later, and the whole batch's filters stay as they are."""
    (tmp_path / "batch.jsonl").write_text('{"question": "why", "asked_at": "2025-03-05"}\n{"question": "who"}\n')
    seen: list[BatchLine] = []

    def remember(line: BatchLine) -> dict[str, Any]:
        seen.append(line)
        return {}

    assert answer_batch(str(tmp_path / "batch.jsonl"), Filters(publishers=("Quay Mail",)), remember)
    assert [line.filters.publishers for line in seen] == [("Quay Mail",)] * 2
    assert [str(line.filters.as_of) for line in seen] == ["2025-03-05 23:59:59+00:00", "None"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A batch file that is not there fails with its name."""
    with pytest.raises(DatelineError, match=r"none\.jsonl"):
        answer_batch(str(tmp_path / "none.jsonl"), Filters(), lambda _: {})


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "\\ud800", "question": "why"}',
        '{"id": NaN, "question": "why"}',
        '{"id": 1, "question": "why", "asked_at": "9999-W52"}',
    ],
    ids=["half a character", "no number", "beyond the calendar"],
)
def test_a_line_that_json_cannot_carry_back_ends_no_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    """Half a character, no number or a date beyond the calendar gets a reply that is JSON, and so do the others."""
    (tmp_path / "batch.jsonl").write_text(f'{line}\n{{"id": 2, "question": "who"}}\n')
    answer_batch(str(tmp_path / "batch.jsonl"), Filters(), lambda one: {"id": one.key, "echo": one.question})

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    told = [json.loads(reply, parse_constant=refuse) for reply in capsys.readouterr().out.splitlines()]
    assert len(told) == 2
    assert told[1] == {"id": 2, "echo": "who"}


@pytest.mark.parametrize("asked_at", ["0", "false", "[]", '""', "20250305"])
def test_an_asking_date_that_is_none_is_refused(
    asked_at: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong `asked_at` is an error of its line, never an answer that knows what was published later."""
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"id": 1, "question": "Who led the talks?", "asked_at": {asked_at}}}')
    assert not answer_batch(str(file), Filters(), lambda line: {"id": line.key, "answer": "known"})
    reply = json.loads(capsys.readouterr().out)
    assert reply.keys() == {"id", "error"}
    assert not reply["error"].endswith("..")
