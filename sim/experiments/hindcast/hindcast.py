"""Hindcasts: what the model expected of waves that are past, scored against what was recorded."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.experiments.hindcast.baselines import baselines
from sim.experiments.hindcast.forecasts import (
    Forecast,
    Progress,
    forecast_wave,
    last_statement_and_noise,
    why,
    without_interaction,
    without_mechanisms,
)
from sim.experiments.hindcast.result import (
    MECHANISM_FREE,
    MODEL,
    NO_INTERACTION,
    RECORDED,
    STATEMENT,
    HindcastOptions,
    HindcastResult,
    Variant,
)
from sim.experiments.hindcast.waves import Wave, observe
from sim.experiments.rests_on import rests_on
from sim.inputs.case import Case
from sim.inputs.fit import fitted_to
from sim.inputs.hindcast_file import Hindcast, load_hindcast_cases
from sim.inputs.options import chosen_options
from sim.inputs.overrides import Overrides
from sim.inputs.prior import load_prior

SIMULATED = 5
"""How often each wave is simulated: four forecasts, and once to say why."""


def hindcast(
    source: Path | str = "europe-2025",
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    **options: int,
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
    **options
        Those of `HindcastOptions`: `runs`, `seed`, `threads`, `resamples`.

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
    chosen = chosen_options(HindcastOptions, options)
    declared, cases = load_hindcast_cases(source, overrides, parameters)
    return hindcast_cases(declared, cases, fitted_to(parameters), chosen)


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
        reasons=tuple(why(case, options.which, progress) for case in cases),
        marks=tuple(rests_on(case, options.seed, options.runs, options.threads) for case in cases),
    )


def simulated_runs(declared: Hindcast, options: HindcastOptions) -> int:
    """Return how many runs are simulated in all, for a progress bar."""
    return options.runs * SIMULATED * len(declared.waves)


def simulated_forecasts(
    case: Case, options: HindcastOptions, progress: Progress = lambda _: None
) -> dict[str, Forecast]:
    """Return the forecasts of the case's last round that need runs, by name."""
    cases = {
        MODEL: case,
        NO_INTERACTION: without_interaction(case),
        STATEMENT: last_statement_and_noise(case, load_prior(), options.seed),
        MECHANISM_FREE: without_mechanisms(case),
    }
    return {name: forecast_wave(each, options.which, progress) for name, each in cases.items()}


def scored_variants(
    declared: Hindcast, cases: Sequence[Case], simulated: Sequence[Mapping[str, Forecast]]
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
    name: str, title: str, waves: Sequence[Wave], simulated: Sequence[Mapping[str, Forecast]]
) -> Variant:
    """Return a way of scoring: waves, and for each the forecasts that need runs and those that need none."""
    forecasts = []
    for wave, given in zip(waves, simulated, strict=True):
        others = [other for other in waves if other is not wave and other.fitted]
        named = {key: forecast for key, forecast in given.items() if key != NO_INTERACTION}
        forecasts.append({**named, **baselines(wave.start, others)})
    return Variant(name, title, tuple(waves), tuple(forecasts))
