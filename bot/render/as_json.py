"""Answer → the JSON object that other programs rely on."""

from dataclasses import asdict
from typing import Any

from bot.answering import Answer, Citation
from index_store import iso_utc, summary_json


def answer_json(answer: Answer) -> dict[str, Any]:
    """Write an answer as `ask --json` prints it; fields may be added, never renamed or dropped."""
    return {
        "id": answer.question.key,
        "question": answer.question.text,
        "standalone_question": answer.standalone_question,
        "as_of": iso_utc(answer.question.filters.as_of),
        "window": {"since": iso_utc(answer.window.since), "until": iso_utc(answer.window.until)},
        "answer": answer.text,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "claims": [asdict(claim) for claim in answer.claims],
        "citations": [citation_json(citation) for citation in answer.citations],
        "nearest": [summary_json(summary) for summary in answer.nearest],
        "mode": answer.mode,
        "note": answer.note,
        "elapsed_ms": answer.elapsed_ms,
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """Write a citation, as in every JSON output."""
    copies = [summary_json(summary) for summary in citation.also_in]
    return asdict(citation) | {"published_at": iso_utc(citation.published_at), "also_in": copies}
