"""Hindcasts: what the model expected of waves that are past, scored against what was recorded."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.experiments.hindcast.baselines import baselines
from sim.experiments.hindcast.forecasts import (
    PositionForecast,
    forecast_wave,
    last_statement_and_noise,
    why,
    without_interaction,
    without_mechanisms,
)
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.result import (
    MECHANISM_FREE,
    MODEL,
    NO_INTERACTION,
    RECORDED,
    STATEMENT,
    HindcastResult,
    Variant,
)
from sim.experiments.hindcast.waves import Wave, observe
from sim.experiments.progress import Progress
from sim.experiments.rests_on import rests_on
from sim.inputs.case import Case
from sim.inputs.fit import fitted_to
from sim.inputs.hindcast_file import Hindcast, load_hindcast_cases
from sim.inputs.overrides import Overrides
from sim.inputs.prior import load_prior
from sim.results.about import shown_digest
from sim.system.manifests import FORMAT

FOLDER = "hindcast"

SIMULATED = 5
"""How often each wave is simulated: four forecasts, and once to say why."""


def hindcast(
    source: Path | str = "europe-2025",
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    runs: int = 4000,
    seed: int = 1,
    threads: int = 0,
    resamples: int = 10_000,
) -> HindcastResult:
    """Score the model against positions that were recorded, beside forecasts that know nothing of it.

    Parameters
    ----------
    source
        A hindcast file, or the name of a bundled one.
    overrides
        Changes to its scenarios, as ``coalition hindcast --set`` takes them.
    parameters
        File of behavioural parameters; the bundled ones if none.
    runs, seed, threads, resamples
        As in `HindcastOptions`.

    Returns
    -------
    HindcastResult
        Tables `waves`, `scores`, `differences`, `sources`, `nations`, `terms`, `reliability` and `rests_on`.

    Raises
    ------
    InputError
        For any mistake in the hindcast, the scenarios, the roster, the parameters or the options.

    Examples
    --------
    >>> result = hindcast(runs=200)
    >>> result.waves["nations"].tolist()
    [27, 22, 22]
    """
    options = HindcastOptions(runs, seed, threads, resamples=resamples)
    declared, cases = load_hindcast_cases(source, overrides, parameters)
    return hindcast_cases(declared, cases, fitted_to(parameters), options)


def hindcast_cases(
    declared: Hindcast,
    cases: Sequence[Case],
    fitted: tuple[str, ...] | None,
    options: HindcastOptions,
    progress: Progress = lambda _: None,
) -> HindcastResult:
    """Score the cases of a hindcast against what was recorded.

    Parameters
    ----------
    declared, cases
        As `load_hindcast_cases` returns them.
    fitted
        What the parameters were fitted to, see `fitted_to`.
    options
        Which runs.
    progress
        Told the number of runs each time some are done; of `simulated_runs` in all.

    Raises
    ------
    InputError
        If the records cannot be read.
    """
    simulated = [simulated_forecasts(case, options, progress) for case in cases]
    return HindcastResult(
        hindcast=declared,
        case=cases[0],
        options=options,
        fitted_to=fitted,
        variants=scored_variants(declared, cases, simulated),
        reasons=tuple(why(case, options, progress) for case in cases),
        marks=tuple(rests_on(case, options.seed, options.number, options.threads) for case in cases),
    )


def hindcast_folder(
    declared: Hindcast,
    cases: Sequence[Case],
    fitted: tuple[str, ...] | None,
    options: HindcastOptions,
    *,
    csv: bool = False,
) -> Path:
    """Return the folder of a hindcast, ``hindcast/NAME/ID``: the same inputs and files have the same."""
    records = [
        declared.records(case, wave, reading)
        for reading in (None, *declared.readings)
        for case, wave in zip(cases, declared.waves, strict=True)
    ]
    shown = [shown_digest(case) for case in cases]
    which = [declared.model_dump(mode="json"), records, fitted, csv]
    counted = [options.seed, options.number, options.resamples]
    inputs = f"{shown} {which} {counted} {FORMAT}"
    return Path(FOLDER, declared.name, hashlib.sha256(inputs.encode()).hexdigest()[:12])


def simulated_runs(declared: Hindcast, options: HindcastOptions) -> int:
    """Return how many runs are simulated in all, for a progress bar."""
    return options.number * SIMULATED * len(declared.waves)


def simulated_forecasts(
    case: Case, options: HindcastOptions, progress: Progress = lambda _: None
) -> dict[str, PositionForecast]:
    """Return the forecasts of the case's last round that need runs, by name."""
    cases = {
        MODEL: case,
        NO_INTERACTION: without_interaction(case),
        STATEMENT: last_statement_and_noise(case, load_prior(), options.seed),
        MECHANISM_FREE: without_mechanisms(case),
    }
    return {name: forecast_wave(each, options, progress) for name, each in cases.items()}


def scored_variants(
    declared: Hindcast, cases: Sequence[Case], simulated: Sequence[Mapping[str, PositionForecast]]
) -> tuple[Variant, ...]:
    """Return the ways of scoring forecasts of each wave: as recorded, without interaction, other readings.

    Parameters
    ----------
    declared, cases
        As `load_hindcast_cases` returns them.
    simulated
        The forecasts of each wave, see `simulated_forecasts`; there may be further ones.
    """
    waves = observe(declared, cases)
    quiet = [{**each, MODEL: each[NO_INTERACTION]} for each in simulated]
    return (
        _variant(RECORDED, "as recorded", waves, simulated),
        _variant(NO_INTERACTION, "no nation moves another", waves, quiet),
        *(
            _variant(reading.name, reading.title, observe(declared, cases, reading), simulated)
            for reading in declared.readings
        ),
    )


def _variant(
    name: str, title: str, waves: Sequence[Wave], simulated: Sequence[Mapping[str, PositionForecast]]
) -> Variant:
    """Return a way of scoring: waves, and for each the forecasts that need runs and those that need none."""
    forecasts = []
    for wave, by_name in zip(waves, simulated, strict=True):
        others = [other for other in waves if other is not wave and other.fitted]
        named = {key: forecast for key, forecast in by_name.items() if key != NO_INTERACTION}
        forecasts.append({**named, **baselines(wave.start, others)})
    return Variant(name, title, tuple(waves), tuple(forecasts))
