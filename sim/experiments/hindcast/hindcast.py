"""Hindcasts: what the model expected of waves that are past, scored against what was recorded."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.experiments.hindcast.baselines import baselines
from sim.experiments.hindcast.forecasts import (
    Forecast,
    Progress,
    forecast_waves,
    is_pressed,
    why,
    without_decision_pressure,
    without_mechanisms,
)
from sim.experiments.hindcast.result import (
    CARRIED_FORWARD,
    MECHANISM_FREE,
    MODEL,
    NO_PRESSURE,
    RECORDED,
    HindcastOptions,
    HindcastResult,
    Variant,
)
from sim.experiments.hindcast.waves import Wave, observe
from sim.experiments.run import RunOptions
from sim.inputs.case import Case
from sim.inputs.fit import fitted_to
from sim.inputs.hindcast_file import Hindcast, load_hindcast_case
from sim.inputs.options import chosen_options
from sim.inputs.overrides import Overrides

ByWave = list[dict[str, Forecast]]
"""For each wave the forecasts by name."""


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
        Changes to its scenario, as ``coalition hindcast --set`` takes them.
    parameters
        File of behavioural parameters; the bundled ones if none.
    **options
        Those of `HindcastOptions`: `runs`, `seed`, `threads`, `resamples`.

    Returns
    -------
    HindcastResult
        Tables `waves`, `scores`, `differences`, `sources`, `nations`, `terms` and `reliability`.

    Raises
    ------
    InputError
        For any mistake in the hindcast, the scenario, the roster, the parameters or the options.

    Examples
    --------
    >>> result = hindcast(runs=200)
    >>> result.waves["nations"].tolist()
    [33, 32]
    """
    chosen = chosen_options(HindcastOptions, options)
    declared, case = load_hindcast_case(source, overrides, parameters)
    return hindcast_case(declared, case, fitted_to(parameters), chosen)


def hindcast_case(
    declared: Hindcast,
    case: Case,
    fitted: tuple[str, ...] | None,
    options: HindcastOptions,
    progress: Progress = lambda _: None,
) -> HindcastResult:
    """Score a case against what was recorded.

    Parameters
    ----------
    declared, case
        As `load_hindcast_case` returns them.
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
    runs = RunOptions(runs=options.runs, seed=options.seed, threads=options.threads)
    waves = observe(declared, case)

    def simulated(given: Case) -> ByWave:
        rounds = [wave.round for wave in waves]
        both = [
            forecast_waves(each, rounds, declared.coding_error, runs, progress)
            for each in (given, without_mechanisms(given))
        ]
        return [{MODEL: model, MECHANISM_FREE: free} for model, free in zip(*both, strict=True)]

    return HindcastResult(
        hindcast=declared,
        case=case,
        options=options,
        fitted_to=fitted,
        variants=tuple(_variants(declared, case, waves, simulated)),
        reasons=tuple(why(case, wave.round, runs, progress) for wave in waves),
    )


def simulated_runs(declared: Hindcast, case: Case, options: HindcastOptions) -> int:
    """Return how many runs are simulated in all, for a progress bar."""
    cases = 2 * (1 + is_pressed(case))
    return options.runs * (cases + len(declared.waves))


def _variants(
    declared: Hindcast, case: Case, waves: Sequence[Wave], simulated: Callable[[Case], ByWave]
) -> list[Variant]:
    """Return the ways in which the hindcast is scored: as recorded first."""
    usual = simulated(case)
    error = declared.coding_error
    variants = [_variant(RECORDED, "as recorded", waves, usual, error)]
    if is_pressed(case):
        calm = simulated(without_decision_pressure(case))
        variants.append(_variant(NO_PRESSURE, "decision pressure 0 throughout", waves, calm, error))
    if any(wave.carried_forward.any() for wave in waves):
        fresh = [wave.without(wave.carried_forward) for wave in waves]
        title = "without records carried forward"
        variants.append(_variant(CARRIED_FORWARD, title, fresh, usual, error))
    for reading in declared.readings:
        read = observe(declared, case, reading)
        variants.append(_variant(reading.name, reading.title, read, usual, error))
    return variants


def _variant(name: str, title: str, waves: Sequence[Wave], simulated: ByWave, coding_error: float) -> Variant:
    """Return a way of scoring: waves, and for each the model's forecasts and the baselines'."""
    forecasts = []
    for wave, given in zip(waves, simulated, strict=True):
        others = [other for other in waves if other is not wave]
        forecasts.append({**given, **baselines(wave.start, others, coding_error)})
    return Variant(name, title, tuple(waves), tuple(forecasts))
