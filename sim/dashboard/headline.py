"""What comes first: what is run, and how large the coalition is at the end."""

from typing import Any

import streamlit as st

from sim.dashboard.setting import Setting
from sim.dashboard.words import change_words, difference_words, plain, runs_words
from sim.experiments.comparison.compare import Comparison
from sim.experiments.rests_on import FORCE_MET, verdicts
from sim.experiments.results import RunResult
from sim.outputs.report.run import members
from sim.outputs.words import percent, percent_interval, thousands

WIDTHS = {"size": 3, "contributors": 3, "force": 4, "fielded": 3, "p_force_met": 3}
"""By measure: how wide its tile is, beside the others."""

DIFFERENCES = {
    "size": (1.0, 2, ""),
    "contributors": (1.0, 2, ""),
    "force": (1.0, 0, ""),
    "fielded": (1.0, 0, ""),
    "p_force_met": (100.0, 1, " points"),
}
"""By measure: what its difference is multiplied with, how many decimals it has, and its unit."""


def show_title(result: RunResult, setting: Setting) -> None:
    """Show what is run, and what is changed of it."""
    scenario, changed = result.case.scenario, change_words(setting, result.case)
    later = sum(event.round > 1 for event in result.about.events)
    words = f"Set from the first round on: {changed}." if changed else "As the scenario says."
    if changed and later:
        words += f" The scenario's later events ({later}) still happen, and may set levels anew."
    words += (
        f" {scenario.start:%-d %B %Y} and {scenario.rounds} rounds of {scenario.days_per_round} days. "
        "Forecast are declarations (a nation says that it will send soldiers, or gives any military means); "
        "in the field are those who may be sent once a ceasefire holds, a third of the pledge at a time."
    )
    st.title(plain(result.about.title))
    st.caption(plain(words))
    st.write(plain(" ".join(members(result))))


def show_numbers(result: RunResult, comparison: Comparison | None) -> None:
    """Show both outcomes, the force, what each rests on, and how that differs from a pinned setting."""
    differences = _differences(comparison)
    for measure, column, (label, value) in zip(
        WIDTHS, st.columns([*WIDTHS.values()]), _numbers(result), strict=True
    ):
        column.metric(
            label, value, differences.get(measure), delta_color="off", delta_arrow="off", border=True
        )
    also = " Below: differences from the pinned setting, paired, with 95 % intervals." if comparison else ""
    st.caption(
        f"On {result.rounds['date'].iloc[-1]:%-d %B %Y}: means, in brackets the range of 90 % of the runs; "
        "of P the 95 % interval. What each rests on is the worst of what decides it: learned from past "
        "coalitions, likely, not told by them, fitted to what governments said in three waves, or assumed. "
        f"{runs_words(result.number_of_runs, result.seed)}{also}"
    )


def _numbers(result: RunResult) -> list[tuple[str, str]]:
    """Return label, with what it rests on, and value of what is shown."""
    end, required = result.rounds.iloc[-1], thousands(result.about.force_required)
    told = verdicts(result.rests_on)
    met = f"{percent(end.p_force_met)} [{percent_interval(end.p_force_met_low, end.p_force_met_high)}]"
    return [
        (f"Nations that declare soldiers on land ({told['size']})", _mean_and_range(end, "size", 1)),
        (f"Nations that contribute at all ({told['contributors']})", _mean_and_range(end, "contributors", 1)),
        (f"Soldiers pledged ({told['force']})", _mean_and_range(end, "force")),
        (f"Of them in the field ({told['fielded']})", _mean_and_range(end, "fielded")),
        (f"P(pledged >= {required}) ({told[FORCE_MET]})", met),
    ]


def _mean_and_range(end: Any, measure: str, decimals: int = 0) -> str:
    """Return a mean with the range of 90 % of the runs."""
    mean, low, high = (end[f"{measure}_{column}"] for column in ("mean", "q05", "q95"))
    return f"{thousands(mean, decimals)} [{thousands(low)}-{thousands(high)}]"


def _differences(comparison: Comparison | None) -> dict[str, str]:
    """Return the differences from a pinned setting by measure, in words."""
    if comparison is None:
        return {}
    rows = comparison.coalition.set_index("measure").to_dict("index")
    return {
        measure: difference_words(rows[measure], factor, decimals) + unit
        for measure, (factor, decimals, unit) in DIFFERENCES.items()
    }
