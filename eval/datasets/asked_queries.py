"""Questions of a dataset as the service searches them, without the pages that the dataset leaves out."""

from collections.abc import Iterable

from eval.datasets.dataset import Dataset
from eval.datasets.document_names import match_names
from retriever.errors import QueryInvalid
from retriever.index import Index
from retriever.query import Condition, Operator, Query
from retriever.questions.normalise import lines_as_sentences, normalise_question


def left_out_paths(dataset: Dataset, index: Index) -> tuple[str, ...]:
    """The source paths of those excluded documents of a dataset that the index holds, sorted."""
    paths = {document.document_id: document.source_path for document in index.documents}
    names = match_names(paths, dataset.excluded)
    return tuple(sorted({paths[names.document_id(one)] for one in set(dataset.excluded) - set(names.missing)}))


def query_of(text: str, *, top_k: int, left_out: Iterable[str] = ()) -> Query | None:
    """A question as the service reads it, over all pages but these source paths; None where it refuses it."""
    paths = tuple(left_out)
    filters = Condition(Operator.NIN, "source_path", paths) if paths else None
    try:
        return Query(normalise_question(text), top_k=top_k, filters=filters, sentences=lines_as_sentences(text))
    except QueryInvalid:
        return None
