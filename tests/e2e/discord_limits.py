"""Rate limits of a local Discord: five messages in five seconds and channel, and a global one on demand."""

from collections.abc import Callable

from discord_interactions import Refusal

MESSAGES, WITHIN_S = 5, 5.0


def rate_limited(retry_after_s: float, *, everywhere: bool) -> Refusal:
    """Return Discord's 429, with the headers that tell it from one of Cloudflare's."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": everywhere}
    headers = {"Retry-After": f"{retry_after_s:g}", "Via": "1.1 local"}
    headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"} if everywhere else {}
    return Refusal(429, body, headers=headers, planned=True)


class Bucket:
    """What one channel takes. A bot that reads the headers is never refused; one that is has broken a rule."""

    def __init__(self, clock: Callable[[], float], report: Callable[[str], None]) -> None:
        self._clock = clock
        self._report = report
        self._left = MESSAGES
        self._resets_at = clock() + WITHIN_S

    def take(self) -> dict[str, str]:
        """
        Count a message, and return the headers of its response.

        Raises:
            Refusal: 429 for one too many.
        """
        now = self._clock()
        if now >= self._resets_at:
            self._left, self._resets_at = MESSAGES, now + WITHIN_S
        if not self._left:
            self._report("a message over the channel's rate limit, though its headers told of it")
            raise rate_limited(self._resets_at - now, everywhere=False)
        self._left -= 1
        return {
            "X-RateLimit-Limit": str(MESSAGES),
            "X-RateLimit-Remaining": str(self._left),
            "X-RateLimit-Reset-After": f"{self._resets_at - now:.3f}",
            "X-RateLimit-Bucket": "channel-messages",
        }


class Ban:
    """The global rate limit. Each request is refused once until it is over, and has to heed that."""

    def __init__(self, clock: Callable[[], float], report: Callable[[str], None]) -> None:
        self._clock = clock
        self._report = report
        self._until = clock()
        self._told: set[tuple[str, str]] = set()

    def begin(self, seconds: float) -> None:
        """Refuse everything from now on, for so long."""
        self._until = self._clock() + seconds
        self._told.clear()

    def check(self, method: str, path: str) -> None:
        """
        Let a request through, if the limit is over.

        Raises:
            Refusal: 429 if it is not.
        """
        left_s = self._until - self._clock()
        if left_s <= 0 or path == "/gateway":
            return
        if (method, path) in self._told:
            self._report(f"{method} {path}: asked again {left_s:.2f} s before the global rate limit was over")
        self._told.add((method, path))
        raise rate_limited(left_s, everywhere=True)
