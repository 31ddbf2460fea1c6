"""What is computed for the page, each kept for when it is asked for again, by whomever."""

import streamlit as st

from sim.dashboard.setting import Setting
from sim.experiments.comparison.compare import compare_cases
from sim.experiments.comparison.result import Comparison
from sim.experiments.explain.answers import ExplainOptions, Explanation, explain_case
from sim.experiments.results import RunResult
from sim.experiments.run import run
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.inputs.questions import load_questions
from sim.results.identity import case_digest

MOST_EXPLAINED = 500
"""Runs that an explanation rests on: every term of each is kept."""


def simulated(setting: Setting) -> RunResult:
    """Return the runs of a setting.

    Raises
    ------
    InputError
        For any mistake in the setting.
    """
    case = setting.case()
    return _simulated(key_of(case), setting.runs, setting.seed, case)


def compared(reference: Setting, setting: Setting) -> Comparison:
    """Return how a setting differs from another, over the same runs: as many as the setting says.

    Raises
    ------
    InputError
        For any mistake in the settings, and where their runs cannot be paired.
    """
    cases = reference.case(), setting.case()
    keys = key_of(cases[0]), key_of(cases[1])
    return _compared(keys, setting.runs, setting.seed, cases)


def explained(setting: Setting, nation: int, section: str) -> Explanation:
    """Return the answer to a question about a nation.

    Raises
    ------
    InputError
        For any mistake in the setting.
    """
    case = setting.case()
    options = ExplainOptions(min(setting.runs, MOST_EXPLAINED), setting.seed, only=(section,))
    return _explained(key_of(case), nation, options, case)


def key_of(case: Case) -> str:
    """Return what distinguishes cases: all that determines their runs, and all that describes them."""
    return f"{case_digest(case)} {case.scenario.name} {case.scenario.model_dump_json()}"


@st.cache_resource(max_entries=32, show_spinner=False)
def _simulated(key: str, runs: int, seed: int, _case: Case) -> RunResult:  # noqa: ARG001 - the key
    return run(_case, runs=runs, seed=seed)


@st.cache_resource(max_entries=16, show_spinner=False)
def _compared(keys: tuple[str, str], runs: int, seed: int, _cases: tuple[Case, Case]) -> Comparison:  # noqa: ARG001
    return compare_cases(_cases, Runs(runs, seed))


@st.cache_resource(max_entries=32, show_spinner=False)
def _explained(key: str, nation: int, options: ExplainOptions, _case: Case) -> Explanation:  # noqa: ARG001
    return explain_case(_case, (nation,), load_questions(), options)
