"""What comes first: what is run, and how large the coalition is at the end."""

import streamlit as st

from sim.dashboard.setting import Setting
from sim.dashboard.words import change_words, difference_words, plain, runs_words
from sim.experiments.comparison.compare import Comparison
from sim.experiments.results import RunResult
from sim.outputs.report.run import headline
from sim.outputs.words import percent, percent_interval, thousands

DIFFERENCES = {"size": (1.0, 2, ""), "force": (1.0, 0, ""), "p_force_met": (100.0, 1, " points")}
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
        "Forecast are declarations (a nation says that it will send troops), not deployments."
    )
    _, _, *who = headline(result)
    st.title(plain(result.about.title))
    st.caption(plain(words))
    st.write(plain(" ".join(who)))


def show_numbers(result: RunResult, comparison: Comparison | None) -> None:
    """Show size, force and whether it is enough, and how that differs from a pinned setting."""
    differences = _differences(comparison)
    for column, (measure, label, value) in zip(st.columns([2, 3, 2]), _numbers(result), strict=True):
        column.metric(
            label, value, differences.get(measure), delta_color="off", delta_arrow="off", border=True
        )
    also = " Below: differences from the pinned setting, paired, with 95 % intervals." if comparison else ""
    st.caption(
        f"On {result.rounds['date'].iloc[-1]:%-d %B %Y}: means, in brackets the range of 90 % of the runs; "
        f"of P the 95 % interval. {runs_words(result.number_of_runs, result.seed)}{also}"
    )


def _numbers(result: RunResult) -> list[tuple[str, str, str]]:
    """Return measure, label and value of what is shown."""
    end, required = result.rounds.iloc[-1], thousands(result.about.force_required)
    force = f"{thousands(end.force_mean)} [{thousands(end.force_q05)}-{thousands(end.force_q95)}]"
    met = f"{percent(end.p_force_met)} [{percent_interval(end.p_force_met_low, end.p_force_met_high)}]"
    return [
        ("size", "Nations committed", f"{end.size_mean:.1f} [{end.size_q05:.0f}-{end.size_q95:.0f}]"),
        ("force", "Soldiers pledged", force),
        ("p_force_met", f"P(force >= {required})", met),
    ]


def _differences(comparison: Comparison | None) -> dict[str, str]:
    """Return the differences from a pinned setting by measure, in words."""
    if comparison is None:
        return {}
    rows = comparison.coalition.set_index("measure").to_dict("index")
    return {
        measure: difference_words(rows[measure], factor, decimals) + unit
        for measure, (factor, decimals, unit) in DIFFERENCES.items()
    }
