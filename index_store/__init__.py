"""The shelf: articles, their words and their vectors in one data folder. Knows neither `ingest` nor `bot`."""

from typing import TYPE_CHECKING, Any

from index_store.batch import BatchLine, answer_batch
from index_store.catalog import Catalog
from index_store.completing import (
    complete_articles,
    complete_files,
    complete_publishers,
    from_catalog,
    offered,
    settings_while_typing,
)
from index_store.configuration import Configuration, Section, StoreSettings, load_configuration
from index_store.encoder import PassageEncoder
from index_store.errors import (
    BusyIndexError,
    DatelineError,
    DiscordError,
    EmptyIndexError,
    EncoderError,
    IndexStoreError,
    MismatchError,
    SettingsError,
    SourceError,
    UnknownArticleError,
)
from index_store.formats import also_in, counted, day, did_you_mean, iso_utc, outlet, partial_date, summary_json
from index_store.history import sentence_spans
from index_store.index import NewsIndex, open_catalog, open_index, open_source_log
from index_store.options import (
    ConfigurationLoader,
    UnreadableDateError,
    When,
    checked_question,
    configured,
    earlier_questions,
    filter_options,
    filters_from,
    parse_when,
    question_from,
    whole_characters,
)
from index_store.records import (
    Article,
    ArticleSummary,
    ChromaServer,
    Chunk,
    Filters,
    Lifetime,
    Likeness,
    LiveChunk,
    Passage,
    Relevance,
    RetiredVersion,
    Span,
    Vectors,
    Version,
)
from index_store.source_log import PageState, SourceLog, SourceState
from index_store.unmatched import tell_unknown_publishers
from index_store.writer import IndexWriter, open_writer, open_writer_of

if TYPE_CHECKING:
    from index_store.retriever import NewsRetriever

__all__ = [
    "Article",
    "ArticleSummary",
    "BatchLine",
    "BusyIndexError",
    "Catalog",
    "ChromaServer",
    "Chunk",
    "Configuration",
    "ConfigurationLoader",
    "DatelineError",
    "DiscordError",
    "EmptyIndexError",
    "EncoderError",
    "Filters",
    "IndexStoreError",
    "IndexWriter",
    "Lifetime",
    "Likeness",
    "LiveChunk",
    "MismatchError",
    "NewsIndex",
    "NewsRetriever",
    "PageState",
    "Passage",
    "PassageEncoder",
    "Relevance",
    "RetiredVersion",
    "Section",
    "SettingsError",
    "SourceError",
    "SourceLog",
    "SourceState",
    "Span",
    "StoreSettings",
    "UnknownArticleError",
    "UnreadableDateError",
    "Vectors",
    "Version",
    "When",
    "also_in",
    "answer_batch",
    "checked_question",
    "complete_articles",
    "complete_files",
    "complete_publishers",
    "configured",
    "counted",
    "day",
    "did_you_mean",
    "earlier_questions",
    "filter_options",
    "filters_from",
    "from_catalog",
    "iso_utc",
    "load_configuration",
    "offered",
    "open_catalog",
    "open_index",
    "open_source_log",
    "open_writer",
    "open_writer_of",
    "outlet",
    "parse_when",
    "partial_date",
    "question_from",
    "sentence_spans",
    "settings_while_typing",
    "summary_json",
    "tell_unknown_publishers",
    "whole_characters",
]

if not TYPE_CHECKING:  # a type checker would take any name from a module that has this function

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - as every module's
        """Load `NewsRetriever`, which needs LlamaIndex, only for those who ask for it."""
        if name == "NewsRetriever":
            from index_store.retriever import NewsRetriever

            return NewsRetriever
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
