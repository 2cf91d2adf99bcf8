"""
A reader process: searches until its standard input ends, and writes a JSON line a reply.

    python follower.py FOLDER resident|held|reopened
"""

import json
import sys
import time
from pathlib import Path
from threading import Thread

from shelf import reader

from index_store import Filters, NewsIndex


def reply_of(index: NewsIndex) -> dict[str, object]:
    """Search for everything; tell when, and which version of which article was found."""
    began = time.monotonic()
    passages = index.search("toll", Filters(), limit=200, per_article=1)
    ended = time.monotonic()
    whole = all(p.article.text[p.chunk.start : p.chunk.end] == p.text for p in passages)
    return {
        "began": began,
        "ended": ended,
        "found": [[p.article.article_id, p.version, p.text] for p in passages],
        "whole": whole,
    }


def main(folder: Path, kind: str) -> None:
    """Search and search."""
    ending = Thread(target=sys.stdin.read, daemon=True)
    ending.start()
    index = reader(folder, resident=kind in {"resident", "held"}, held=kind == "held")
    while ending.is_alive():
        if kind == "reopened":
            index.close()
            index = reader(folder)
        sys.stdout.write(json.dumps(reply_of(index)) + "\n")
        sys.stdout.flush()
    index.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
