"""
`NewsRetriever`: a data folder as a LlamaIndex retriever, for chat and query engines that others build.

The one module that cannot be imported without LlamaIndex; the door loads it when it is asked for.
"""

import asyncio

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from index_store.formats import iso_utc
from index_store.index import NewsIndex
from index_store.options import whole_characters
from index_store.records import Filters, Passage, chunk_key

_NOT_FOR_MODELS = ["article_id", "version"]  # programs want them; to a language model they are noise


class NewsRetriever(BaseRetriever):
    """
    Retrieves passages as LlamaIndex nodes, sync and async.

    A node carries a passage's text to the letter, its span in the article's text (`start_char_idx`, `end_char_idx`),
    the chunk's key as its id, which is the one in Chroma too, and its article as source (`ref_doc_id`). Its metadata
    are `title`, `url`, `article_id`, `version` and, where known, `publisher` and `published_at` (ISO 8601, UTC). Its
    score is comparable within one retrieval only.

    One search of an index runs at a time, whatever number of threads, tasks or retrievers ask; async ones wait beside
    the event loop. The index stays the caller's to close.
    """

    def __init__(
        self,
        index: NewsIndex,
        *,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        limit: int = 6,
        per_article: int = 2,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """
        Retrieve from an open index.

        Args:
            index: Where to search; open it with `resident=True`.
            filters: What may be found.
            limit: Most nodes to return (at least 1).
            per_article: Most nodes of one article (at least 1); a story with copies counts as one.
            callback_manager: LlamaIndex's own, as for any retriever.

        Raises:
            ValueError: If `limit` or `per_article` is below 1.
        """
        if limit < 1 or per_article < 1:
            raise ValueError("limit and per_article must be at least 1")
        super().__init__(callback_manager=callback_manager)
        self._index = index
        self._filters = filters
        self._limit = limit
        self._per_article = per_article

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Search for the query's text; an embedding that comes with it is of another model and not used."""
        query = whole_characters(query_bundle.query_str)
        passages = self._index.search(query, self._filters, limit=self._limit, per_article=self._per_article)
        return [NodeWithScore(node=_node(passage), score=passage.score) for passage in passages]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(passage: Passage) -> TextNode:
    article, chunk = passage.article, passage.chunk
    known = {
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "published_at": iso_utc(article.published_at),
        "article_id": article.article_id,
        "version": passage.version,
    }
    return TextNode(
        id_=chunk_key(article.article_id, passage.version, chunk.position),
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata={name: value for name, value in known.items() if value is not None},
        excluded_llm_metadata_keys=_NOT_FOR_MODELS,
        excluded_embed_metadata_keys=_NOT_FOR_MODELS,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.article_id)},
    )
