"""A real browser, and the dashboard as `coalition dashboard` serves it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install '.[test]'")
pytest.importorskip("axe_playwright_python", reason="needs axe-core: pip install '.[test]'")
pytest.importorskip("streamlit", reason="needs Streamlit: pip install '.[dashboard]'")

from browsing import DESKTOP, Visit, Watched, is_here  # noqa: E402 - needs what may be missing

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

WATCHED = """\
import json, sys
from sim.cli import main

log = open(sys.argv.pop(1), "a", buffering=1)

def note(event, arguments):
    place = {"socket.connect": 1, "socket.getaddrinfo": 0}.get(event)
    if place is not None:
        log.write(json.dumps([event, str(arguments[place])]) + "\\n")

sys.addaudithook(note)
main()
"""
"""The command, with every address that the server looks up or connects to written down."""


CARELESS = """\
[server]
address = "0.0.0.0"
enableCORS = false
enableXsrfProtection = false
corsAllowedOrigins = ["http://elsewhere.example"]
allowedHosts = ["*"]
"""
"""Streamlit's configuration in the folder where the command is given: it might be somebody else's."""


class Served(NamedTuple):
    """The dashboard while it runs."""

    address: str
    log: Path
    process: int

    def connections(self) -> list[str]:
        """Return what the server has looked up or connected to so far."""
        return [json.loads(line)[1] for line in self.log.read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium to open pages in: tabs of one profile, who could see each other's traces."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"needs a browser: apt-get install chromium (looked for {', '.join(BROWSERS)})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser.new_context()
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The dashboard, started as users start it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("dashboard")
    log, careless = folder / "connections.log", folder / ".streamlit" / "config.toml"
    log.touch()
    careless.parent.mkdir()
    careless.write_text(CARELESS)
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", WATCHED, log, "dashboard", "--headless", "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"URL: (http://\S+)", line):
                yield Served(found[1], log, process.pid)
                break
        else:
            pytest.fail(f"the dashboard did not start: {''.join(lines)}")
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture
def opened(chromium: Any) -> Iterator[list[Watched]]:
    """The pages that a test opens; none of them may complain, nor ask anything of another machine."""
    pages: list[Watched] = []
    yield pages
    for each in pages:
        each.page.close()
    assert [complaint for each in pages for complaint in each.complaints] == []
    assert [url for each in pages for url in each.requested if not is_here(url)] == []


@pytest.fixture
def visit(chromium: Any, served: Served, opened: list[Watched]) -> Callable[..., Visit]:
    """Open the dashboard, each time as another visitor."""

    def open_dashboard(size: dict[str, int] = DESKTOP, address: str = served.address) -> Visit:
        visited = Visit(chromium, address, size)
        opened.append(visited)
        return visited

    return open_dashboard


@pytest.fixture
def read(chromium: Any, opened: list[Watched]) -> Callable[..., Watched]:
    """Open a file as a reader does who has been sent it: from disk."""

    def open_file(file: Path, size: dict[str, int] = DESKTOP) -> Watched:
        opened.append(Watched(chromium, file.as_uri(), size))
        return opened[-1]

    return open_file
