"""What the bot counts and measures, and how Prometheus wants to read it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate

# What became of a question, and by which way a reply reached its reader.
OUTCOMES = ("answered", "declined", "busy", "cooldown", "restarting", "failed")
WAYS = ("edit", "channel", "direct", "lost")

_ACKNOWLEDGEMENT_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_ANSWER_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


class Histogram:
    """How many observations were no greater than each bound, as Prometheus counts them."""

    def __init__(self, name: str, meaning: str, bounds: tuple[float, ...]) -> None:
        self._name = name
        self._meaning = meaning
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Count a value, in the unit that the name ends in."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self) -> Iterator[str]:
        """Return this histogram in Prometheus' text format."""
        yield from _head(self._name, self._meaning, "histogram")
        for bound, count in zip((*self._bounds, "+Inf"), accumulate(self._counts), strict=True):
            yield f'{self._name}_bucket{{le="{bound}"}} {count}'
        yield f"{self._name}_sum {self._sum:.6f}"
        yield f"{self._name}_count {sum(self._counts)}"


class Metrics:
    """
    What one bot has done since its start. Nothing in it tells who asked, or what.

    Attributes:
        questions: By outcome, one of `OUTCOMES`.
        replies: By the way they went, one of `WAYS`.
        connections: How often the gateway was connected or resumed.
        acknowledged_s: From an interaction's arrival to Discord's receipt of the acknowledgement.
        answered_s: From a question to its answer, waiting included.
    """

    def __init__(self) -> None:
        self.questions: Counter[str] = Counter()
        self.replies: Counter[str] = Counter()
        self.connections = 0
        self.acknowledged_s = Histogram(
            "dateline_acknowledgement_seconds", "From an interaction to its acknowledgement.", _ACKNOWLEDGEMENT_S
        )
        self.answered_s = Histogram(
            "dateline_answer_seconds", "From a question to its answer, with waiting.", _ANSWER_S
        )

    @property
    def declined_share(self) -> float | None:
        """Share of the questions worked on that the articles do not answer (0 to 1); None before the first."""
        worked_on = self.questions["answered"] + self.questions["declined"]
        return self.questions["declined"] / worked_on if worked_on else None

    def exposition(self, gauges: Mapping[str, tuple[str, float | None]]) -> str:
        """
        Return everything in Prometheus' text format, version 0.0.4.

        Args:
            gauges: What is true now: name → (meaning, value); a gauge without a value is left out.
        """
        lines = [
            *_counter("dateline_questions_total", "Questions by outcome.", "outcome", OUTCOMES, self.questions),
            *_counter("dateline_replies_total", "Replies by the way they went.", "way", WAYS, self.replies),
            *_head("dateline_gateway_connections_total", "Connections and resumptions.", "counter"),
            f"dateline_gateway_connections_total {self.connections}",
            *self.acknowledged_s.lines(),
            *self.answered_s.lines(),
        ]
        for name, (meaning, value) in gauges.items():
            if value is not None:
                lines += [*_head(name, meaning, "gauge"), f"{name} {value:.10g}"]
        return "\n".join(lines) + "\n"


def _head(name: str, meaning: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def _counter(name: str, meaning: str, label: str, values: tuple[str, ...], counts: Mapping[str, int]) -> Iterator[str]:
    yield from _head(name, meaning, "counter")
    for value in values:
        yield f'{name}{{{label}="{value}"}} {counts[value]}'
