"""What comes first: what is run, and how large the coalition is at the end."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from sim.dashboard.levers import FROM_THE_FIRST_ROUND
from sim.dashboard.setting import Setting
from sim.dashboard.words import change_words, difference_words, plain, runs_words
from sim.experiments.comparison.result import DIFFERENCE, Comparison
from sim.experiments.rests_on import FORCE_MET, verdicts
from sim.experiments.results import RunResult
from sim.outputs.course import UNTOLD, ever_enough, peak, who_left
from sim.outputs.headline import members
from sim.outputs.words import WORST_OF, counted, date_words, enough, mark, percent, thousands

TILES = (("size", "contributors"), ("force", "fielded", "p_force_met"))
"""What stands beside each other: who is in it, and how many soldiers that makes."""

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
    later = sum(event.round > 1 for event in result.about.past_events) + len(result.about.possible_events)
    words = changed or "As the scenario says."
    if changed.startswith(FROM_THE_FIRST_ROUND) and later:
        words += f" The scenario's later events ({later}) still happen, and may set levels anew."
    words += (
        f" {date_words(scenario.start)} and {counted(scenario.rounds, 'round')} of "
        f"{counted(scenario.days_per_round, 'day')}. "
        "Forecast are declarations (a nation says that it will send soldiers, or gives any military means); "
        "in the field are those who may be sent once a ceasefire holds, a third of the pledge at a time."
    )
    st.title(plain(result.about.title))
    st.caption(plain(words))
    st.write(plain(" ".join(members(result))))


def show_numbers(result: RunResult, comparison: Comparison | None) -> None:
    """Show both outcomes, the force, what each rests on, and how that differs from a pinned setting."""
    differences, shown = _differences(comparison), _numbers(result)
    for measures in TILES:
        for measure, column in zip(measures, st.columns(len(measures)), strict=True):
            label, value = shown[measure]
            column.metric(
                label, value, differences.get(measure), delta_color="off", delta_arrow="off", border=True
            )
    also = " Below: differences from the pinned setting, paired, with 95 % intervals." if comparison else ""
    st.write(plain(" ".join(course(result))))
    st.caption(
        f"On {date_words(result.rounds['date'].iloc[-1])}: means, in brackets the range of 90 % of the runs; "
        f"of P the 95 % interval. What each rests on is {WORST_OF} "
        f"{runs_words(result.number_of_runs, result.seed)}{also}"
    )


def course(result: RunResult) -> Iterator[str]:
    """Say whether it was ever enough, how large it was at most, and who left it."""
    yield f"At some time, not only at the end, so many are pledged in {ever_enough(result)} {UNTOLD}."
    top = peak(result.rounds, "size")
    if top is not None:
        yield (
            f"It was largest on {date_words(top.date)}: {top.size_mean:.1f} nations ({top.size_q05:.0f} to "
            f"{top.size_q95:.0f}) declared soldiers on land, {thousands(top.force_mean)} "
            f"({thousands(top.force_q05)} to {thousands(top.force_q95)}) {UNTOLD}."
        )
    top = peak(result.rounds, "fielded")
    if top is not None:
        yield (
            f"Most soldiers were in the field on {date_words(top.date)}: {thousands(top.fielded_mean)} "
            f"({thousands(top.fielded_q05)} to {thousands(top.fielded_q95)}) {UNTOLD}."
        )
    if left := who_left(result):
        names = ", ".join(f"{name} {percent(share)}" for name, share in left)
        yield f"In it at some time and out at the end: {names} {UNTOLD}."


def _numbers(result: RunResult) -> dict[str, tuple[str, str]]:
    """Return, by measure, label with what it rests on, and value."""
    end, required = result.rounds.iloc[-1], thousands(result.about.force_required)
    rests_on = verdicts(result.rests_on)
    met = enough(result.about, end.p_force_met, end.p_force_met_low, end.p_force_met_high)
    return {
        "size": (f"Nations that declare soldiers on land {mark(rests_on['size'])}", _nations(end, "size")),
        "contributors": (
            f"Nations that give any military means {mark(rests_on['contributors'])}",
            _nations(end, "contributors"),
        ),
        "force": (f"Soldiers pledged {mark(rests_on['force'])}", _soldiers(end, "force")),
        "fielded": (f"Of them in the field {mark(rests_on['fielded'])}", _soldiers(end, "fielded")),
        "p_force_met": (f"P(pledged >= {required}) {mark(rests_on[FORCE_MET])}", met),
    }


def _nations(end: Any, measure: str) -> str:
    """Return a mean number of nations with the range of 90 % of the runs."""
    mean, low, high = (end[f"{measure}_{column}"] for column in ("mean", "q05", "q95"))
    return f"{mean:.1f} [{low:.0f}-{high:.0f}]"


def _soldiers(end: Any, measure: str) -> str:
    """Return a mean number of soldiers with the range of 90 % of the runs."""
    mean, low, high = (thousands(end[f"{measure}_{column}"]) for column in ("mean", "q05", "q95"))
    return f"{mean} [{low}-{high}]"


def _differences(comparison: Comparison | None) -> dict[str, str]:
    """Return the differences from a pinned setting by measure, in words, with what each rests on."""
    if comparison is None:
        return {}
    rows = comparison.coalition.set_index("measure").to_dict("index")
    rests_on = comparison.verdicts(comparison.about.names[1], DIFFERENCE)
    return {
        measure: f"{difference_words(rows[measure], factor, decimals)}{unit} {mark(rests_on[measure])}"
        for measure, (factor, decimals, unit) in DIFFERENCES.items()
    }
