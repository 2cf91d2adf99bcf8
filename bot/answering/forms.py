"""Questions whose answer has a form of its own, a comparison or a timeline: pure functions."""

import re
from dataclasses import dataclass

_ON = r"(?:\s+(?:on|over|about|regarding|concerning|when it comes to)\s+(?P<matter>.+?))?[\s?.!]*$"
_FORMS = (
    re.compile(
        rf"(?:please\s+)?(?:compare|contrast)\s+(?P<one>.+?)\s+(?:and|with|to|against)\s+(?P<other>.+?){_ON}", re.I
    ),
    re.compile(
        r"(?:what(?:['’]s| is| are)|tell me|explain)\s+the\s+differences?\s+between\s+(?P<one>.+?)\s+and\s+"
        rf"(?P<other>.+?){_ON}",
        re.IGNORECASE,
    ),
    re.compile(rf"how\s+do(?:es)?\s+(?P<one>.+?)\s+and\s+(?P<other>.+?)\s+differ{_ON}", re.IGNORECASE),
    re.compile(
        rf"how\s+(?:is|are|does|do)\s+(?P<one>.+?)\s+(?:differ|different|compare|compared)\s+(?:from|with|to)\s+"
        rf"(?P<other>.+?){_ON}",
        re.IGNORECASE,
    ),
)


_TIMELINE = re.compile(
    r"(?:(?:please\s+)?(?:show|give|tell|write)\s+(?:me\s+)?|what\s+is\s+)?(?:an?\s+|the\s+)?(?:timeline|chronology)\s+"
    r"(?:of|for|on|about)\s+(?P<topic>.+?)[\s?.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Side:
    """
    One of two that are compared.

    Attributes:
        name: What it is called in the question.
        question: What is asked of it.
    """

    name: str
    question: str


def sides_of(question: str) -> tuple[Side, ...]:
    """
    Read which two a question compares: "Compare Mexico and Canada on tariffs".

    Returns:
        Two sides, in the order of the question; none where it compares nothing.
    """
    for form in _FORMS:
        match = form.match(question)
        if match:
            about = f" about {match['matter']}" if match["matter"] else ""
            return tuple(Side(name, f"What is said of {name}{about}?") for name in (match["one"], match["other"]))
    return ()


def timeline_topic(question: str) -> str:
    """Return the matter of which a question wants a timeline: "timeline of the Doha talks"; "" for none."""
    match = _TIMELINE.match(question)
    return match["topic"] if match else ""
