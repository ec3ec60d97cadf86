"""A fresh process up to its second answer, timed: `python -m eval.performance.cold_start INDEX`.

The question comes on standard input.
"""

import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Prints one JSON object of milliseconds, and the peak memory in megabytes."""
    times = [time.perf_counter()]
    from eval.datasets.dataset import Question
    from eval.peers.run_peer import peak_rss_mb
    from eval.performance.bench import TOP_K
    from eval.systems.in_process import InProcess
    from retriever.encoding.open_encoder import open_encoder
    from retriever.index import Index

    question = Question("cold", sys.stdin.read())
    times.append(time.perf_counter())
    index_dir = Path(sys.argv[1])
    index = Index.open(index_dir)
    times.append(time.perf_counter())
    encoder = open_encoder(index.manifest.encoder, index_dir, threads=1)
    system = InProcess(index, encoder)
    times.append(time.perf_counter())
    for _ in range(2):
        system.ask(question, top_k=TOP_K, max_per_document=None)
        times.append(time.perf_counter())
    names = ("import_ms", "open_index_ms", "open_encoder_ms", "first_answer_ms", "second_answer_ms")
    spans = zip(names, times, times[1:], strict=False)
    measured = {name: (after - before) * 1000 for name, before, after in spans}
    sys.stdout.write(json.dumps(measured | {"peak_rss_mb": peak_rss_mb()}))


if __name__ == "__main__":
    main()
