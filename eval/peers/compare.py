"""The comparison from start to end: our passages, everyone's turns, the tables."""

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from eval.datasets.read_dataset import read_dataset, sample
from eval.peers.figures import as_markdown, figures_of
from eval.peers.rounds import run_system, take_turns
from eval.peers.systems import OURS, PEERS, REFERENCE
from eval.peers.task import RankingTask, ingested
from retriever.index import Index


def compare(
    dataset_path: Path,
    pages: Path,
    *,
    environments: Path,
    only: Collection[str],
    rounds: int,
    questions: int,
    seed: int,
    model: str,
    say: Callable[[str], None],
) -> str:
    """The tables as Markdown; `only` names the peers that take part, all of them where it is empty.

    Raises EvalError, and what opening an index raises.
    """
    dataset = sample(read_dataset(dataset_path), draw=questions, seed=seed)
    systems = (REFERENCE, *(peer for peer in PEERS if not only or peer.name in only), *OURS)
    say("making the passages ...")
    with ingested(pages, model) as index_dir:
        task = RankingTask(Index.open(index_dir), dataset)
        request = task.request(model=model, pages=pages, index_dir=index_dir)
        outcomes = take_turns(
            systems, rounds, partial(run_system, request=request, environments=environments), say=say
        )
    return as_markdown(figures_of(outcomes, REFERENCE, task), task, rounds=rounds)
