"""What Prometheus reads."""

from bot.discord.metrics import Histogram, Metrics


def test_a_histogram_counts_up_to_each_bound() -> None:
    """Buckets are cumulative, a value on a bound belongs below it, and all of them are in the last."""
    histogram = Histogram("wait_seconds", "How long.", (0.5, 1.0))
    for value in (0.1, 0.5, 0.7, 8.0):
        histogram.observe(value)
    assert list(histogram.lines()) == [
        "# HELP wait_seconds How long.",
        "# TYPE wait_seconds histogram",
        'wait_seconds_bucket{le="0.5"} 2',
        'wait_seconds_bucket{le="1.0"} 3',
        'wait_seconds_bucket{le="+Inf"} 4',
        "wait_seconds_sum 9.300000",
        "wait_seconds_count 4",
    ]


def test_what_is_not_known_is_left_out() -> None:
    """A gauge without a value is no line; every counter is there from the start, so that rates can be computed."""
    text = Metrics().exposition({"age_seconds": ("Age.", None), "up": ("Up.", 1.0)})
    assert "age_seconds" not in text
    assert text.endswith("# HELP up Up.\n# TYPE up gauge\nup 1\n")
    assert 'dateline_questions_total{outcome="busy"} 0\n' in text
    assert 'dateline_replies_total{way="lost"} 0\n' in text


def test_declined_share() -> None:
    """It is a share of the questions worked on, whatever was refused."""
    metrics = Metrics()
    assert metrics.declined_share is None
    metrics.questions.update({"answered": 3, "declined": 1, "busy": 50})
    assert metrics.declined_share == 0.25
