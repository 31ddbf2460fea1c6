"""The dashboard in a real browser."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from browsing import PHONE

import sim

pytestmark = pytest.mark.slow

STRIP = "canvas => canvas.toDataURL()"


def test_more_us_involvement_brings_contributors_and_changes_every_picture(visit: Callable[..., Any]) -> None:
    here = visit()
    page = here.page

    def pictures() -> dict[str, str]:
        return {
            "map": here.colour("TUR"),
            "strip": page.locator(".strip canvas").evaluate(STRIP),
            "size": page.locator(".size .mean.contributors").get_attribute("d"),
            "force": page.locator(".force .layer").first.get_attribute("d"),
            "table": page.locator("table tbody").inner_text(),
        }

    found, before = [here.contributors()], pictures()
    here.keep("desktop")
    for _ in range(3):
        here.set_lever("US involvement", "ArrowRight", times=3)
        found.append(here.contributors())
    assert found == sorted(found)
    assert found[-1] > found[0] + 0.5
    after = pictures()
    assert [name for name in before if before[name] == after[name]] == []
    expected = sim.run("paris-2026-01", overrides={"washington.involvement": 1.0}).rounds.iloc[-1]
    for number, name in zip(here.numbers(), ("size", "contributors"), strict=False):
        mean, low, high = (expected[f"{name}_{column}"] for column in ("mean", "q05", "q95"))
        assert number == f"{mean:.1f} [{low:.0f}-{high:.0f}]"


def test_map_and_strip_show_either_outcome(visit: Callable[..., Any]) -> None:
    here = visit()
    page = here.page
    land = here.colour("ITA"), page.locator(".strip canvas").evaluate(STRIP)
    page.get_by_text("Any military contribution", exact=True).click()
    page.wait_for_function(
        """() => [...document.querySelectorAll('*')].some(
            (each) => each.shadowRoot?.querySelector('.note')?.textContent.includes('contributes any'))"""
    )
    here.settle()
    assert (here.colour("ITA"), page.locator(".strip canvas").evaluate(STRIP)) != land
    here.keep("any-contribution")


def test_the_rounds_are_played_to_their_end(visit: Callable[..., Any]) -> None:
    here = visit()
    page = here.page
    here.set_lever("US involvement", "End")
    end, last = here.colour("TUR"), here.round()
    slider = page.get_by_role("slider", name="Round")
    slider.focus()
    page.keyboard.press("Home")
    assert here.round() == 0
    assert here.colour("TUR") != end
    assert page.locator(".stage .now").inner_text().startswith("8 Jan 2026: ")
    page.evaluate(
        """() => {
            window.rounds = [];
            const stage = [...document.querySelectorAll('*')].find(
                (element) => element.shadowRoot?.querySelector('.stage')).shadowRoot.querySelector('.stage');
            new MutationObserver(() => window.rounds.push(Number(stage.dataset.round)))
                .observe(stage, { attributes: true, attributeFilter: ['data-round'] });
        }"""
    )
    page.get_by_role("button", name="Play the rounds").click()
    page.wait_for_function("window.rounds.length > 8")
    button = page.locator(".play")
    assert "Pause" in button.inner_text()
    button.click()
    paused = here.round()
    assert 0 < paused < last
    page.wait_for_timeout(400)
    assert here.round() == paused
    button.click()
    page.locator(f".stage[data-round='{last}']").wait_for()
    played = page.evaluate("window.rounds")
    assert played == sorted(played)
    assert len(set(played)) > last / 3, "it moves smoothly, not in leaps"
    assert here.colour("TUR") == end
    assert "Play" in button.inner_text()


def test_a_nation_that_is_clicked_is_explained(visit: Callable[..., Any]) -> None:
    here = visit()
    page = here.page
    page.locator(".map path[data-code=SWE]").click()
    page.get_by_text(re.compile(r"Sweden: .* on 7 Jan 2027")).first.wait_for()
    assert "chosen" in str(page.locator(".map path[data-code=SWE]").get_attribute("class"))
    for place, name in ((".strip .names", "Netherlands"), (".tiles", "Canada"), ("table tbody", "Poland")):
        page.locator(place).get_by_role("button", name=name).first.click()
        page.get_by_text(re.compile(rf"{name}: .* on 7 Jan 2027")).first.wait_for()
    here.settle()
    here.keep("explained")


def test_the_table_is_sorted_by_a_heading(visit: Callable[..., Any]) -> None:
    page = visit().page
    page.get_by_role("button", name="nation", exact=True).click()
    names = page.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    page.get_by_role("button", name="soldiers if in", exact=True).click()
    assert page.locator("tbody th").first.inner_text() == "United Kingdom"


def test_a_pinned_setting_is_compared(visit: Callable[..., Any]) -> None:
    here = visit()
    page = here.page
    page.get_by_role("button", name="Pin this setting").click()
    page.get_by_text("These runs tell no nation apart").wait_for()
    here.set_lever("US involvement", "End")
    page.get_by_label("Differences in P(soldiers on land)").wait_for()
    assert page.locator(".size .pinned").count() == 2
    assert page.locator(".force .pinned").count() == 1
    pinned = sim.run("paris-2026-01").rounds.iloc[-1]
    names = page.locator(".pinned-end").all_text_contents()
    means = [f"{pinned[name]:.1f}" for name in ("size_mean", "contributors_mean")]
    assert names == [f"pinned {number}" for number in (*means, f"{pinned.force_mean:,.0f}")]
    deltas = page.get_by_test_id("stMetricDelta").all_inner_texts()
    case = sim.load_case("paris-2026-01")
    changed = case.with_overrides({"washington.involvement": 1.0})
    comparison = sim.compare([case, changed], runs=1000)
    row, told = comparison.coalition.iloc[0], comparison.verdicts(comparison.about.names[1], "difference")
    found = f"{row.difference:+.2f} [{row.difference_low:+.2f} to {row.difference_high:+.2f}]"
    assert deltas[0].strip() == f"{found} ({told['size']})"
    here.keep("compared")


def test_a_nation_is_chosen_and_what_it_states_is_set(visit: Callable[..., Any]) -> None:
    here = visit()
    page, before = here.page, here.numbers()
    here.choose_among_many("Positions at the start", "Nations", "Poland")
    page.get_by_role("combobox", name="Poland").click()
    page.get_by_role("option", name="committed").click()
    page.get_by_text("Positions at the start: Poland committed.").wait_for()
    here.differ(before)
    expected = sim.run("paris-2026-01", overrides={"nations.POL.position": "committed"}).rounds.iloc[-1]
    assert here.numbers()[0] == f"{expected.size_mean:.1f} [{expected.size_q05:.0f}-{expected.size_q95:.0f}]"
    page.get_by_text("The scenario file, and the command").click()
    command = "coalition run paris-2026-01 --set nations.POL.position=committed --runs 1000 --seed 1"
    page.get_by_text(command).wait_for()
    there = visit(address=page.url)
    assert there.numbers() == here.numbers() != before
    assert there.page.get_by_text("Positions at the start: Poland committed.").count() == 1
    here.keep("nation-lever")


def test_an_event_is_moved_to_another_day(visit: Callable[..., Any], served: Any) -> None:
    here = visit(address=f"{served.address}/?scenario=paris-ceasefire-2027&runs=200")
    page, before = here.page, here.numbers()
    here.choose_among_many("Dates of events", "Events", "A ceasefire holds")
    month = page.get_by_role("spinbutton", name="month, A ceasefire holds")
    month.click()
    month.press_sequentially("11")
    page.keyboard.press("Escape")  # closes the calendar
    page.get_by_text("Dates of events: A ceasefire holds 1 Nov 2027.").wait_for()
    here.differ(before)
    there = visit(address=page.url)
    assert there.numbers() == here.numbers()
    here.keep("event-lever")


def test_a_copied_link_opens_the_same_page(visit: Callable[..., Any]) -> None:
    here = visit()
    page = here.page
    here.set_lever("US involvement", "ArrowRight", times=4)
    here.set_lever("Followership", "ArrowRight", times=2)
    page.locator(".map path[data-code=SWE]").click()
    page.get_by_text(re.compile(r"Sweden: .* on 7 Jan 2027")).first.wait_for()
    here.settle()
    there = visit(address=page.url)
    there.page.get_by_text(re.compile(r"Sweden: .* on 7 Jan 2027")).first.wait_for()
    there.settle()
    for each in (here, there):
        assert each.page.get_by_role("slider", name="US involvement").input_value() == "0.75"
    assert there.numbers() == here.numbers()
    assert there.page.url == page.url
    same = [each.page.get_by_text("Set from the first round on").inner_text() for each in (here, there)]
    assert same[0] == same[1]


def test_the_way_back_leads_to_what_was_set_before(visit: Callable[..., Any]) -> None:
    here = visit()
    before, address = here.numbers(), here.page.url
    here.set_lever("US involvement", "End")
    assert here.page.url != address
    here.page.go_back()
    here.page.wait_for_url(address)
    here.page.wait_for_function(
        "document.querySelector('[data-testid=stMetricValue]').innerText === " + json.dumps(before[0])
    )
    here.settle()
    assert here.numbers() == before
    assert here.page.get_by_role("slider", name="US involvement").input_value() == "0.55"


def test_a_stale_link_is_told_once_and_sets_nothing(visit: Callable[..., Any], served: Any) -> None:
    stale = "?scenario=paris-us-backstop&set=mandate.clarity%3D0.6&set=mandate.zeal%3D1&seed=5&nation=SWE"
    here = visit(address=f"{served.address}/{stale}")
    page = here.page
    assert page.get_by_test_id("stAlert").count() == 1
    assert 'set: unknown key "mandate.zeal"' in page.get_by_test_id("stAlert").inner_text()
    page.get_by_role("heading", level=1, name="Paris, January 2026").wait_for()
    assert page.get_by_text("As the scenario says.").count() == 1
    assert page.get_by_text(re.compile("Sweden: .* on 7 Jan 2027")).count() == 0
    assert page.get_by_role("spinbutton", name="Seed").input_value() == "1"
    assert page.url.endswith("?scenario=paris-2026-01&runs=1000&seed=1")
    here.keep("stale-link")


def test_the_scenario_file_runs_to_the_same_figures(
    visit: Callable[..., Any], process: Callable[..., Any], tmp_path: Path
) -> None:
    here = visit()
    page = here.page
    here.set_lever("US involvement", "ArrowRight", times=8)
    here.set_lever("Clarity of the mandate", "ArrowRight", times=9)
    here.set_lever("Followership", "ArrowRight", times=3)
    scenario, tables = tmp_path / "mine.toml", tmp_path / "tables.zip"
    for button, file in (("Scenario file (TOML)", scenario), ("Tables (Parquet, zip)", tables)):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        download.value.save_as(file)
    ran = process("run", scenario, "--runs", 1000, "--seed", 1, "--out", tmp_path / "out", "--quiet")
    assert ran.code == 0, ran.err
    folder = Path(ran.out.strip().removeprefix("results: "))
    with zipfile.ZipFile(tables) as archive:
        for name in ("nations", "rounds", "summary", "moves", "flows", "kinds", "rests_on", "runs"):
            ours = pd.read_parquet(io.BytesIO(archive.read(f"{name}.parquet")))
            pd.testing.assert_frame_equal(ours, pd.read_parquet(folder / f"{name}.parquet"), check_like=True)
    end = pd.read_parquet(folder / "rounds.parquet").iloc[-1]
    assert here.numbers()[0] == f"{end.size_mean:.1f} [{end.size_q05:.0f}-{end.size_q95:.0f}]"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["title"] == "Paris, January 2026, changed"


def test_figures_are_made_when_they_are_asked_for(visit: Callable[..., Any]) -> None:
    page = visit().page
    for ending, begins in (("SVG", b"<?xml"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Figure ({ending})").click()
        assert download.value.suggested_filename == f"paris-2026-01-coalition-size.{ending.lower()}"
        assert Path(download.value.path()).read_bytes().startswith(begins)


def test_a_scenario_of_ones_own_is_uploaded_and_its_mistakes_are_told(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    here = visit()
    page = here.page
    page.get_by_role("combobox", name="Scenario").click()
    page.keyboard.type("A file of")  # a long list shows what fits what is typed
    page.get_by_role("option", name="A file of your own").click()
    page.get_by_role("heading", name="My scenario").wait_for()
    page.get_by_text("No link leads to a scenario of your own").wait_for()
    here.settle()
    assert "?" not in page.url
    file = tmp_path / "bold.toml"
    head = (
        'extends = "paris-2026-01"\ntitle = "<img src=http://192.0.2.1/x.png> ![x](http://192.0.2.1/y.png)"\n'
    )
    file.write_text(f"{head}washington.involvement = 2\n", "utf-8")
    here.upload("Upload", file)
    page.get_by_text("bold.toml:3: washington.involvement: must be a number from 0 to 1").wait_for()
    file.write_text(head, "utf-8")
    here.upload("Add files", file)
    title = page.get_by_role("heading", level=1)
    page.get_by_role("heading", name="![x](http://192.0.2.1/y.png)").wait_for()
    assert title.inner_text() == "<img src=http://192.0.2.1/x.png> ![x](http://192.0.2.1/y.png)"
    assert title.locator("img").count() == 0
    here.settle()


def test_two_visitors_do_not_share_what_they_set(visit: Callable[..., Any]) -> None:
    one, other = visit(), visit()
    one.set_lever("US involvement", "End")
    one.page.get_by_role("button", name="Pin this setting").click()
    one.page.locator(".map path[data-code=SWE]").click()
    one.page.get_by_text(re.compile(r"Sweden: .* on 7 Jan 2027")).first.wait_for()
    other.set_lever("Followership", "ArrowRight", times=5)
    assert other.page.get_by_role("slider", name="US involvement").input_value() == "0.55"
    assert other.page.get_by_role("button", name="Pin this setting").is_visible()
    assert other.page.get_by_text(re.compile("Sweden: .* on 7 Jan 2027")).count() == 0


def test_it_fits_a_phone(visit: Callable[..., Any]) -> None:
    here = visit(PHONE)
    page = here.page
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= PHONE["width"]
    for place in (".map svg", ".strip", ".size svg", ".force svg"):
        box = page.locator(place).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    here.keep("phone")
    page.get_by_test_id("stExpandSidebarButton").click()
    assert page.get_by_role("slider", name="US involvement").is_visible()


def test_it_is_accessible(visit: Callable[..., Any]) -> None:
    here = visit()
    here.page.locator(".map path[data-code=SWE]").click()
    here.page.get_by_text(re.compile(r"Sweden: .* on 7 Jan 2027")).first.wait_for()
    here.settle()
    assert here.barriers() == []


def test_the_server_asks_nothing_of_another_machine(visit: Callable[..., Any], served: Any) -> None:
    here = visit()
    assert here.page.get_by_test_id("stAppDeployButton").count() == 0
    outside = [to for to in served.connections() if not re.search(r"127\.0\.0\.1|localhost|::1|^None$", to)]
    assert outside == []


def test_the_server_listens_to_this_machine_only(served: Any) -> None:
    listening = [
        each.laddr for each in psutil.Process(served.process).net_connections() if each.status == "LISTEN"
    ]
    assert {where.ip for where in listening} == {"127.0.0.1"}


OWN = "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "origin", "answer"),
    [(OWN, OWN, 101), (OWN, "elsewhere.example", 403), ("elsewhere.example", "elsewhere.example", 403)],
)
def test_pages_of_others_cannot_talk_to_it(served: Any, host: str, origin: str, answer: int) -> None:
    port = int(served.address.rsplit(":", 1)[1])
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    headers = {
        "Host": f"{host}:{port}",
        "Origin": f"http://{origin}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == answer
    connection.close()
