"""`dateline articles`: what is indexed, shown and removed."""

import pytest
from command_line import BOEHLER, SUMMARY, Dateline, article_ids, misfits, spelled


def test_the_list_of_articles(dateline: Dateline) -> None:
    """`articles list` names each article, newest first, with its id; -n and the filters narrow it, and it says so."""
    records = dateline("articles", "list", "--json").succeeded().records
    assert misfits(records, [SUMMARY]) == []
    assert [record["published_at"][:10] for record in records] == ["2025-04-11", "2025-03-05", "2025-02-20"]
    run = dateline("articles", "list", "-n", "1").succeeded()
    assert run.out.startswith(f"{records[0]['article_id']} · 11 April 2025 · Harbour **Post** · Ferry")
    assert len(run.out.splitlines()) == 1
    assert "2 more" in run.err
    narrowed = dateline("articles", "list", "--json", "--source", "example wire").succeeded().records
    assert narrowed == records[1:2]


def test_showing_an_article(dateline: Dateline) -> None:
    """`articles show` prints the whole article, for people and as JSON."""
    article_id = article_ids(dateline)["glacier"]
    record = dateline("articles", "show", article_id, "--json").succeeded().record
    assert misfits(record, SUMMARY | {"text": str, "authors": [str], "version": int}) == []
    assert (record["article_id"], record["version"]) == (article_id, 1)
    run = dateline("articles", "show", article_id).succeeded()
    assert run.out.startswith("Survey finds that the Valdren glacier lost a tenth of its ice\n")
    assert record["text"] in run.out


@pytest.mark.parametrize("arguments", [["show"], ["show", "--version", "9"], ["remove", "--yes"]], ids=spelled)
def test_an_unknown_article(arguments: list[str], own: Dateline) -> None:
    """An id that is not there exits with 1, is named, and the message says how to find ids."""
    run = own("articles", *arguments, "0123456789abcdef")
    assert (run.status, run.out) == (1, "")
    assert "0123456789abcdef" in run.err
    assert "dateline articles list" in run.err


def test_removing_asks_first(own: Dateline) -> None:
    """Without --yes, the article is named, and removed only if a person agrees: not by Enter, nor by no answer."""
    ids = article_ids(own)
    for reply in ("n\n", "\n", ""):
        run = own("articles", "remove", ids["glacier"], stdin=reply)
        assert (run.status, run.out) == (1, "")
        assert "Survey finds" in run.err
    assert article_ids(own) == ids
    own("articles", "remove", ids["glacier"], stdin="y\n").succeeded()
    assert "glacier" not in article_ids(own)


def test_a_removed_article_is_never_answered_from_again(own: Dateline) -> None:
    """What was removed is not listed, not found, not cited and not named as nearest; its old text stays readable."""
    article_id = article_ids(own)["doha-talks_(hostages)"]
    text = own.text_of(article_id)
    run = own("articles", "remove", article_id, "--yes").succeeded()
    assert run.out.startswith("Removed 1 article ")
    assert sorted(article_ids(own)) == ["ferry", "glacier"]
    (answer,) = own.ask_all([BOEHLER])
    assert answer["abstained"] is True
    assert article_id not in [summary["article_id"] for summary in answer["nearest"]]
    found = own("search", "Boehler Doha talks", "--json").succeeded().record
    assert article_id not in [passage["article_id"] for passage in found["passages"]]
    assert own("articles", "show", article_id).status == 1
    assert own.text_of(article_id, "--version", "1") == text


def test_removing_one_article_twice_counts_it_once(own: Dateline) -> None:
    """An id that is given twice is one article."""
    article_id = article_ids(own)["ferry"]
    assert own("articles", "remove", article_id, article_id, "--yes").succeeded().out.startswith("Removed 1 article ")
