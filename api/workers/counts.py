"""The metrics of all workers, read through any one of them: each series says which worker it belongs to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.registry import Collector


def counts_of(registry: CollectorRegistry, *, worker: int) -> dict[str, Any]:
    """The metrics of one worker as a message."""
    families = [
        {
            "name": family.name,
            "about": family.documentation,
            "type": family.type,
            "samples": [[sample.name, sample.labels, sample.value] for sample in family.samples],
        }
        for family in registry.collect()
    ]
    return {"worker": worker, "families": families}


class EveryWorker(Collector):
    """The metrics of this worker and of all others, with the label `worker`."""

    def __init__(
        self,
        registry: CollectorRegistry,
        *,
        worker: int,
        others: Callable[[], Sequence[Mapping[str, Any]]],
    ) -> None:
        """`others` gives what `counts_of` says in the other workers."""
        self._registry = registry
        self._worker = worker
        self._others = others

    def collect(self) -> Iterator[Metric]:
        """Every family once, with the samples of all workers in the order of their numbers."""
        counted = [counts_of(self._registry, worker=self._worker), *self._others()]
        families: dict[str, Metric] = {}
        for one in sorted(counted, key=lambda each: int(each["worker"])):
            for told in one["families"]:
                family = families.setdefault(told["name"], Metric(told["name"], told["about"], told["type"]))
                for name, labels, value in told["samples"]:
                    family.add_sample(name, {**labels, "worker": str(one["worker"])}, value)
        yield from families.values()
