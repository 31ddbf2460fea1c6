"""Draws of what past coalitions teach, as a folder keeps them, with what they were fitted to."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.declaration import FILE as DECLARATION
from sim.inputs.coalitions.reading import FILES
from sim.inputs.errors import InputError
from sim.inputs.situation import Text, TomlTable
from sim.inputs.text_file import check_regular, read_text
from sim.inputs.toml_file import TomlPath, dotted
from sim.inputs.validation import validate
from sim.system.folders import check_listed
from sim.system.libraries import pa, pd

FOLDER, ABOUT, DRAWS = "posterior", "posterior.json", "draws.parquet"
MAX_BYTES = 1_000_000


Pair = Annotated[tuple[float, float], Field(strict=False)]


class Fitted(TomlTable):
    """What draws were fitted to, and how."""

    title: Text = Field(description="What the coalitions are.")
    version: Text = Field(description="Of the program.")
    date: Text = Field(description="When it was fitted.")
    rows: int = Field(gt=0, description="Candidates.")
    coalitions: int = Field(gt=0, description="Coalitions: cases in a wave.")
    cases: int = Field(gt=0)
    families: int = Field(gt=0)
    log_evidence: float = Field(description="Of the levels that both coders agreed on.")
    seed: int = Field(ge=0)
    draws: int = Field(gt=0)
    readings: int = Field(gt=0, description="How often levels were read between the two codings.")
    terms: tuple[Text, ...] = Field(strict=False, min_length=1)
    scales: dict[str, Pair] = Field(
        description="Mean and standard deviation of attributes, by what they were standardised."
    )
    verdicts: dict[str, Text] = Field(description="What the coalitions tell of each term.")
    files: dict[str, Text] = Field(description="SHA-256 of the files that it was fitted to.")


@dataclass(frozen=True, eq=False)
class EvidenceDraws:
    """Draws of a posterior.

    Attributes
    ----------
    fitted
        What they were fitted to.
    draws
        A row a draw: `reading`, `intercept`, a column a term, ``habit ISO`` a nation; log-odds.
    """

    fitted: Fitted
    draws: "pd.DataFrame"


def load_draws(folder: Path, coalitions: Coalitions) -> EvidenceDraws:
    """Read draws.

    Parameters
    ----------
    folder
        Where they are.
    coalitions
        Whose terms they must have.

    Raises
    ------
    InputError
        If they are missing, damaged, or of other terms.
    """
    file = folder / ABOUT
    for each in (file, folder / DRAWS):
        check_listed(each)
    fitted = _read_about(file)
    check_regular(folder / DRAWS)
    try:
        draws = pd.read_parquet(folder / DRAWS)
    except FileNotFoundError:
        raise InputError(
            "no such file; coalition calibrate coalitions makes it", file=folder / DRAWS
        ) from None
    except (OSError, ValueError, pa.ArrowException):
        raise InputError("cannot be read; it is damaged", file=folder / DRAWS) from None
    wanted = tuple(term.name for term in coalitions.declaration.terms)
    if fitted.terms != wanted or any(name not in draws for name in wanted):
        missing = [name for name in wanted if name not in fitted.terms]
        named = f"has no {', '.join(missing)}" if missing else "has not the same terms in the same order"
        problem = f"{named}; {DECLARATION} does: fit it again, coalition calibrate {coalitions.folder}"
        raise InputError(problem, file=file, key="terms")
    return EvidenceDraws(fitted, draws)


def _read_about(file: Path) -> Fitted:
    text = read_text(file, MAX_BYTES, "what says of draws what they were fitted to")
    try:
        data = json.loads(text)
    except ValueError as error:
        raise InputError(f"not valid JSON: {error}", file=file) from None

    def at(place: TomlPath, problem: str) -> InputError:
        return InputError(problem, file=file, key=dotted(place) or None)

    if not isinstance(data, dict):
        raise InputError("must be a table", file=file)
    return validate(Fitted, data, at)


def file_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder of coalitions."""
    return {name: _digest(folder / name) for name in (DECLARATION, *FILES)}


def changed_files(fitted: Fitted, folder: Path) -> tuple[str, ...]:
    """Return which files of a folder of coalitions are no longer those that were fitted to."""
    now = file_digests(folder)
    return tuple(name for name in _union(fitted.files, now) if fitted.files.get(name) != now.get(name))


def _union(*names: Iterable[str]) -> list[str]:
    return sorted({name for each in names for name in each})


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
