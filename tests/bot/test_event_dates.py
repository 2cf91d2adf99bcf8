"""When an event happened, as far as a sentence says it surely."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.event_dates import date_in

FRIDAY = date(2024, 3, 8)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The bridge fell on 5 March 2024, engineers said.", "2024-03-05"),
        ("The bridge fell on March 5, 2024, engineers said.", "2024-03-05"),
        ("The bridge fell on Mar. 5.", "2024-03-05"),
        ("The bridge fell on Tuesday, 5 March, after a storm.", "2024-03-05"),
        ("The bridge fell on 2024-03-05, the log says.", "2024-03-05"),
        ("The bridge fell on Tuesday.", "2024-03-05"),
        ("The mayor resigned late Thursday after the vote.", "2024-03-07"),
        ("The mayor resigned Thursday, saying that he will rest.", "2024-03-07"),
        ("The council voted on Friday to rebuild it.", "2024-03-08"),
        ("The council voted yesterday to rebuild it.", "2024-03-07"),
        ("The old bridge was closed in May 2019 for repairs.", "2019-05"),
        ("The old bridge was built in 1962.", "1962"),
        ("On December 24 the tower burned down.", "2023-12-24"),
    ],
)
def test_a_date_that_is_named_is_read(sentence: str, expected: str) -> None:
    """Days, months and years are read as exactly as they are named, counted from a Friday's publication."""
    named = date_in(sentence, published=FRIDAY)
    assert named is not None
    assert named.iso == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge is old.",
        "The council will meet on Tuesday.",
        "The bridge will open on 5 March 2031.",
        "On Tuesday the council will vote.",
        "The bridge has been closed since 5 March 2024.",
        "The ferry runs until Tuesday.",
        "The bridge fell on 5 March 2024 and opened again on 7 March 2024.",
        "The bridge fell on Tuesday, two years after the flood of 2022.",
        "The strike of September 11 is remembered.",
        "The tower burned down on 3 June.",
        "The bridge fell on 31 June 2023.",
        "Crews face a hearing Monday in a battle over pay.",
        "The Sunday Times reported it.",
    ],
)
def test_what_is_not_sure_is_not_read(sentence: str) -> None:
    """Plans, limits of time, several dates, impossible ones and days long ago without a year name no date."""
    assert date_in(sentence, published=FRIDAY) is None


@given(st.text(max_size=300), st.dates())
def test_no_text_breaks_the_reading(sentence: str, published: date) -> None:
    """Whatever a sentence holds, nothing is read that lies after its publication."""
    named = date_in(sentence, published=published)
    assert named is None or named.start <= published
