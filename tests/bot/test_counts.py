"""When two sentences give other counts, and when of the same thing; pure."""

import pytest

from bot.answering.figures import contradict, tell_other_counts

DAM = "The Quillmark dam burst on Monday, killing 45 people, the government said."


@pytest.mark.parametrize(
    ("other", "is_other", "contradicts"),
    [
        ("The Quillmark dam burst on Monday, killing 120 people, the opposition said.", True, True),
        ("The Quillmark dam burst on Monday, killing 120 farmers.", True, False),
        ("At least 45 people were killed when the Quillmark dam burst on Monday.", False, False),
        ("The Quillmark dam, built in 1962, burst on 10 August.", False, False),
        ("The Quillmark dam burst on Monday.", False, False),
        ("45 people died and 300 houses fell when the dam burst.", False, False),
        ("The dam cost $45 million and burst on Monday.", False, False),
    ],
)
def test_another_count_is_another_story(other: str, is_other: bool, contradicts: bool) -> None:  # noqa: FBT001
    """Years, days and further counts are no other figure; another one of the same thing contradicts, either way."""
    assert tell_other_counts(DAM, other) is tell_other_counts(other, DAM) is is_other
    assert contradict(DAM, other) is contradict(other, DAM) is contradicts
