"""Two things that a question of yes or no names ("can I take X with Y"): whether they are told of together."""

from collections.abc import Collection, Mapping, Sequence

from retriever.abstention.word_forms import has_form
from retriever.questions.asked_effect import asked_effect


def stand_together(question: str, passages: Sequence[Collection[str]], weights: Mapping[str, float]) -> float:
    """How much of both things one passage holds, from -1 (nothing of one) to 1 (all of both).

    `passages` are the terms of each, titles and headings included; `weights` are those of the question's words, by
    which each thing counts. 0 for a question of another form, and where one of the two is no word of weight.
    A page on X and one on Y answer neither "does X cause Y" nor "can I have Y with X".
    """
    asked = asked_effect(question)
    if asked is None:
        return 0.0
    things = [{word: weights[word] for word in one if weights.get(word)} for one in (asked.of, asked.effect)]
    if not all(things):
        return 0.0
    return 2 * max((min(_share(one, held) for one in things) for held in passages), default=0.0) - 1


def _share(weights: Mapping[str, float], held: Collection[str]) -> float:
    return sum(weight for word, weight in weights.items() if has_form(word, held)) / sum(weights.values())
