"""A refusal as it is sent: in the form of the endpoint that was called, problem details or OpenAI's."""

from fastapi import Request, Response

from api.http import openai_errors, problems
from api.http.openai_errors import is_openai_shaped, openai_error_body
from api.http.problems import Problem, problem_body


def refusal(problem: Problem, *, path: str, request_id: str) -> tuple[bytes, str]:
    """The document of a refusal in the form of the endpoint at this path, and its media type."""
    if is_openai_shaped(path):
        return openai_error_body(problem), openai_errors.MEDIA_TYPE
    return problem_body(problem, request_id=request_id), problems.MEDIA_TYPE


def respond_problem(request: Request, problem: Problem) -> Response:
    """The response of a refusal."""
    body, media_type = refusal(problem, path=request.url.path, request_id=request.state.request_id)
    return Response(body, status_code=problem.status, headers=problem.headers, media_type=media_type)
