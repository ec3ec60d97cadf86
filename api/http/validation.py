"""What a failed model check is called: pydantic's errors as pointers and codes, without the caller's text."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from api.http.problems import FieldError

MAX_ERRORS = 10

OWN_CODES = frozenset({"explain_not_available", "filter_value", "not_offered", "span_empty"})
"""Types of PydanticCustomError that our models raise; their messages are our own sentences."""

LONE_SURROGATE = "the text holds a lone surrogate; send valid Unicode"

_KINDS = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def field_errors(error: ValidationError, model: type[BaseModel]) -> list[FieldError]:
    """The values at fault, at most ten, one entry for each pointer. Only names that a model knows are repeated."""
    names = _names(model.model_json_schema())
    return one_for_each_pointer(
        _field_error(each, known=sorted(names)) for each in error.errors(include_url=False, include_input=False)
    )


def parameter_errors(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """The same for query parameters as FastAPI reports them; their place is `("query", NAME)`."""
    known = sorted({str(each["loc"][1]) for each in errors if len(each["loc"]) > 1})
    return one_for_each_pointer(_field_error({**each, "loc": each["loc"][1:]}, known=known) for each in errors)


def one_for_each_pointer(errors: Iterator[FieldError]) -> list[FieldError]:
    """One error of each pointer, at most ten. The alternatives of a union all fail at one place: the first one of
    which the value has the type tells what is wrong with it.
    """
    told: dict[tuple[str, str], FieldError] = {}
    for error in errors:
        # Several unknown names share their object's pointer, and each may have its own suggestion.
        place = error.pointer, error.detail if error.code == "unknown_field" else ""
        if told.setdefault(place, error).code == "type":
            told[place] = told[place] if error.code == "type" else error
    return list(told.values())[:MAX_ERRORS]


def _field_error(error: Mapping[str, Any], *, known: Sequence[str]) -> FieldError:
    kind, place, context = str(error["type"]), tuple(error["loc"]), error.get("ctx", {})
    if kind == "extra_forbidden":
        return FieldError(_pointer(place[:-1], known), "unknown_field", _unknown(str(place[-1]), known))
    pointer = _pointer(place, known)
    if kind in OWN_CODES:
        return FieldError(pointer, kind, str(error["msg"]))
    if kind in _KINDS:
        # A filter's value may be of several kinds, so the kind of the first alternative would mislead.
        of_filter = pointer.rstrip("0123456789").endswith(("/value", "/value/"))
        wanted = "a string, a number, true or false" if of_filter else _KINDS[kind]
        return FieldError(pointer, "type", f"this has to be {wanted}")
    code, detail = _bounded(kind, context)
    return FieldError(pointer, code, detail)


def _bounded(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    match kind:
        case "missing":
            return "missing", "this field is required"
        case "string_unicode":
            return "invalid_unicode", LONE_SURROGATE
        case "greater_than_equal":
            return "out_of_range", f"this has to be at least {context['ge']}"
        case "less_than_equal":
            return "out_of_range", f"this has to be at most {context['le']}"
        case "literal_error" | "enum":
            return "not_accepted", f"this has to be {context['expected']}"
        case "union_tag_invalid":
            return "filter_type_unknown", f"the type of a filter has to be one of {context['expected_tags']}"
        case "union_tag_not_found":
            return "filter_type_missing", "a filter is an object with a type, such as eq, in, and, or"
        case "string_too_short":
            return "too_short", f"this needs at least {context['min_length']:,} characters"
        case "string_too_long":
            return "too_long", f"this may have at most {context['max_length']:,} characters"
        case "too_short":
            return "too_short", f"this needs at least {_entries(context['min_length'])}"
        case "too_long":
            return "too_long", f"this may have at most {_entries(context['max_length'])}"
        case "string_pattern_mismatch":
            return "not_accepted", "this does not have the documented form"
        case _:
            return "not_accepted", "this value is not accepted"


def _entries(count: int) -> str:
    return "one entry" if count == 1 else f"{count:,} entries"


def _pointer(place: Sequence[str | int], known: Sequence[str]) -> str:
    return "".join(f"/{part}" for part in place if isinstance(part, int) or part in known)


def _unknown(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"there is no such field; did you mean {near[0]}?" if near else "there is no such field"


def _names(schema: Mapping[str, Any]) -> set[str]:
    models = [schema, *schema.get("$defs", {}).values()]
    return {name for model in models for name in model.get("properties", {})}
