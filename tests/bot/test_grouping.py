"""Which articles report the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.overviews.grouping import Opening, same_stories

DAY_S = 86_400.0


def opening(angle: float, *terms: str, day: float = 0.0) -> Opening:
    """An opening in a plane: its direction in degrees stands for what it is about."""
    radians = np.radians(angle)
    vector = np.array([np.cos(radians), np.sin(radians)], dtype=np.float32)
    return Opening(vector, dict.fromkeys(terms, 4.0), day * DAY_S)


def test_what_shares_meaning_and_words_is_one_story() -> None:
    """Two reports of one strike are a story, and a bakery is another."""
    strike = opening(0, "ferry", "strike", "maren")
    again = opening(20, "ferry", "strike", "pay", day=1)
    bakery = opening(10, "bread", "oven", "prize")
    assert same_stories([strike, bakery, again]) == [[0, 2], [1]]


def test_what_is_alike_much_later_is_another_story() -> None:
    """Last month's strike is not this month's, however alike."""
    assert same_stories([opening(0, "strike"), opening(0, "strike", day=30)]) == [[0], [1]]


def test_a_chain_of_follow_ups_does_not_become_one_story() -> None:
    """Each report is like the one before it, and the last no longer like the first."""
    chain = [opening(30.0 * place, f"word{place}", f"word{place + 1}") for place in range(6)]
    assert max(len(group) for group in same_stories(chain)) < 4


@given(st.lists(st.tuples(st.floats(0, 360), st.sets(st.sampled_from("abcdef")), st.floats(0, 9)), max_size=12))
def test_every_article_is_in_one_story(described: list[tuple[float, set[str], float]]) -> None:
    """No article is lost or told twice."""
    groups = same_stories([opening(angle, *terms, day=day) for angle, terms, day in described])
    assert sorted(place for group in groups for place in group) == list(range(len(described)))
