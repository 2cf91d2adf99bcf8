"""
Ask the bot in this container or on this machine whether it is well; exit status 0 if so, 1 if not.

    python healthy.py PORT

PORT is `monitoring_port`. http.client, since urllib would ask a proxy that the environment names.
"""

import http.client
import sys

TIMEOUT_S = 8


def main() -> None:
    """Ask, and tell in one line what is not well."""
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        told = answer.read(10_000).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"no answer: {error}")
    finally:
        connection.close()
    if answer.status != http.client.OK:
        sys.exit(told)


if __name__ == "__main__":
    main()
