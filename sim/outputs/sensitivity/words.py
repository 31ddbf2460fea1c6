"""Words of sensitivity analyses: outcomes, units, numbers of points and runs."""

from sim.experiments.sensitivity.result import Sensitivity
from sim.experiments.statistics import Interval
from sim.experiments.sweep.point_model import OutcomeOfNation
from sim.outputs.words import counted, percent_with_interval, thousands

NATIONS = ("size", "contributors")
"""Outcomes that count nations."""

PARTS = {"morris": "elementary effects", "sobol": "Sobol indices", "discovery": "conditions"}


def outcome_name(result: Sensitivity, outcome: OutcomeOfNation) -> str:
    """Return what an outcome is."""
    kind, iso3 = outcome
    varies = "force_required" in result.factors.paths
    required = "required" if varies else f"{thousands(result.about.force_required)} soldiers"
    names = {
        "size": "the size of the coalition",
        "contributors": "how many contribute any military means",
        "force": "the soldiers pledged",
        "p_force_met": f"P(pledged >= {required})",
        "p_committed": f"P(committed), {_nation(result, iso3)}",
    }
    return names[kind]


def factor_labels(result: Sensitivity) -> dict[str, str]:
    """Return what each factor is called, by its path."""
    return {factor.path: factor.name.removeprefix("parameters.") for factor in result.factors.all}


def factor_kinds(result: Sensitivity) -> dict[str, str]:
    """Return whether each factor is a lever or an uncertainty, by its path."""
    levers = {factor.path for factor in result.factors.levers}
    return {path: "lever" if path in levers else "uncertainty" for path in result.factors.paths}


def share_text(interval: Interval) -> str:
    """Return a share and its interval."""
    return percent_with_interval(*map(float, interval))


def level_text(level: float) -> str:
    """Return a value of a factor."""
    return thousands(level) if abs(level) >= 1000 else f"{level:.3g}"


def unit(outcome: OutcomeOfNation) -> str:
    """Return what an outcome is counted in."""
    return {**dict.fromkeys(NATIONS, "nations"), "force": "soldiers"}.get(outcome[0], "probability")


def number(outcome: OutcomeOfNation, value: float) -> str:
    """Return a value of an outcome."""
    if outcome[0] == "force":
        return thousands(value)
    return f"{value:.1f}" if outcome[0] in NATIONS else f"{value:.2f}"


def effort(result: Sensitivity, *parts: str) -> str:
    """Return how many points and runs something rests on."""
    points = " + ".join(f"{result.points[part]:,}" for part in parts)
    options = result.options
    return (
        f"{points} points, {counted(options.number, 'run')} at each, the same draws at all of them; "
        f"seed {options.seed}"
    )


def noise_note(result: Sensitivity, outcome: OutcomeOfNation) -> str:
    """Return how much of an outcome's variance chance could account for; nothing varies without any."""
    spread = result.of(result.spread, outcome).iloc[0]
    if not spread["deviation"] > 0.0:
        main = "sobol" if "sobol" in result.points else "morris"
        return f"The outcome is the same at every point: {effort(result, main)}."
    if spread["runs"] == 1:
        return "How much of the variance chance accounts for cannot be told from one run at each point."
    if spread["noise"] >= 1.0:
        return "The number of runs could account for all of the variance: more runs would tell."
    return f"The number of runs accounts for at most {spread['noise'] * 100:.1f} % of the variance."


def _nation(result: Sensitivity, iso3: str) -> str:
    return result.about.nations.get(iso3, "")
