"""The generator that the settings ask for, if they do."""

from typing import TYPE_CHECKING

from api.observer import Observer
from api.settings import Settings

if TYPE_CHECKING:
    from api.generation.generator import Generator


def generator_of(settings: Settings, observer: Observer) -> "Generator | None":
    """The generator over the configured server, watched by `observer`; None where there is none."""
    if settings.llm_url is None or settings.llm_model is None:
        return None
    # They bring an HTTP client along, which a service without a language model does without.
    from api.generation.generator import Generator
    from api.generation.upstream import Upstream

    upstream = Upstream(settings.llm_url, settings.llm_model, settings.llm_key)
    return Generator(upstream, timeout_s=settings.llm_timeout_s, observer=observer)
