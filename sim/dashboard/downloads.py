"""What a visitor can take along: the setting as a scenario file, the tables, the figures."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from sim.dashboard.scenario_file import scenario_file
from sim.dashboard.setting import Setting
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.figures import FIGURES, ON_MAPS
from sim.results.spreadsheets import for_spreadsheets


def show_downloads(result: RunResult, setting: Setting) -> None:
    """Offer the setting, the tables and the figures; these are made when they are asked for."""
    st.header("Take it along")
    name, text = result.about.name, scenario_file(setting)
    left, middle, right = st.columns(3)
    with left:
        st.markdown("**The setting**")
        _button("Scenario file (TOML)", text, f"{name}-dashboard.toml")
        if setting.source.own is None:
            st.caption("The address of this page leads here too: scenario, changes, runs, seed, nation.")
    with middle:
        st.markdown("**The tables**")
        _button("Tables (Parquet, zip)", partial(packed_tables, result, "parquet"), f"{name}-parquet.zip")
        _button("Tables (CSV, zip)", partial(packed_tables, result, "csv"), f"{name}-csv.zip")
    with right:
        st.markdown("**The figures**")
        _offer_figures(result)
    with st.expander("The scenario file, and the command that runs the same"):
        st.code(setting.command(), language="bash", wrap_lines=True)
        st.code(text, language="toml", wrap_lines=True)


def _offer_figures(result: RunResult) -> None:
    """Let the visitor choose a figure."""
    has_map = result.case.roster.map_file is not None
    names = [name for name in FIGURES if has_map or name not in ON_MAPS]
    name = st.selectbox("Figure", names, key="figure", format_func=lambda name: name.replace("-", " "))
    for ending in ("svg", "png"):
        content = partial(figure_file, result, name, ending)
        _button(f"Figure ({ending.upper()})", content, f"{result.about.name}-{name}.{ending}")


def _button(label: str, data: str | Callable[[], bytes], file: str) -> None:
    st.download_button(label, data, file, key=f"download: {label}", on_click="ignore", width="stretch")


def packed_tables(result: RunResult, ending: str) -> bytes:
    """Return all tables of a result, as Parquet or CSV, in a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in result.tables.items():
            write = table.to_parquet if ending == "parquet" else for_spreadsheets(table).to_csv
            with archive.open(f"{name}.{ending}", "w") as file:
                write(file, index=False)
    return packed.getvalue()


def figure_file(result: RunResult, name: str, ending: str) -> bytes:
    """Return a figure as the content of a file."""
    with tempfile.TemporaryDirectory() as folder:
        (file,) = style.save(FIGURES[name](result), Path(folder), name, (ending,))
        return file.read_bytes()
