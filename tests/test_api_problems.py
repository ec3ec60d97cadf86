"""Every error of the core has a status, and none lets a message through that could hold a path."""

import retriever.errors
from api.http.problems import is_mapped, problem_body, problem_of
from retriever.errors import FootnotedError, IndexCorrupt, QueryInvalid


def all_errors() -> list[type[FootnotedError]]:
    found = [FootnotedError]
    for kind in found:
        found += [each for each in kind.__subclasses__() if each.__module__ == retriever.errors.__name__]
    return found


def test_every_error_of_the_core_is_mapped() -> None:
    assert [kind for kind in all_errors() if not is_mapped(kind)] == []
    assert len(all_errors()) >= 9


def test_an_error_without_a_status_of_its_own_takes_its_parents() -> None:
    class IndexTorn(IndexCorrupt):
        """A new kind of damage."""

    assert not is_mapped(IndexTorn)
    assert (problem_of(IndexTorn("x")).status, problem_of(IndexTorn("x")).code) == (503, "index_corrupt")


def test_a_message_for_the_operator_does_not_reach_the_caller() -> None:
    for kind in all_errors():
        if kind is not QueryInvalid:
            body = problem_body(problem_of(kind("/srv/secret/gen-000001 is altered")), request_id="r")
            assert b"secret" not in body


def test_a_refused_question_keeps_its_code_and_its_place() -> None:
    problem = problem_of(QueryInvalid("too long", code="query_too_long", pointer="/query"))
    assert (problem.status, problem.code, problem.errors[0].pointer) == (422, "query_too_long", "/query")


def test_what_passes_asks_to_be_tried_again() -> None:
    for kind in all_errors():
        if kind is not QueryInvalid:
            problem = problem_of(kind("x"))
            assert ("Retry-After" in problem.headers) is (problem.status == 503)
