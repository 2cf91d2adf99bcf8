"""
Index terms: a text's words in lower case, each reduced by the stemmer of its language, without accents.

Accents go last, since stemmers need them. A text whose language nobody told is read as English, as the packaged model
reads it; a language without a stemmer keeps its words whole.
"""

from functools import cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_LONGEST_TERM_BYTES = 60  # what is longer is no word
_UNKNOWN_LANGUAGE = "en"
NO_STEMMER = "none"
_STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
STEMMERS = (*sorted(set(_STEMMERS.values())), NO_STEMMER)


def stemmer_of(language: str | None) -> str:
    """Name the stemmer for texts of a language (ISO 639-1 code); `NO_STEMMER` where there is none."""
    return _STEMMERS.get(language or _UNKNOWN_LANGUAGE, NO_STEMMER)


def terms_of(text: str, stemmer: str) -> list[str]:
    """Reduce a text to its terms, in order."""
    return _analyzer(stemmer).analyze(text)


def words_of(text: str) -> list[str]:
    """Cut a text into its words, in lower case and in order."""
    return _splitter().analyze(text)


def term_of(word: str, stemmer: str) -> str:
    """Reduce one of `words_of` to its term."""
    return _word_analyzer(stemmer).analyze(word)[0]


@cache
def _analyzer(stemmer: str) -> TextAnalyzer:
    return _reducing(_lowercased_words(), stemmer)


@cache
def _word_analyzer(stemmer: str) -> TextAnalyzer:
    return _reducing(TextAnalyzerBuilder(Tokenizer.raw()), stemmer)


@cache
def _splitter() -> TextAnalyzer:
    return _lowercased_words().build()


def _lowercased_words() -> TextAnalyzerBuilder:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(_LONGEST_TERM_BYTES))
        .filter(Filter.lowercase())
    )


def _reducing(builder: TextAnalyzerBuilder, stemmer: str) -> TextAnalyzer:
    stemmed = builder if stemmer == NO_STEMMER else builder.filter(Filter.stemmer(stemmer))
    return stemmed.filter(Filter.ascii_fold()).build()
