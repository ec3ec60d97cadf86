"""What the service can be told: one bounded object, filled from flags, then environment, then these defaults."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from retriever.governance import FreshnessPolicy

DEFAULT_INDEX = Path("index")


class Settings(BaseModel):
    """The settings of one server. The environment is read by the command line (`FOOTNOTED_*`), never here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    index_dir: Path = Field(default=DEFAULT_INDEX, description="Directory that `footnoted ingest` publishes into.")
    host: str = Field(default="127.0.0.1", min_length=1, max_length=255)
    port: int = Field(default=8000, ge=0, le=65_535, description="0 takes any free port.")
    reload_interval_s: float = Field(
        default=1.0, ge=0.01, le=3_600, allow_inf_nan=False, description="How often CURRENT is looked at."
    )
    retry_interval_s: float = Field(
        default=60.0,
        ge=0.01,
        le=3_600,
        allow_inf_nan=False,
        description="How often what was refused is tried again.",
    )
    retrieval_threads: int = Field(default=2, ge=1, le=64, description="Questions worked on at the same time.")
    waiting_limit: int = Field(default=64, ge=0, le=10_000, description="Questions that may wait for a thread.")
    body_limit_bytes: int = Field(default=64 * 1024, ge=1_024, le=16 * 1024 * 1024)
    body_timeout_s: float = Field(default=10.0, gt=0, le=300, allow_inf_nan=False)
    shutdown_grace_s: int = Field(default=10, ge=0, le=600, description="How long open requests may finish.")
    freshness: FreshnessPolicy = Field(
        default=FreshnessPolicy.WARN, description="What becomes of pages that are overdue for review."
    )
    routing: bool = Field(
        default=True, description="Whether questions about health are looked at for emergencies."
    )
    routing_rules: Path | None = Field(default=None, description="Rules in place of the program's own.")
