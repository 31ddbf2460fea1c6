"""A real browser, and the dashboard as `coalition dashboard` serves it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install '.[test]'")
pytest.importorskip("streamlit", reason="needs Streamlit: pip install '.[dashboard]'")

SCREENSHOTS = Path(__file__).parents[2] / "results" / "browser"
"""Where what was seen is kept; git ignores it."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1400, "height": 1000}

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


class Served(NamedTuple):
    """The dashboard while it runs."""

    address: str
    log: Path

    def connections(self) -> list[str]:
        """Return what the server has looked up or connected to so far."""
        return [json.loads(line)[1] for line in self.log.read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"needs a browser: apt-get install chromium (looked for {', '.join(BROWSERS)})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The dashboard, started as users start it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("dashboard") / "connections.log"
    log.touch()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", WATCHED, log, "dashboard", "--headless", "--port", str(port)],
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
                yield Served(found[1], log)
                break
        else:
            pytest.fail(f"the dashboard did not start: {''.join(lines)}")
    finally:
        process.terminate()
        process.communicate(timeout=30)


class Visit:
    """A visitor's page, and what went wrong on it."""

    def __init__(self, browser: Any, address: str, size: dict[str, int]) -> None:
        self.context = browser.new_context(viewport=size, accept_downloads=True)
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda found: self.requested.append(found.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda told: self.complaints.append(told.text) if told.type == "error" else None
        )
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until everything is drawn."""
        self.page.locator(".stage .now:not(:empty)").wait_for(timeout=60_000)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)

    def set_lever(self, label: str, key: str, times: int = 1) -> None:
        """Press a key on a slider, and wait until the page has answered."""
        before = self.numbers()
        self.page.get_by_role("slider", name=label).focus()
        for _ in range(times):
            self.page.keyboard.press(key)
        self.page.wait_for_function(f"document.body.innerText.includes({json.dumps(before[1])}) === false")
        self.settle()

    def upload(self, button: str, file: Path) -> None:
        """Choose a file in the dialog that a button opens."""
        with self.page.expect_file_chooser() as dialog:
            self.page.get_by_role("button", name=button, exact=True).click()
        dialog.value.set_files(file)

    def numbers(self) -> list[str]:
        """Return nations, soldiers and P(force is enough), as they are shown first."""
        return self.page.get_by_test_id("stMetricValue").all_inner_texts()

    def size(self) -> float:
        return float(self.numbers()[0].split()[0])

    def round(self) -> int:
        """Return the round that map and strip show."""
        return int(self.page.locator(".stage").get_attribute("data-round"))

    def colour(self, code: str) -> str:
        """Return the colour of a nation on the map."""
        return str(self.page.locator(f".map path[data-code={code}]").get_attribute("fill"))

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({**size, "height": height + 60})
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
        self.page.set_viewport_size(size)


@pytest.fixture
def visit(chromium: Any, served: Served) -> Iterator[Any]:
    """Open pages, each a visitor's own; none of them may complain, nor ask anything of another machine."""
    visits: list[Visit] = []

    def open_page(size: dict[str, int] = DESKTOP) -> Visit:
        visits.append(Visit(chromium, served.address, size))
        return visits[-1]

    yield open_page
    for each in visits:
        each.context.close()
    strange = [url for each in visits for url in each.requested if not is_here(url)]
    assert [complaint for each in visits for complaint in each.complaints] == []
    assert strange == []


def is_here(url: str) -> bool:
    """Tell whether a request stays on this machine."""
    return re.match(r"(blob:)?(http|ws)://127\.0\.0\.1:\d+/|data:", url) is not None
