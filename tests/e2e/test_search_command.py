"""`dateline search`: what other programs and people may rely on."""

from command_line import FOUND, Dateline, misfits


def test_a_search_has_every_field_of_the_contract(dateline: Dateline) -> None:
    """`search --json` prints the query and its passages, best first, one an article, with all fields and types."""
    found = dateline("search", "ice of the Valdren glacier", "--json").succeeded().record
    assert misfits(found, FOUND) == []
    assert (found["id"], found["query"]) == (None, "ice of the Valdren glacier")
    passages = found["passages"]
    assert [passage["rank"] for passage in passages] == [1, 2, 3]
    assert [passage["score"] for passage in passages] == sorted((p["score"] for p in passages), reverse=True)
    assert len({passage["article_id"] for passage in passages}) == 3
    assert passages[0]["publisher"] == "Science Courier"
    assert passages[0]["published_at"] == "2025-02-20T09:00:00Z"
    assert passages[0]["text"] in dateline.text_of(passages[0]["article_id"])


def test_a_search_for_people(dateline: Dateline) -> None:
    """Without --json a search shows rank, title, publisher, date, link and passage, and -k bounds how many."""
    run = dateline("search", "Valdren glacier", "-k", "1").succeeded()
    assert run.told.startswith(
        "1. Survey finds that the Valdren glacier lost a tenth of its ice "
        "Science Courier · 20 February 2025 · https://science.example/glacier The Valdren glacier lost ten per cent"
    )
    assert "2. " not in run.out
    assert run.err == ""


def test_a_search_obeys_the_filters(dateline: Dateline) -> None:
    """A search takes the same filters as a question; where nothing passes, it finds nothing, with status 0."""
    first = dateline("search", "glacier", "--as-of", "2025-03-01", "--json").succeeded().record
    assert [passage["url"] for passage in first["passages"]] == ["https://science.example/glacier"]
    second = dateline("search", "glacier", "--source", "EXAMPLE WIRE", "--json").succeeded().record
    assert [passage["publisher"] for passage in second["passages"]] == ["Example Wire"]
    assert dateline("search", "glacier", "--until", "2020", "--json").succeeded().record["passages"] == []


def test_many_searches_at_once(dateline: Dateline) -> None:
    """`search --batch` answers each line in order with its id, within -k; a broken one with its error, and status 1."""
    lines = ['{"id": 7, "question": "glacier"}', "{", '{"id": ["x"], "question": "ferry", "asked_at": "2025-03-01"}']
    run = dateline("search", "--batch", "-", "-k", "2", "--json", stdin="\n".join(lines))
    glacier, broken, ferry = run.records
    assert run.status == 1
    assert misfits([glacier, ferry], [FOUND]) == []
    assert broken["error"]
    assert (glacier["id"], len(glacier["passages"])) == (7, 2)
    assert (ferry["id"], [p["publisher"] for p in ferry["passages"]]) == (["x"], ["Science Courier"])
