"""The systems that are compared: who each is, which program drives it, and where it runs."""

from dataclasses import dataclass
from pathlib import Path

ADAPTERS = Path(__file__).parent / "adapters"
REQUIREMENTS = Path(__file__).parent / "requirements"


@dataclass(frozen=True, slots=True)
class PeerSystem:
    """One row of the table. `is_peer` says that it runs in an environment of its own, else it runs in ours."""

    name: str
    title: str
    is_peer: bool

    @property
    def adapter(self) -> Path:
        """The program that drives it."""
        return ADAPTERS / f"{self.name}.py"

    @property
    def requirements(self) -> Path:
        """The pinned libraries of its environment."""
        return REQUIREMENTS / f"{self.name}.txt"


REFERENCE = PeerSystem("plain", "sentence-transformers + FAISS", is_peer=False)
PEERS = (
    PeerSystem("txtai", "txtai", is_peer=True),
    PeerSystem("chroma", "Chroma", is_peer=True),
    PeerSystem("llamaindex", "LlamaIndex", is_peer=True),
    PeerSystem("haystack", "Haystack", is_peer=True),
    PeerSystem("langchain", "LangChain + FAISS", is_peer=True),
)
OURS = (
    PeerSystem("footnoted_passages", "Footnoted, passages only", is_peer=False),
    PeerSystem("footnoted_whole", "Footnoted, whole", is_peer=False),
)
SYSTEMS = (REFERENCE, *PEERS, *OURS)
