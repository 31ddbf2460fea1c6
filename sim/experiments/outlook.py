"""Who will have declared soldiers, and who contributes, by a day: forecasts of a scenario, and baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.parameters import INTERACTION
from sim.declarations.words import Stance
from sim.evidence.case_draws import case_draws
from sim.evidence.learned import learned
from sim.experiments.hindcast.forecasts import last_statement_and_noise
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.prior import declared_prior
from sim.model.ensemble import AT_END
from sim.model.rules import MISREAD_AT_ENDS, MISREAD_BETWEEN
from sim.model.setup import START_STANCE, case_levels
from sim.model.tally import Tally
from sim.results.identity import case_digests

RUNS = 10_000
MODEL, WITHOUT_INTERACTION, NOISE = "model", "model without interaction", "last statement + noise"
LAST_STATEMENT, PAST_ALONE, BASE_RATE = "last statement", "past coalitions alone", "base rate"

Probabilities = dict[str, float]
"""By nation."""


@dataclass(frozen=True)
class Outlook:
    """A question about the nations of a scenario, with forecasts of it.

    Attributes
    ----------
    name, title
        Of the scenario, and the question.
    forecasts
        Probability of each nation, by name of the forecast: the model's first, then the baselines'.
    digests
        What it rests on.
    """

    name: str
    title: str
    forecasts: Mapping[str, Probabilities]
    digests: Mapping[str, str]


def outlooks(case: Case, by: date, seed: int = 1, runs: int = RUNS) -> tuple[Outlook, Outlook]:
    """Forecast who is recorded to have declared soldiers on land by a day, and who contributes at all.

    Records of declarations are forecast, so readings may be a rung off, as they are of statements. The
    baselines of the first: what was last recorded, that with noise, and the model without interaction. Those
    of the second: past coalitions alone, without a word of these governments, and their base rate.

    Raises
    ------
    InputError
        If the day is not after the scenario's start.
    """
    days = (by - case.scenario.start).days
    rounds = days // case.scenario.days_per_round
    if rounds < 1:
        problem = f"{by} is not a round after the start of {case.scenario.name}, {case.scenario.start}"
        raise InputError(problem, key="--by")
    case = case.with_overrides({"rounds": rounds})
    still = last_statement_and_noise(case, declared_prior(), seed)
    alone = case.with_overrides({f"parameters.{name}": 0.0 for name in INTERACTION})
    chosen = Runs(runs, seed)
    with_all, without, noise = (_at_end(each, chosen) for each in (case, alone, still))
    land = {
        MODEL: recorded_as_committed(_stances(with_all, runs)),
        WITHOUT_INTERACTION: recorded_as_committed(_stances(without, runs)),
        NOISE: recorded_as_committed(_stances(noise, runs)),
        LAST_STATEMENT: recorded_as_committed(_last_statements(case)),
    }
    military = {
        MODEL: with_all.contributions[-1] / runs,
        PAST_ALONE: _past_alone(case),
        BASE_RATE: np.full(len(case.roster.iso3), learned(case.roster.past, case.roster.posterior).base_rate),
    }
    about, digests = case.scenario, case_digests(case)
    return (
        Outlook(about.name, f"{about.title}: soldiers on land declared", _named(case, land), digests),
        Outlook(about.name, f"{about.title}: any military contribution", _named(case, military), digests),
    )


def recorded_as_committed(stances: Floats) -> Floats:
    """Return the probability that each nation is recorded as committed, a rung off at times.

    Parameters
    ----------
    stances
        Probabilities of each stance, shape (nations, stances).
    """
    committed, next_below = stances[:, Stance.COMMITTED], stances[:, Stance.OPEN]
    return np.asarray((1.0 - MISREAD_AT_ENDS) * committed + MISREAD_BETWEEN / 2.0 * next_below)


def _at_end(case: Case, runs: Runs) -> Tally:
    return simulate_case(case, runs, lambda _first, _records: None, keep=AT_END)


def _stances(tally: Tally, runs: int) -> Floats:
    return np.asarray(tally.stances[-1] / runs)


def _last_statements(case: Case) -> Floats:
    """Return what was last recorded, with certainty; of who has not spoken, the shares of those who have."""
    recorded = [START_STANCE.get(position) for position in case.roster.positions_on(case.scenario.start)]
    spoken = np.array([np.eye(len(Stance))[stance] for stance in recorded if stance is not None])
    shares = spoken.mean(axis=0) if len(spoken) else np.full(len(Stance), 1.0 / len(Stance))
    return np.array([shares if stance is None else np.eye(len(Stance))[stance] for stance in recorded])


def _past_alone(case: Case) -> Floats:
    vocabulary = case.roster.vocabulary
    levels = case_levels(case.timeline, vocabulary.all_levels)
    command = vocabulary.commands[case.scenario.mandate.command]
    nothing = np.full(len(case.roster.iso3), np.nan)
    drawn = case_draws(case.roster, levels, command, nothing, levers=())
    return np.asarray((drawn.disposition > 0.0).mean(axis=0))


def _named(case: Case, forecasts: Mapping[str, Floats]) -> dict[str, Probabilities]:
    iso3 = case.roster.iso3
    return {name: dict(zip(iso3, values.tolist(), strict=True)) for name, values in forecasts.items()}
