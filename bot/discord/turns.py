"""Whose question comes next: servers take turns, and within a server its members do."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Asker:
    """
    Who asks, and where.

    Attributes:
        user_id: The person.
        guild_id: The server; None in direct messages, where each person counts as a server of their own.
    """

    user_id: int
    guild_id: int | None = None

    @property
    def group(self) -> tuple[str, int]:
        """What takes turns with others of its kind."""
        return ("person", self.user_id) if self.guild_id is None else ("server", self.guild_id)


Item = TypeVar("Item")
_Members = dict[int, deque[Item]]


class Turns(Generic[Item]):
    """
    What waits, in rounds: one item of each server a round, from another of its members each time.

    Both dictionaries are kept in the order of whose turn it is; who had a turn goes to the end.
    """

    def __init__(self) -> None:
        self._groups: dict[tuple[str, int], _Members[Item]] = {}

    def __len__(self) -> int:
        return sum(_size(members) for members in self._groups.values())

    def add(self, asker: Asker, item: Item) -> None:
        """Let an item wait behind the others of its asker."""
        self._groups.setdefault(asker.group, {}).setdefault(asker.user_id, deque()).append(item)

    def take(self) -> Item:
        """
        Remove the next item.

        Raises:
            LookupError: If none waits.
        """
        if not self._groups:
            raise LookupError("nothing waits")
        group = next(iter(self._groups))
        members = self._groups.pop(group)
        user = next(iter(members))
        items = members.pop(user)
        item = items.popleft()
        if items:
            members[user] = items
        if members:
            self._groups[group] = members
        return item

    def in_order(self) -> Iterator[Item]:
        """Return what waits in the order in which it will be taken, if nothing else comes."""
        ahead: Turns[Item] = Turns()
        ahead._groups = {
            group: {user: deque(items) for user, items in members.items()} for group, members in self._groups.items()
        }
        while ahead._groups:
            yield ahead.take()

    def count(self, user_id: int) -> int:
        """Count what waits of one person, in all servers."""
        return sum(len(members.get(user_id, ())) for members in self._groups.values())

    def make_room(self, asker: Asker) -> Item | None:
        """
        Remove the newest item of whoever has most, if that is more than this asker would have with one more.

        Servers are compared first; where this asker's is the one with most, its members are.

        Returns:
            The item, or None if nobody has more than a fair share.
        """
        group = max(self._groups, key=lambda one: _size(self._groups[one]), default=asker.group)
        members = self._groups.get(group, {})
        if group != asker.group and _size(members) <= _size(self._groups.get(asker.group, {})) + 1:
            group, members = asker.group, self._groups.get(asker.group, {})
        user = max(members, key=lambda one: len(members[one]), default=None)
        if user is None or (group == asker.group and len(members[user]) <= len(members.get(asker.user_id, ())) + 1):
            return None
        item = members[user].pop()
        if not members[user]:
            del members[user]
        if not members:
            del self._groups[group]
        return item

    def clear(self) -> list[Item]:
        """Remove everything, and return it in the order in which it would have been taken."""
        items = list(self.in_order())
        self._groups.clear()
        return items


def _size(members: _Members[Item]) -> int:
    return sum(map(len, members.values()))
