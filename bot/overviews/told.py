"""What has been told already: finds the sentences that tell what a claim tells, without comparing it with each."""

from collections import defaultdict
from collections.abc import Iterable

from bot.overviews.statements import Statement, is_told_by


class Told:
    """
    Sentences that were told.

    One that holds 60 % of a claim must hold one of its rarest terms, those that make up more than the other 40 %; so
    only the sentences that hold one of these are looked at.

    Args:
        statements: What was told.
        least: Share of a claim, by rarity, that makes a sentence tell it too (0 to 1).
    """

    def __init__(self, statements: Iterable[Statement], *, least: float) -> None:
        self._least = least
        self._holding: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in statements:
            self.add(statement)

    def add(self, statement: Statement) -> None:
        """Note a sentence."""
        for term in statement.terms:
            self._holding[term].append(statement)

    def tells(self, claim: Statement) -> bool:
        """Whether one of them tells what a claim tells, with its numbers."""
        left = (1 - self._least) * sum(claim.terms.values())
        for term, rarity in sorted(claim.terms.items(), key=lambda pair: -pair[1]):
            if any(is_told_by(claim, one, least=self._least) for one in self._holding.get(term, ())):
                return True
            left -= rarity
            if left < 0:
                break
        return False
