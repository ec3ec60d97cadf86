"""What became of a generated answer, as every response that could have had one says it."""

from pydantic import Field

from api.bodies import ResponseBody
from api.observer import GenerationReason, GenerationStatus


class GenerationBody(ResponseBody):
    """What became of the language model's reply; what it did not give, the pages' own words give."""

    status: GenerationStatus = Field(
        description="`used`: the reply is the model's, every sentence checked. `rejected`: none of its sentences "
        "stood the checks. `unavailable`: it gave no whole reply. `skipped`: it was not asked."
    )
    reason: GenerationReason | None = Field(description="Null where `status` is `used`.")
    dropped: int = Field(ge=0, description="How many of its sentences the checks took out.")
