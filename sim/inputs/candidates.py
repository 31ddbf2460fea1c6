"""The nations of a roster as candidates: what past coalitions ask of them, and whom they look to."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.inputs.bundled import exists
from sim.inputs.coalitions.candidates_file import ASKED, read_candidates, treated
from sim.inputs.coalitions.coalitions import Candidate, find_folder
from sim.inputs.coalitions.declaration import FILE, Declaration
from sim.inputs.coalitions.declaration import read_declaration as read_past
from sim.inputs.coalitions.draws_file import FOLDER as POSTERIOR
from sim.inputs.csv_file import CsvTable
from sim.inputs.errors import InputError, near_match
from sim.inputs.indicators import FloatArray, min_max, on_grid
from sim.inputs.nations import Nations
from sim.inputs.roster_file import past_of, vocabulary_of
from sim.inputs.roster_tables import CandidatesFile
from sim.inputs.toml_file import TomlFile
from sim.inputs.validation import one_of

ALIGNMENT, ADVERSARY_NEARNESS = "alignment", "adversary_nearness"
"""Attributes of past coalitions by which a nation is sensitive to the patron, and to the adversary."""

MIDDLE = 0.5
"""The sensitivity of a nation of which nothing is known, or where all nations are alike."""


@dataclass(frozen=True, eq=False)
class RosterCandidates:
    """The nations of a roster as candidates, in its order.

    Attributes
    ----------
    candidates
        With their covariates; NaN where one counts as the mean of past candidates.
    imputed
        Of nations that miss something: the columns that count as the mean.
    past, posterior
        Folders of the past coalitions that are learned from, and of draws of what they teach.
    sensitivity_to_patron, sensitivity_to_adversary
        In [0, 1], shape (nations,): alignment and nearness to the adversary, brought to 0..1 over the
        nations; 0.5 where it is imputed.
    """

    candidates: tuple[Candidate, ...]
    imputed: Mapping[str, tuple[str, ...]]
    past: Path
    posterior: Path
    sensitivity_to_patron: FloatArray
    sensitivity_to_adversary: FloatArray


def roster_candidates(
    folder: Path, declared: CandidatesFile, file: TomlFile, nations: Nations, table: CsvTable
) -> RosterCandidates:
    """Return the candidates of a roster.

    Parameters
    ----------
    folder, declared, file
        Of the roster, what it declares, and where.
    nations
        Those of the roster.
    table
        What is known of them, a row each, named by their codes.

    Raises
    ------
    InputError
        If a nation has no row or an empty cell and is not declared to be imputed, a command or the level
        that a further one corresponds to is none of past coalitions, or there are none of these where they
        should be.
    """
    imputed = _imputed(declared, file, nations)
    past, posterior = _folders(folder, declared, file)
    declaration = read_past(past)
    _check_commands(folder, file, declaration)
    _check_levels(folder, file, declaration)
    rows = table.require(*(each.column for each in declaration.attributes.values())).rows
    by_code = {each.iso3: each for each in read_candidates(rows, ASKED, declaration, imputed)}
    nobody = {attribute.column: math.nan for attribute in declaration.attributes.values()}
    candidates = []
    for code in nations.names:
        if code not in by_code and code not in imputed:
            raise _without_row(code, table)
        candidates.append(by_code.get(code, Candidate(ASKED, code, 0, ASKED, "", "", "", "", nobody)))
    return RosterCandidates(
        candidates=tuple(candidates),
        imputed={each.iso3: missing for each in candidates if (missing := _missing(each))},
        past=past,
        posterior=posterior,
        sensitivity_to_patron=_sensitivity(candidates, declaration, ALIGNMENT),
        sensitivity_to_adversary=_sensitivity(candidates, declaration, ADVERSARY_NEARNESS),
    )


def _imputed(declared: CandidatesFile, file: TomlFile, nations: Nations) -> tuple[str, ...]:
    """Return the codes of the nations that are declared to be imputed."""
    codes = tuple(nations.official(word) for word in declared.imputed)
    for number, code in enumerate(codes):
        if code not in nations.names:
            hint = nations.hint(code) or "; allowed are the roster's nations"
            raise file.error(("candidates", "imputed", number), f'unknown nation "{code}"{hint}')
    return codes


def _check_commands(folder: Path, file: TomlFile, past: Declaration) -> None:
    for name, command in vocabulary_of(folder).commands.items():
        if command not in past.commands:
            raise file.error(("commands", name), one_of(command, past.commands))


def _check_levels(folder: Path, file: TomlFile, past: Declaration) -> None:
    for name, level in vocabulary_of(folder).further_levels.items():
        if level.past_coalitions not in past.levers:
            word, known = level.past_coalitions, past.levers
            problem = f'past coalitions have no lever "{word}"; allowed: {", ".join(known)}'
            mended = f"another needs a term in their {FILE} and what coalition calibrate learns of it"
            key_path = ("further_levels", name, "past_coalitions")
            raise file.error(key_path, f"{problem}; {mended}{near_match(word, known)}")


def _folders(folder: Path, declared: CandidatesFile, file: TomlFile) -> tuple[Path, Path]:
    """Return the folder of past coalitions and that of draws."""
    past = find_folder(past_of(folder))
    if past is None:
        problem = f'"{declared.past}" holds no past coalitions (no {FILE})'
        raise file.error(("candidates", "past"), problem)
    if declared.posterior is None:
        return past, past / POSTERIOR
    posterior = folder / declared.posterior
    if not exists(posterior):
        raise file.error(("candidates", "posterior"), f'no such folder: "{declared.posterior}"')
    return past, posterior


def _without_row(code: str, table: CsvTable) -> InputError:
    problem = (
        f"{code} has no row; add one, or let all of it count as the mean of past candidates: "
        f'imputed = ["{code}"] under candidates in roster.toml'
    )
    return InputError(problem, file=table.path, line=table.header, key="iso3")


def _missing(candidate: Candidate) -> tuple[str, ...]:
    return tuple(column for column, value in candidate.covariates.items() if math.isnan(value))


def _sensitivity(candidates: Sequence[Candidate], declaration: Declaration, name: str) -> FloatArray:
    """Return an attribute brought to 0..1 over the nations, read-only, shape (nations,)."""
    values = np.full(len(candidates), math.nan)
    attribute = declaration.attributes.get(name)
    if attribute is not None:
        raw = np.array([candidate.covariates[attribute.column] for candidate in candidates])
        values = attribute.scale * on_grid(treated(raw, attribute))
    differ = np.unique(values[~np.isnan(values)]).size > 1
    scaled = min_max(values) if differ else np.full(len(candidates), MIDDLE)
    sensitivity = on_grid(np.where(np.isnan(scaled), MIDDLE, scaled))
    sensitivity.setflags(write=False)
    return sensitivity
