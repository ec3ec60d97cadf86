"""How many messages of danger the routing rules see (docs/safety.md): `python -m tests.danger_seen INDEX`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from eval.datasets.wordings import wordy
from eval.systems.complete_index import open_complete
from retriever.encoding.open_encoder import open_encoder
from retriever.questions.nearness import learn_nearness
from retriever.questions.routing import default_rules, route
from tests.messages_of_danger import OF_DANGER, SOUNDS_ALIKE
from tests.messages_on_falls import DANGEROUS_FALLS, HARMLESS_FALLS

SEED = 0


def main() -> None:
    """Prints each kind of message with how many the patterns see, and how many patterns or examples do."""
    index_dir = Path(sys.argv[1])
    encoder = open_encoder(open_complete(index_dir).manifest.encoder, index_dir, threads=1)
    rules = default_rules()
    near = learn_nearness(rules, encoder)
    if near is None:
        sys.exit("with this index's encoder the examples of the rules are not told apart; see docs/safety.md")

    def by_patterns(text: str) -> bool:
        return route(text, rules) is not None

    def by_either(text: str) -> bool:
        return by_patterns(text) or near.route(text, None) is not None

    print("messages\tin all\tpatterns\tpatterns and examples")
    for name, messages in (
        ("of danger", OF_DANGER),
        ("of danger, among other sentences", _in_letters(OF_DANGER)),
        ("that sound alike", SOUNDS_ALIKE),
        ("that sound alike, among other sentences", _in_letters(SOUNDS_ALIKE)),
        ("of falls that cannot wait", DANGEROUS_FALLS),
        ("on falls that ask for knowledge", HARMLESS_FALLS),
    ):
        print(name, len(messages), _count(by_patterns, messages), _count(by_either, messages), sep="\t")


def _in_letters(messages: Sequence[str]) -> list[str]:
    random = np.random.default_rng(SEED)
    return [wordy(message, random) for message in messages]


def _count(sees: Callable[[str], bool], messages: Sequence[str]) -> int:
    return sum(map(sees, messages))


if __name__ == "__main__":
    main()
