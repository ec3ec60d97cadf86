"""How people ask about a subject: short forms of questions for each kind of the pairs of MedQuAD."""

from collections.abc import Mapping

import numpy as np

from eval.datasets.wordings import worded

FORMS: Mapping[str, tuple[str, ...]] = {
    "information": (
        *("What is {}?", "what is {}", "{}", "tell me about {}", "{} explained"),
        "my doctor said i have {}, what is that",
    ),
    "symptoms": (
        *("symptoms of {}", "how do you know if you have {}", "what are the signs of {}"),
        *("what does {} feel like", "could this be {}, what would i notice", "{} symptoms"),
    ),
    "treatment": (
        *("how is {} treated", "treatment for {}", "what can be done about {}", "what helps with {}"),
        *("{} treatment options", "can {} be treated"),
    ),
    "inheritance": (
        *("is {} inherited", "does {} run in families", "will my kids get {}", "{} genetic?"),
        "can i pass {} on to my children",
    ),
    "frequency": ("how common is {}", "how many people have {}", "is {} rare", "{} how often does it happen"),
    "genetic changes": ("what gene causes {}", "which genes are linked to {}", "{} gene"),
    "causes": ("what causes {}", "why do people get {}", "how do you get {}", "{} cause"),
    "exams and tests": (
        *("how is {} diagnosed", "what tests are there for {}", "how do they find out if you have {}"),
        "test for {}",
    ),
    "research": ("research on {}", "are there trials for {}", "what studies are being done on {}"),
    "outlook": (
        *("what is the outlook for {}", "life expectancy with {}", "what are my chances with {}"),
        *("prognosis {}", "can you die of {}", "does {} go away"),
    ),
    "susceptibility": ("who gets {}", "who is at risk of {}", "am i likely to get {}", "risk factors {}"),
    "considerations": ("what should i know about {}", "living with {}", "what to keep in mind with {}"),
    "prevention": ("how to prevent {}", "can you prevent {}", "how do i avoid getting {}", "{} prevention"),
    "stages": ("stages of {}", "what are the stages of {}", "how far can {} go"),
    "complications": ("complications of {}", "what can go wrong with {}", "what problems can {} lead to"),
    "support groups": ("support groups for {}", "where can i get help with {}"),
}
IN_OUR_WORDS = 0.75
"""Share of the pairs that are asked in one of these forms; the others keep the pair's own question."""
LOWER, MISSPELT = 0.35, 0.1
OF_HEADINGS = ("{heading} {name}", "{name} {heading}", "{heading} of {name}", "{name}, {heading}")


def asked_of_pair(question: str, *, subject: str, kind: str, random: np.random.Generator) -> str:
    """A question on a subject as somebody may type it; `kind` is MedQuAD's qtype."""
    forms = FORMS.get(kind)
    if forms is not None and random.random() < IN_OUR_WORDS:
        return _typed(forms[int(random.integers(len(forms)))].format(subject), random)
    return _typed(question.replace(" ?", "?"), random)


def asked_of_heading(heading: str, *, name: str, random: np.random.Generator) -> str:
    """A heading and the name of its page as a question on them."""
    names_it = name.casefold() in heading.casefold()
    if heading.rstrip().endswith("?"):
        forms = ("{heading}",) * 2 + ("{name}: {heading}", "{plain} ({name})?")
        form = "{heading}" if names_it else forms[int(random.integers(len(forms)))]
    elif heading.casefold() == name.casefold() or (names_it and random.random() < 0.5):
        form = "{heading}"
    else:
        form = OF_HEADINGS[int(random.integers(len(OF_HEADINGS)))]
    return _typed(form.format(heading=heading, name=name, plain=heading.rstrip(" ?")), random)


def _typed(question: str, random: np.random.Generator) -> str:
    """Now and then without capitals and question mark, or with typing errors."""
    if random.random() < LOWER:
        question = question.lower().rstrip(" ?.")
    return worded(question, "misspelt", random) if random.random() < MISSPELT else question
