"""The page. `coalition dashboard` starts it; Streamlit runs it from top to bottom at every move."""

from typing import NamedTuple

import streamlit as st

from sim.dashboard.comparison import Pinned, pinned, show_differences, show_pin
from sim.dashboard.controls import choose_setting
from sim.dashboard.downloads import show_downloads
from sim.dashboard.explanation import choose_nation, chosen_nation, show_explanation
from sim.dashboard.headline import show_numbers, show_title
from sim.dashboard.link import keep_link, open_link
from sim.dashboard.nations import show_nations
from sim.dashboard.setting import Setting, words_of
from sim.dashboard.simulated import compared, simulated
from sim.dashboard.stage import show_stage
from sim.dashboard.words import plain
from sim.experiments.comparison.result import Comparison
from sim.experiments.results import RunResult
from sim.inputs.errors import InputError


def main() -> None:
    """Show the page, or say what is wrong with the inputs."""
    st.set_page_config(page_title="coalition dashboard", layout="wide")
    open_link()
    try:
        show_page(choose_setting())
    except InputError as error:
        st.query_params.clear()  # no link leads here
        st.error(plain(words_of(error)))


def show_page(setting: Setting) -> None:
    """Show what a setting leads to."""
    result = simulated(setting)
    keep_link(setting, chosen_nation(result))
    against = compared_with(pinned(), setting)
    show_title(result, setting)
    show_numbers(result, against and against.comparison)
    show_pin(result, setting)
    show_stage(result, against and against.result, chosen_nation(result), choose_nation)
    show_nations(result, choose_nation)
    if against:
        show_differences(against.comparison)
    show_explanation(result, setting)
    show_downloads(result, setting)


class Against(NamedTuple):
    """What is shown beside a setting: the pinned one's result, and how the two differ."""

    result: RunResult
    comparison: Comparison


def compared_with(kept: Pinned | None, setting: Setting) -> Against | None:
    """Return what a setting is compared with; say so where it cannot be."""
    if kept is None:
        return None
    try:
        return Against(simulated(kept.setting), compared(kept.setting, setting))
    except InputError as error:
        st.warning(plain(f"Cannot be compared with the pinned setting: {words_of(error)}"))
        return None


if __name__ == "__main__":
    main()
