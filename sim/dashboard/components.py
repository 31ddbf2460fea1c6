"""Parts of the page that have scripts of their own, in `parts`: HTML, CSS and JavaScript of a name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

PARTS = Path(__file__).parent / "parts"


def mount(name: str, data: Any, on_nation: Callable[[str], None] = lambda _: None, key: str = "") -> None:
    """Show a part of the page.

    Parameters
    ----------
    name
        Of its files.
    data
        What its script is handed.
    on_nation
        Told the code of a nation that the visitor clicks.
    key
        What this part is called where there are several of a name.
    """
    key = key or name
    html, css, js = ((PARTS / f"{name}.{ending}").read_text("utf-8") for ending in ("html", "css", "js"))

    def clicked() -> None:
        on_nation(st.session_state[key]["nation"])

    component = st.components.v2.component(name, html=html, css=css, js=js)
    component(data=data, key=key, on_nation_change=clicked)
