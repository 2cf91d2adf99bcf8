"""Each language's words are reduced by its own stemmer, and found by a question in that language."""

from pathlib import Path

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import RECIPE, article, put, reader

from index_store import Filters, IndexStoreError, open_writer
from index_store.terms import NO_STEMMER, STEMMERS, stemmer_of, term_of, terms_of, words_of
from index_store.words import Words

EVERYTHING = Filters()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.sampled_from(STEMMERS))
def test_word_by_word_gives_the_same_terms(text: str, stemmer: str) -> None:
    """A question, reduced word by word, is reduced as articles are; no term is empty or holds white space."""
    terms = terms_of(text, stemmer)
    assert [term_of(word, stemmer) for word in words_of(text)] == terms
    assert all(term.split() == [term] for term in terms)


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("en", "The envoys were talking.", "envoy talks"),
        (None, "The envoys were talking.", "envoy talks"),  # taken as English
        ("de", "Die Häuser brannten.", "Haus"),
        ("fr", "Les élections régionales", "election régional"),
        ("es", "Las negociaciones", "negociación"),
        ("ru", "Переговоры начались", "переговоров"),
    ],
)
def test_other_forms_of_a_word_are_found_in_its_language(
    tmp_path: Path, language: str | None, written: str, asked: str
) -> None:
    """All words of the question match, though the article has them in another form or with accents."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one", written, title="Kurz", language=language), article("two", "A ferry sank.")])
    words = Words(tmp_path / "words")
    assert [key for key, _ in words.best(asked, EVERYTHING, limit=9)] == [f"{article('one').article_id}.1.0"]
    assert words.mentions(asked)
    assert not words.mentions(f"{asked} Ellery")


def test_a_language_without_a_stemmer_keeps_its_words_whole(tmp_path: Path) -> None:
    """A Polish word is found as it is written, accents aside, and not as English would cut it."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one", "Negocjacje trwają.", title="Krótko", language="pl")])
    words = Words(tmp_path / "words")
    assert stemmer_of("pl") == NO_STEMMER
    assert words.terms("trwają running") == ["trwaja", "running"]
    assert len(words.best("trwaja", EVERYTHING, limit=9)) == 1
    assert words.best("trwajing", EVERYTHING, limit=9) == []


def test_terms_are_those_of_the_language_most_of_the_index_is_in(tmp_path: Path) -> None:
    """With more German than English articles, terms and their rarity are German; both languages are found."""
    german = [article(f"de{n}", "Die Häuser brannten.", language="de") for n in range(3)]
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [*german, article("en", "Two houses were sold.", language="en")])
    index = reader(tmp_path)
    (term,) = index.terms("Häusern")
    assert index.terms("Haus") == [term]
    assert 0 < index.rarity(term) < index.rarity("unheard")
    assert {p.article.language for p in index.search("Häuser house", EVERYTHING, limit=9, per_article=9)} == {
        "de",
        "en",
    }
    index.close()


def test_words_of_another_version_are_refused_and_then_made_anew(tmp_path: Path) -> None:
    """Words that were written otherwise are never misread: readers name the remedy, the next writer makes them anew."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("mayor"), article("ferry")])
    words = tmp_path / "words"
    for file in words.iterdir():
        file.unlink()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_key", stored=True)
    old = tantivy.Index(builder.build(), str(words)).writer(15_000_000, 1)
    old.commit()
    old.wait_merging_threads()
    with pytest.raises(IndexStoreError, match=r"another version.*dateline rebuild"):
        reader(tmp_path)
    with open_writer(tmp_path, recipe=RECIPE):
        pass
    assert len(Words(words).best("mayor ferry", EVERYTHING, limit=9)) == 2


def test_damaged_words_are_made_anew(tmp_path: Path) -> None:
    """A description that is no JSON is noticed before anything is written to it."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("mayor")])
    (tmp_path / "words" / "meta.json").write_text("{")
    with open_writer(tmp_path, recipe=RECIPE):
        pass
    assert len(Words(tmp_path / "words").best("mayor", EVERYTHING, limit=9)) == 1
