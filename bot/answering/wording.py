"""Where a language model may word what is said: a door that it stands behind, so that answering knows no model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.answering.answer import Citation, Claim
from bot.answering.claims import Statement, cite
from bot.answering.refusal import Findings
from index_store import Version


class UnwordedError(Exception):
    """The model words nothing this time; the message says why, as in "the model did not answer in 20 s"."""


class Wording(Protocol):
    """Words what was found. It is asked only where the articles answer, and decides nothing else."""

    def statements(self, question: str, findings: Findings) -> Iterator[Statement]:
        """
        Yield what is to be said, each statement once it is known to be borne out by the sentence it names.

        Raises:
            UnwordedError: If nothing can be said, or the model failed on the way.
        """
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What is said, and how it was worded; see `Answer`."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    mode: Literal["extractive", "llm"] = "extractive"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """
    What checks a model's statements, and who listens.

    Attributes:
        stored: Looks up an article version.
        hear: Told each claim as soon as it is checked; None where nobody listens.
    """

    stored: Callable[[str, int], Version]
    hear: Callable[[Claim], None] | None = None


def worded(wording: Wording, question: str, findings: Findings, telling: Telling, *, quoted: Told) -> Told:
    """
    Say in a model's words what was found; as it was quoted, with a note, where the model fails.

    Args:
        wording: The model.
        question: The question, understandable alone.
        findings: What was found; enough to answer.
        telling: What checks it, and who listens.
        quoted: The extractive answer.
    """
    statements: list[Statement] = []
    claims, citations = quoted.claims[:0], quoted.citations[:0]
    try:
        for statement in wording.statements(question, findings):
            known, statements = len(claims), [*statements, statement]
            claims, citations = cite(statements, telling.stored)
            if telling.hear and len(claims) > known:
                telling.hear(claims[-1])
    except UnwordedError as error:
        return replace(quoted, note=str(error))
    if not claims:
        return replace(quoted, note="nothing that the model said is borne out by the articles")
    return Told(claims, citations, "llm")
