"""A dataset and the system that is asked, opened together: their documents are matched by name."""

from dataclasses import dataclass, replace
from pathlib import Path

from eval.datasets.dataset import Dataset, Half
from eval.datasets.document_names import DocumentNames, match_names
from eval.datasets.read_dataset import read_dataset, read_list, sample
from eval.datasets.source_tokens import SourceTokens
from eval.datasets.wordings import MADE, worded_questions
from eval.errors import ComparisonRefused
from eval.eval_options import Options
from eval.recorded_run import RecordedRun
from eval.systems.in_process import InProcess
from eval.systems.over_http import OverHttp
from eval.systems.system import System
from retriever.errors import IndexMissing, IndexRefused
from retriever.index import Index
from retriever.query import Mode
from retriever.ranking.cross_encoder import open_reranker


@dataclass(frozen=True, slots=True)
class Opened:
    """A dataset and the system that is asked, with the names that they share."""

    dataset: Dataset
    system: System
    names: DocumentNames
    tokens: SourceTokens | None


def open_both(options: Options) -> Opened:
    """Reads the dataset, opens the system, and finds the judged documents in it."""
    made = options.wording in MADE
    dataset = read_dataset(
        options.dataset_path, wording="question" if made else options.wording, split=options.split
    )
    if made:
        questions = worded_questions(dataset.questions, options.wording, seed=options.seed)
        dataset = replace(dataset, questions=questions)
    dataset = sample(
        dataset,
        half=None if options.half is None else Half(options.half),
        limit=options.limit,
        draw=options.draw,
        seed=options.seed,
    )
    if options.exclude is not None:
        dataset = replace(dataset, excluded=(*dataset.excluded, *read_list(options.exclude)))
    if options.run_file is not None:
        return Opened(dataset, RecordedRun(options.run_file, dataset), DocumentNames.same(), None)
    mode = Mode(options.mode)
    system: InProcess | OverHttp
    if options.url is not None:
        system = OverHttp(options.url, mode=mode, key=options.key)
    else:
        reranker = None if options.reranker is None else open_reranker(options.reranker)
        system = InProcess.open(options.index_dir, mode=mode, reranker=reranker)
    named = match_names(system.source_paths, dataset.excluded)
    excluded = {named.document_id(name) for name in set(dataset.excluded) - set(named.missing)}
    system.leave_out(sorted(system.source_paths[document_id] for document_id in excluded))
    names = match_names(system.source_paths, dataset.judged)
    index = system.index if isinstance(system, InProcess) else local_index(options.index_dir, system)
    tokens = None if index is None else SourceTokens(index, names)
    refuse_missing(dataset, names, allowed=options.allow_missing)
    return Opened(dataset, system, names, tokens)


def local_index(index_dir: Path, service: OverHttp) -> Index | None:
    """The service's own index where it lies on this machine too; token places and quotations come from it."""
    try:
        index = Index.open(index_dir)
    except (IndexMissing, IndexRefused):
        return None
    return index if index.fingerprint == service.identity["index"] else None


def refuse_missing(dataset: Dataset, names: DocumentNames, *, allowed: bool) -> None:
    """Raises ComparisonRefused where documents that should be found are not there to be found."""
    if not names.missing:
        return
    missing = set(names.missing)
    relevant = {
        document
        for question in dataset.measured()
        for document, relevance in dataset.qrels[question].items()
        if relevance > 0
    } | {span.document for spans in dataset.spans.values() for span in spans}
    lost = sorted(relevant & missing)
    if lost and (len(lost) == len(relevant) or not allowed):
        raise ComparisonRefused(
            f"{len(lost)} of {len(relevant)} relevant documents are not in the index, or fit several of its "
            f"documents, such as {lost[0]!r}; correct the dataset, ingest its own collection (`footnoted eval "
            "prepare` writes it for BEIR), or add --allow-missing"
        )
