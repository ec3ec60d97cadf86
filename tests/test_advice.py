"""Advice: quotes that tell what to do, and those that hold in a case of their own."""

from retriever.answers.judged.advice import advises, is_conditional


def test_ways_and_tips_are_advice_and_ways_of_telling_are_not() -> None:
    assert advises("Some ways to ease gout", is_list=True)
    assert not advises("Gout of the big toe and of the heel is named in three ways:", is_list=True)


def test_a_sentence_that_begins_with_its_case_is_conditional() -> None:
    assert is_conditional("If bones are thin, rest.")
    assert is_conditional("For some people, rest helps.")
    assert not is_conditional("Rest helps if bones are thin.")
