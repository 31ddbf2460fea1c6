"""Pages in a browser, what they ask for, and what goes wrong on them."""

import json
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SCREENSHOTS = Path(__file__).parents[2] / "results" / "browser"
"""Where what was seen is kept; git ignores it."""

DESKTOP = {"width": 1400, "height": 1000}
PHONE = {"width": 390, "height": 844}

STILL = "document.getAnimations().every((each) => each.playState !== 'running')"


class Watched:
    """A page, what it has asked for, and what went wrong on it."""

    def __init__(self, profile: Any, address: str, size: dict[str, int]) -> None:
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self.page = profile.new_page()
        self.page.set_viewport_size(size)
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda found: self.requested.append(found.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda told: self.complaints.append(told.text) if told.type == "error" else None
        )
        self.page.goto(address)

    def barriers(self) -> list[str]:
        """Return what axe-core finds that keeps people from reading or using the page."""
        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


class Visit(Watched):
    """A visitor's page of the dashboard."""

    def __init__(self, profile: Any, address: str, size: dict[str, int]) -> None:
        super().__init__(profile, address, size)
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
        self.differ(before)

    def differ(self, before: list[str]) -> None:
        """Wait until the page has answered with other numbers."""
        shown = "[...document.querySelectorAll('[data-testid=stMetricValue]')].map(each => each.innerText)"
        differs = f"JSON.stringify({shown}) !== JSON.stringify({json.dumps(before)})"
        self.page.wait_for_function(f"{differs} && {shown}.length === {len(before)}")
        self.settle()

    def choose_among_many(self, group: str, label: str, name: str) -> None:
        """Open a group at the side, and choose one of its list, which stays open for another one."""
        self.page.get_by_text(group, exact=True).click()
        self.page.wait_for_function(STILL)
        box = self.page.get_by_role("combobox", name=label)
        box.click()
        self.page.get_by_role("option").first.wait_for()
        box.press_sequentially(name, delay=30)
        self.page.wait_for_function("document.querySelectorAll('[role=option]').length === 1")
        self.page.get_by_role("option", name=name).hover()
        box.press("Enter")
        box.press("Escape")
        self.page.get_by_role("button", name=f"Remove {name}").wait_for()
        self.settle()

    def upload(self, button: str, file: Path) -> None:
        """Choose a file in the dialog that a button opens."""
        with self.page.expect_file_chooser() as dialog:
            self.page.get_by_role("button", name=button, exact=True).click()
        dialog.value.set_files(file)

    def numbers(self) -> list[str]:
        """Return both outcomes, soldiers and P(they are enough), as they are shown first."""
        return self.page.get_by_test_id("stMetricValue").all_inner_texts()

    def size(self) -> float:
        return float(self.numbers()[0].split()[0])

    def contributors(self) -> float:
        return float(self.numbers()[1].split()[0])

    def round(self) -> int:
        """Return the round that map and strip show."""
        return int(self.page.locator(".stage").get_attribute("data-round"))

    def colour(self, code: str) -> str:
        """Return the colour of a nation on the map."""
        return str(self.page.locator(f".map path[data-code={code}]").get_attribute("fill"))

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page, which scrolls in a part of its own."""
        size = self.page.viewport_size
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({**size, "height": height + 60})
        super().keep(name)
        self.page.set_viewport_size(size)


def is_here(url: str) -> bool:
    """Tell whether a request stays on this machine."""
    return re.match(r"(blob:)?(http|ws)://127\.0\.0\.1:\d+/|data:|file:///", url) is not None
