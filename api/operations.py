"""What a route adds to its operation in the OpenAPI document: a body that we read ourselves, its refusals."""

from http import HTTPStatus
from typing import Any

from api.http.problems import MEDIA_TYPE

REFERENCE = "#/components/schemas/{model}"
_REASONS = {
    400: "The body is not the JSON that is read here.",
    403: "This service may not be written to, or not with this key.",
    404: "There is no such document, model or store.",
    408: "The body did not arrive in time.",
    409: "The change would lose something else, or the index refused it; nothing was changed.",
    413: "The body is too large.",
    415: "The body is of another type than is read here, not in UTF-8, or compressed.",
    422: "A value is not accepted; `errors` says which and why.",
    500: "The service failed; its log has the particulars under the request id.",
    503: "No index is open, or too many questions are waiting; `Retry-After` says when to come back.",
}

FILTER_PARAMETERS: dict[str, Any] = {
    "parameters": [
        {
            "name": "filter",
            "in": "query",
            "required": False,
            "style": "form",
            "explode": True,
            "description": "`filter.KEY=VALUE` keeps the documents whose metadata field KEY equals VALUE; several "
            "keys all have to match, a repeated key matches with any of its values.",
            "schema": {
                "type": "object",
                "propertyNames": {"pattern": r"^filter\.[a-z_]+$"},
                "additionalProperties": {"type": "string"},
            },
        }
    ]
}


def body_of(model: str) -> dict[str, Any]:
    """What a route adds to its operation whose body we read ourselves: JSON of that model."""
    schema = {"$ref": REFERENCE.format(model=model)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def refusals(
    *statuses: int, model: str = "ProblemDetails", media_type: str = MEDIA_TYPE
) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can be refused with these statuses, and with 500 as every route can."""
    schema = {"$ref": REFERENCE.format(model=model)}
    return {
        status: {"description": _REASONS[status], "content": {media_type: {"schema": schema}}}
        | (
            {"headers": {"Retry-After": {"schema": {"type": "string"}}}}
            if status == HTTPStatus.SERVICE_UNAVAILABLE
            else {}
        )
        for status in (*statuses, 500)
    }
