"""The table of nations, with what holds each back."""

from collections.abc import Callable
from dataclasses import asdict

import streamlit as st

from sim.dashboard.components import mount
from sim.experiments.results import RunResult
from sim.outputs.tables import INTERVALS, LEGEND, nations_table


def show_nations(result: RunResult, on_nation: Callable[[str], None]) -> None:
    """Show a row a nation, as reports do; a click on a nation returns its code."""
    st.header("Nation by nation")
    by_name = dict(zip(result.case.roster.names, result.case.roster.iso3, strict=True))
    table = nations_table(result)
    legend = f"{INTERVALS} {LEGEND}"
    shown = {"table": asdict(table), "numbers": table.numbers, "legend": legend, "codes": by_name}
    mount("nations", shown, on_nation)
