"""The checks of `footnoted doctor`: what the service needs from this machine and from its index."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from api.commands.check_surroundings import Check, check_model_for_ingest, check_surroundings
from api.snapshot import WARM_UP
from retriever.abstention.calibration import CalibrationState, load_calibration
from retriever.encoder import EncoderIdentity
from retriever.errors import FootnotedError, IndexMissing, IndexRefused
from retriever.freshness import Freshness, review
from retriever.index import Index
from retriever.retrieve import Retriever
from retriever.store.store import GenerationInfo, GenerationState, IndexStore


def run_checks(index_dir: Path, *, environment: Mapping[str, str], today: date) -> list[Check]:
    """All checks, in the order in which a failure of one explains the next."""
    checks = check_surroundings(index_dir, environment)
    checks += _generations(index_dir)
    index, opened = _open(index_dir)
    checks.append(opened)
    if index is None:
        checks.append(check_model_for_ingest())
    else:
        checks += [*_encoder(index, index_dir), check_judgment(index, index_dir)]
        checks += [check_pair_reader(), _reviews(index, today=today)]
    return checks


def exit_code(checks: Sequence[Check]) -> int:
    """3 when a generation is refused, 1 when another check failed, else 0."""
    if any(check.refused for check in checks):
        return 3
    return 0 if all(check.ok for check in checks) else 1


def _generations(index_dir: Path) -> list[Check]:
    """One check for each generation below the directory, every file hashed."""
    try:
        found = IndexStore(index_dir).generations(verify=True)
    except IndexMissing:
        return []
    except FootnotedError as error:
        return [Check("generations", ok=False, detail=str(error), refused=isinstance(error, IndexRefused))]
    return [_generation(each) for each in found]


def _generation(found: GenerationInfo) -> Check:
    name = f"{found.name} (current)" if found.current else found.name
    if found.state is GenerationState.REFUSED:
        fix = (
            "run `footnoted index rollback`, or ingest again"
            if found.current
            else "run `footnoted index prune`, or leave it: it is not served"
        )
        return Check(name, ok=False, detail=str(found.reason), fix=fix, refused=True)
    return Check(name, ok=True, detail=f"every file verified, {found.bytes / (1 << 20):.1f} MiB")


def _open(index_dir: Path) -> tuple[Index | None, Check]:
    try:
        index = Index.open(index_dir)
    except FootnotedError as error:
        return None, Check("index", ok=False, detail=str(error), refused=isinstance(error, IndexRefused))
    counts = f"{index.manifest.documents:,} documents, {index.manifest.passages:,} passages"
    opened = f"{index.generation} opens: {counts}"
    if index.manifest.has_vectors:
        return index, Check("index", ok=True, detail=opened)
    fix = "wait for the ingest that makes the vectors; if none runs, run `footnoted ingest` again"
    return index, Check("index", ok=True, detail=f"{opened}, searched by words alone", fix=fix)


_JUDGMENTS = {
    CalibrationState.CALIBRATED: "by the calibration made for this collection",
    CalibrationState.DEFAULT: "by the calibration that comes with the program",
    CalibrationState.OTHER_COLLECTION: "the calibration here was made for other documents or another model",
    CalibrationState.UNREADABLE: "the calibration here is damaged or of another version of the program",
}


def check_judgment(index: Index, index_dir: Path) -> Check:
    """By which calibration it is judged whether a question can be answered."""
    try:
        state = load_calibration(index_dir, index).state
    except FootnotedError as error:
        return Check("judgment", ok=False, detail=str(error))
    if state in (CalibrationState.CALIBRATED, CalibrationState.DEFAULT):
        return Check("judgment", ok=True, detail=_JUDGMENTS[state])
    detail = f"{_JUDGMENTS[state]}; the one that comes with the program is in use"
    return Check("judgment", ok=True, detail=detail, fix="run `footnoted eval calibrate` again")


def check_pair_reader() -> Check:
    """Whether quotes can be read together with a question."""
    from retriever.reading.pair_reader import own_pair_reader

    try:
        own_pair_reader().read(WARM_UP.text, [WARM_UP.text])
    except FootnotedError as error:
        return Check("pair reader", ok=False, detail=str(error))
    return Check("pair reader", ok=True, detail="read a question together with a quote")


def _reviews(index: Index, *, today: date) -> Check:
    standings = Counter(review(document.metadata, today=today).freshness for document in index.documents)
    found = ", ".join(f"{standings[each]:,} {each.value.replace('_', ' ')}" for each in Freshness)
    overdue = standings[Freshness.OVERDUE]
    fix = "review the overdue pages; GET /v1/governance and `footnoted lint PATH` name them" if overdue else None
    return Check("reviews", ok=True, detail=found, fix=fix)


def _encoder(index: Index, index_dir: Path) -> list[Check]:
    from retriever.encoding.open_encoder import open_encoder

    identity = index.manifest.encoder
    checks = [_model_files(identity, index_dir)]
    try:
        encoder = open_encoder(identity, index_dir)
        encoder.encode_queries([WARM_UP.text])
        Retriever(index, encoder).retrieve(WARM_UP)
    except FootnotedError as error:
        checks.append(Check("encoder", ok=False, detail=str(error), refused=isinstance(error, IndexRefused)))
    else:
        found = f"{identity.model} ({identity.arithmetic}) answered a warm-up query"
        checks.append(Check("encoder", ok=True, detail=found))
    return checks


def _model_files(identity: EncoderIdentity, index_dir: Path) -> Check:
    """Whether the model that built the index lies here: beside the index if converted, else among the models."""
    from retriever.encoding.model_files import find_model
    from retriever.encoding.open_encoder import encoder_folder

    if identity.artifact_sha256 is not None:
        if encoder_folder(index_dir, identity.artifact_sha256).is_dir():
            return Check("model", ok=True, detail=f"{identity.model}, converted, lies beside the index")
        detail = "the converted model is missing beside the index"
        return Check("model", ok=False, detail=detail, fix="run `footnoted ingest` again")
    try:
        files = find_model(identity.model)
    except FootnotedError as error:
        return Check("model", ok=False, detail=str(error))
    if files.sha256 != identity.model_sha256:
        detail = "the model's files are not those that built the index"
        return Check("model", ok=False, detail=detail, fix="restore them, or ingest again", refused=True)
    return Check("model", ok=True, detail=f"{identity.model}: its files are those that built the index")
