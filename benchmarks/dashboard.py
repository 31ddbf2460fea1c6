"""How long a visitor of the dashboard waits, from a key on a slider to the last change of the page."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks.report import Table
from benchmarks.startup import COALITION

CHROMIUM = "/usr/bin/chromium"
QUIET = 700
"""Milliseconds without a change after which a page counts as redrawn."""

WATCH = """() => {
    const note = () => { window.changed = performance.now(); };
    const what = { subtree: true, childList: true, attributes: true, characterData: true };
    const watch = (root) => {
        new MutationObserver(note).observe(root, what);
        for (const element of root.querySelectorAll('*')) if (element.shadowRoot) watch(element.shadowRoot);
    };
    watch(document);
    const press = () => { window.pressed = window.changed = performance.now(); };
    document.addEventListener('keydown', press, true);
}"""
SETTLED = f"""() => window.changed > window.pressed && performance.now() - window.changed > {QUIET}
    && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"""


def redrawing(moves: int = 20) -> Table:
    """Measure moves of a slider with nothing else on the page, then with a pin and an explanation."""
    from playwright.sync_api import sync_playwright

    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(address)
        page.locator(".stage path.nation").first.wait_for(timeout=120_000)
        page.wait_for_timeout(5000)
        page.evaluate(WATCH)
        plain = _moves(page, moves, "US involvement", "Clarity of the mandate")
        page.get_by_role("button", name="Pin this setting").click()
        page.get_by_text("Compared with the pinned setting").wait_for()
        page.wait_for_timeout(2000)
        pinned = _moves(page, moves, "Authority of the mandate", "Russian pressure")
        page.locator(".stage .names button").last.click()
        page.get_by_text("log-odds").first.wait_for()
        page.wait_for_timeout(2000)
        explained = _moves(page, moves, "Ceasefire", "Followership")
        browser.close()
    rows = [
        ("a scenario", *_seconds(plain)),
        ("the same, compared with a pinned setting", *_seconds(pinned)),
        ("the same, and a nation explained", *_seconds(explained)),
    ]
    return Table(
        "The dashboard: from a key on a slider to the redrawn page",
        ("1,000 runs of 52 rounds", "median, s", "quickest, s", "slowest, s"),
        rows,
        f"{moves} moves of a slider each, every one to a setting not run before, in headless Chromium on the "
        "same machine: from the key until the page does not change any more. Streamlit waits some 0.2 s for "
        "further keys before it runs anything.",
    )


@contextmanager
def served() -> Iterator[str]:
    """Serve the dashboard while in the context; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (*COALITION, "dashboard", "--headless", "--port", str(port))
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                if found := re.search(r"http://\S+", line):
                    yield found[0]
                    break
        finally:
            process.terminate()
            process.communicate(timeout=30)  # it says so before it stops: somebody must listen


def _moves(page: Any, moves: int, *sliders: str) -> list[float]:
    """Return the seconds that each of so many moves takes, of sliders in turn: to new settings."""
    taken = []
    named = [page.get_by_role("slider", name=name) for name in sliders]
    keys = [_towards_the_middle(slider) for slider in named]
    for move in range(moves):
        named[move % len(sliders)].focus()
        page.keyboard.press(keys[move % len(sliders)])
        page.wait_for_function(SETTLED, timeout=60_000)
        taken.append(page.evaluate("(window.changed - window.pressed) / 1000"))
    return taken


def _towards_the_middle(slider: Any) -> str:
    """Return the key that moves a slider away from its nearer end, at which it would stand still."""
    now, low, high = map(float, slider.evaluate("slider => [slider.value, slider.min, slider.max]"))
    return "ArrowLeft" if now > (low + high) / 2 else "ArrowRight"


def _seconds(taken: list[float]) -> tuple[str, str, str]:
    return f"{median(taken):.2f}", f"{min(taken):.2f}", f"{max(taken):.2f}"


if __name__ == "__main__":
    print(redrawing(int(sys.argv[1]) if sys.argv[1:] else 20).markdown())
