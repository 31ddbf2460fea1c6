"""`coalition dashboard`."""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

import sim
from sim.inputs.errors import InputError

HERE = "127.0.0.1"
PAGE = Path(sim.__file__).parent / "dashboard" / "app.py"
OPTIONS: dict[str, str | list[str]] = {
    "server.address": HERE,
    "server.allowedHosts": [HERE, "localhost"],
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.corsAllowedOrigins": [f"http://{HERE}"],
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "1",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "theme.base": "light",
    "theme.textColor": "#000000",  # captions are a lighter shade of it, still to be read
    "theme.primaryColor": "#0072B2",
    "theme.headingFontSizes": ["2.25rem", "1.5rem"],
    "theme.metricValueFontSize": "1.6rem",
}
"""How Streamlit serves the page, whatever its configuration says: to this machine only, telling nobody."""


def dashboard(
    port: Annotated[
        int, typer.Option(help="Where the page is: http://127.0.0.1:PORT.", min=1, max=65535)
    ] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Open no browser.")] = False,
) -> None:
    """Move levers on a page in the browser and see who joins; ends with Ctrl-C."""
    try:
        from streamlit.web.cli import main as streamlit  # noqa: PLC0415 - may lack
    except ModuleNotFoundError:
        raise InputError("needs Streamlit: pip install 'coalition-sim[dashboard]'", key="dashboard") from None
    _check_free(port)
    sim.run(runs=1)  # compiled now, not when the first visitor waits
    options = {**OPTIONS, "server.port": str(port), "server.headless": str(headless).lower()}
    streamlit(["run", str(PAGE), *_flags(options)], standalone_mode=False)


def _flags(options: Mapping[str, str | list[str]]) -> Iterator[str]:
    """Return options as Streamlit's command takes them, one with several values once for each."""
    for name, values in options.items():
        yield from (f"--{name}={value}" for value in ([values] if isinstance(values, str) else values))


def _check_free(port: int) -> None:
    """Refuse a port that is taken, or kept for others."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError as error:
            problem = f"{HERE}:{port}: {(error.strerror or str(error)).lower()}; choose another"
            raise InputError(problem, key="--port") from None
