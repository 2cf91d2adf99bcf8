"""Taking turns, whatever the order in which people come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cooldown import Cooldown
from bot.discord.turns import Asker, Turns

askers = st.builds(Asker, st.integers(1, 4), st.none() | st.integers(1, 3))
arrivals = st.lists(askers, max_size=40)


def filled(askers: list[Asker]) -> Turns[tuple[Asker, int]]:
    """Let each of them wait with a number, in their order."""
    turns: Turns[tuple[Asker, int]] = Turns()
    for number, asker in enumerate(askers):
        turns.add(asker, (asker, number))
    return turns


@given(arrivals)
def test_nothing_is_lost_and_each_asker_is_served_in_order(askers: list[Asker]) -> None:
    """All items come out once, as foretold, and those of one asker in the order in which they came."""
    turns = filled(askers)
    foretold = list(turns.in_order())
    taken = [turns.take() for _ in range(len(turns))]
    assert taken == foretold
    assert sorted(taken, key=lambda item: item[1]) == numbered(askers)
    for asker in set(askers):
        numbers = [number for one, number in taken if one == asker]
        assert numbers == sorted(numbers)
    with pytest.raises(LookupError):
        turns.take()


def numbered(askers: list[Asker]) -> list[tuple[Asker, int]]:
    """Pair each asker with a number."""
    return [(asker, number) for number, asker in enumerate(askers)]


@given(arrivals.filter(bool))
def test_no_server_waits_for_two_of_another(askers: list[Asker]) -> None:
    """While a server waits, no other has two turns before its next; within a server, no member has."""
    order = [asker for asker, _ in filled(askers).in_order()]
    first = order[0].group
    groups = {asker.group for asker in order}
    assert {asker.group for asker in order[: len(groups)]} == groups
    members = [asker.user_id for asker in order if asker.group == first]
    people = set(members)
    assert set(members[: len(people)]) == people


@given(arrivals.filter(bool), askers)
def test_room_is_made_only_by_who_has_more(askers: list[Asker], newcomer: Asker) -> None:
    """What gives way is the newest of somebody who, even without it, has no less than the newcomer will have."""
    turns = filled(askers)
    before = len(turns)
    gone = turns.make_room(newcomer)
    if gone is None:
        assert len(turns) == before
        return
    loser, number = gone
    assert len(turns) == before - 1
    assert number == max(n for one, n in numbered(askers) if one == loser)
    left = [asker for asker, _ in turns.in_order()]
    if loser.group == newcomer.group:
        assert left.count(loser) > left.count(newcomer)
    else:
        of_loser = sum(one.group == loser.group for one in left)
        assert of_loser > sum(one.group == newcomer.group for one in left)


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 30)), max_size=60))
def test_cooldown_holds_in_every_window(steps: list[tuple[int, float]]) -> None:
    """Nobody gets more than three questions into ten seconds, and nobody waits longer than was said."""
    now = [0.0]
    cooldown = Cooldown(questions=3, within_s=10, clock=lambda: now[0])
    asked: dict[int, list[float]] = {}
    for user, pause in steps:
        now[0] += pause
        recent = [moment for moment in asked.get(user, []) if moment > now[0] - 10]
        wait_s = cooldown.wait_s(user)
        assert (wait_s == 0) == (len(recent) < 3)
        if wait_s == 0:
            cooldown.note(user)
            asked.setdefault(user, []).append(now[0])
        else:
            assert now[0] + wait_s == pytest.approx(recent[-3] + 10)
