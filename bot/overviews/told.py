"""What has been told already: finds the sentences that tell what a claim tells, without comparing it with each."""

from collections import defaultdict
from collections.abc import Iterable

from bot.overviews.statements import Statement, is_told_by

LEAST = 0.6  # of what a claim tells, by rarity, the share that makes a sentence tell it too


class Told:
    """
    Sentences that were told.

    One that holds 60 % of a claim must hold one of its rarest terms, those that make up more than the other 40 %; so
    only the sentences that hold one of these are looked at.
    """

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self._holding: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in statements:
            self.add(statement)

    def add(self, statement: Statement) -> None:
        """Note a sentence."""
        for term in statement.terms:
            self._holding[term].append(statement)

    def tells(self, claim: Statement) -> bool:
        """Whether one of them tells what a claim tells, with its numbers."""
        left = (1 - LEAST) * sum(claim.terms.values())
        for term, rarity in sorted(claim.terms.items(), key=lambda pair: -pair[1]):
            if any(is_told_by(claim, one, least=LEAST) for one in self._holding.get(term, ())):
                return True
            left -= rarity
            if left < 0:
                break
        return False
