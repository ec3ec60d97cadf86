"""Questions as people word them, made by machine from plain ones: with typing errors, or in a long message."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eval.datasets.dataset import Question

WORDINGS = ("plain", "misspelt", "wordy")
MADE = WORDINGS[1:]
"""Those that differ from the question itself."""
MISSPELT = 0.25
"""Share of the longer words of a misspelt question that hold a typing error."""
BEFORE = (
    "Hello, I hope somebody there can help me with this.",
    "Good evening, sorry to bother you with such a long letter.",
    "Hi, my mother is 74 and has lived alone since dad passed away last spring.",
    "I tried to ring on Friday but the line was busy and then we had visitors.",
    "My husband keeps telling me that I worry too much, and maybe he is right.",
    "We have just come back from two weeks at the seaside with the grandchildren.",
    "A friend at work said something over lunch that I could not get out of my head.",
    "I am writing on behalf of my sister because she has no computer at home.",
)
AFTER = (
    "Thank you so much for taking the time.",
    "I would be greatful for any advice as I cant sleep for thinking about it.",
    "We are going away on the 14th and I would like to know before then.",
    "Thanks in advance, and please excuse my spelling.",
    "I have read so many things that I dont know what to believe any more.",
    "Kind regards from a worried daughter.",
)


def worded_questions(questions: Sequence[Question], wording: str, *, seed: int) -> tuple[Question, ...]:
    """The same questions in one of `WORDINGS`, always the same for a seed."""
    return tuple(
        replace(question, text=worded(question.text, wording, np.random.default_rng((seed, place))))
        for place, question in enumerate(questions)
    )


def worded(text: str, wording: str, random: np.random.Generator) -> str:
    """The question in one of `WORDINGS`; the draws are the caller's."""
    if wording == "misspelt":
        return " ".join(_misspelt(word, random) for word in text.split(" "))
    return wordy(text, random) if wording == "wordy" else text


def wordy(text: str, random: np.random.Generator) -> str:
    """The question in a message with things by the way before and after it, as people write them."""
    before = random.permutation(len(BEFORE))[: int(random.integers(1, 4))]
    after = random.permutation(len(AFTER))[: int(random.integers(0, 3))]
    asked = text if text.endswith("?") else f"{text}."
    return " ".join([*(BEFORE[place] for place in before), asked, *(AFTER[place] for place in after)])


def _misspelt(word: str, random: np.random.Generator) -> str:
    """Now and then a letter lost, or two neighbours exchanged."""
    if len(word) < 5 or not word.isalpha() or random.random() >= MISSPELT:
        return word
    at = int(random.integers(1, len(word) - 2))
    if random.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
