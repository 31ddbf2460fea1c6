"""The pictures of the page: what they draw is what the runs say."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import sim
from sim.dashboard.drawn_map import drawn_map
from sim.dashboard.force import MOST, force_note, force_picture, layers_of
from sim.dashboard.picture import HEIGHT, Svg, TimePlot
from sim.dashboard.rows import bar, point, row_picture
from sim.dashboard.size import size_picture
from sim.dashboard.stage import OUTCOMES, stage_data
from sim.inputs.errors import InputError
from sim.outputs.forest import Estimate, ForestRow


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - made here


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter("text")]


def of_class(svg: str, name: str) -> list[ET.Element]:
    return [element for element in parsed(svg).iter() if element.get("class") == name]


def points(path: ET.Element) -> list[tuple[float, float]]:
    pairs = path.get("d", "").strip("MZ").split("L")
    return [(float(x), float(y)) for x, y in (pair.split() for pair in pairs)]


# --- size --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["size", "contributors"])
def test_both_outcomes_are_drawn_to_scale_and_written_at_their_ends(
    baseline: sim.RunResult, name: str
) -> None:
    svg, rounds = size_picture(baseline, None), baseline.rounds
    mean, low, high = (rounds[f"{name}_{column}"].iloc[-1] for column in ("mean", "q05", "q95"))
    assert f"{mean:.1f} [{low:.0f}-{high:.0f}]" in texts(svg)
    (line,) = of_class(svg, f"mean {name}")
    zero, step = HEIGHT - 26, (HEIGHT - 38) / (2.0 + rounds.contributors_q95.max())
    drawn = [(zero - y) / step for _, y in points(line)]
    assert drawn == pytest.approx(rounds[f"{name}_mean"].tolist(), abs=0.02)


def test_a_pinned_setting_is_drawn_beside_it_and_fits(baseline: sim.RunResult) -> None:
    assert of_class(size_picture(baseline, None), "pinned size") == []
    larger = sim.run("grand-bargain", runs=20)
    svg = size_picture(baseline, larger)
    for name in ("size", "contributors"):
        (line,) = of_class(svg, f"pinned {name}")
        assert min(y for _, y in points(line)) > 0
        assert f"pinned {larger.rounds[f'{name}_mean'].iloc[-1]:.1f}" in texts(svg)


def test_events_are_marked_and_told(hindcast: sim.RunResult) -> None:
    told = [element.text for element in parsed(size_picture(hindcast, None)).iter("title")]
    assert told == [event.title for event in hindcast.about.events]


# --- force -------------------------------------------------------------------------------------------


def test_the_layers_add_up_to_the_force(baseline: sim.RunResult) -> None:
    layers = layers_of(baseline)
    assert len(layers) <= MOST + 1
    total = np.sum([layer.soldiers for layer in layers], axis=0)
    left_out = len(baseline.summary)  # none of them pledges a soldier
    assert total == pytest.approx(baseline.rounds.force_mean.to_numpy(), abs=left_out)


def test_each_layer_lies_upon_the_one_below(baseline: sim.RunResult) -> None:
    drawn = [points(layer) for layer in of_class(force_picture(baseline, None), "layer")]
    rounds = len(baseline.rounds)
    assert len(drawn) > 3
    for below, above in pairwise(drawn):
        assert above[:rounds] == below[: rounds - 1 : -1]


def test_the_force_required_is_named_and_nothing_leaves_the_picture(baseline: sim.RunResult) -> None:
    svg = force_picture(baseline, None)
    assert "required: 20,000" in texts(svg)
    for element in of_class(svg, "layer"):
        assert all(0 <= y <= HEIGHT for _, y in points(element))


def test_the_force_of_a_pinned_setting_lies_over_the_layers_to_scale_and_is_named(
    baseline: sim.RunResult,
) -> None:
    assert of_class(force_picture(baseline, None), "pinned force") == []
    larger = sim.run("grand-bargain", runs=20)
    svg, pledged = force_picture(baseline, larger), larger.rounds.force_mean
    (line,) = of_class(svg, "pinned force")
    highest = 1.07 * max(baseline.rounds.force_q95.max(), 20_000, pledged.max())
    drawn = [(HEIGHT - 26 - y) / (HEIGHT - 38) * highest for _, y in points(line)]
    assert drawn == pytest.approx(pledged.tolist(), abs=0.001 * highest)
    assert f"pinned {pledged.iloc[-1]:,.0f}" in texts(svg)
    ways = [element.get("class") for element in parsed(svg) if element.tag == "path"]
    assert ways.index("layer") < ways.index("pinned force") < ways.index("fielded")


def test_what_is_in_the_field_is_drawn_and_told() -> None:
    truce = sim.run("paris-ceasefire", runs=50)
    svg, rounds = force_picture(truce, None), truce.rounds
    (line,) = of_class(svg, "fielded")
    zero = HEIGHT - 26
    step = (HEIGHT - 38) / (1.07 * max(rounds.force_q95.max(), truce.about.force_required))
    drawn = [(zero - y) / step for _, y in points(line)]
    assert drawn == pytest.approx(rounds.fielded_mean.tolist(), abs=20)
    assert rounds.fielded_mean.iloc[-1] > 500
    assert f"mean in the field, {rounds.fielded_mean.iloc[-1]:,.0f} at the end" in force_note(truce, None)


# --- rows --------------------------------------------------------------------------------------------

ROWS = [
    ForestRow("up", Estimate(2.0, 1.0, 3.0), "blue", "+2"),
    ForestRow("down", Estimate(-1.0, -2.0, 0.5), "red", "-1"),
]


def test_bars_reach_from_zero_to_their_value() -> None:
    up, down = (
        {name: float(rect.get(name, 0)) for name in ("x", "width")}
        for rect in parsed(row_picture(ROWS, bar, "units", "two rows")).iter("rect")
    )
    assert up["x"] == pytest.approx(down["x"] + down["width"], abs=0.2)
    assert up["width"] == pytest.approx(2 * down["width"], abs=0.2)


def test_points_stand_where_their_values_are() -> None:
    up, down = parsed(row_picture(ROWS, point, "units", "two rows")).iter("circle")
    assert float(up.get("cx", 0)) > float(down.get("cx", 0))


def test_a_single_row_of_zeros_is_drawn() -> None:
    row = ForestRow("nothing", Estimate(0, 0, 0), beside="0")
    assert "nothing" in texts(row_picture([row], bar, "units", "nothing"))


# --- all ---------------------------------------------------------------------------------------------


def test_markup_in_a_name_is_text() -> None:
    picture = Svg(10, 10, 'a "quoted" & <odd> thing')
    picture.text(1, 2, "<script>alert(1)</script>")
    picture.rule((0, 0), (1, 1), "red", title="<b>bold</b>")
    svg = picture.svg()
    assert "<script" not in svg
    assert "<b>" not in svg
    assert parsed(svg).get("aria-label") == 'a "quoted" & <odd> thing'


def test_a_short_horizon_is_dated_by_days() -> None:
    result = sim.run("brussels-2025-04", overrides={"rounds": 1}, runs=5)
    assert "10 Apr" in texts(size_picture(result, None))
    assert "17 Apr" in texts(force_picture(result, None))


def test_a_plot_spans_its_rounds_and_values() -> None:
    plot = TimePlot(Svg(200, HEIGHT, "a plot"), rounds=10, highest=5.0, right=20)
    assert (plot.x(0), plot.x(10)) == (46, 180)
    assert (plot.y(0), plot.y(5)) == (HEIGHT - 26, 12)


def test_the_page_is_told_every_share_in_numbers_and_words(baseline: sim.RunResult) -> None:
    data = stage_data(baseline, None, "NLD")
    shares = baseline.summary.p_committed
    britain = baseline.nations[(baseline.nations["iso3"] == "GBR") & (baseline.nations["round"] == 0)].iloc[0]
    assert np.shape(data["shares"]) == np.shape(data["words"]) == (len(baseline.rounds), len(shares))
    assert data["shares"][-1] == [round(100 * share) for share in shares]
    told = data["words"][0][data["codes"].index("GBR")]
    assert told.startswith(f"{100 * britain.p_committed:.0f} % [")
    assert data["does"] == "declares soldiers on land"
    at_end = shares.to_numpy()[data["order"]].tolist()
    assert at_end == sorted(at_end, reverse=True)
    assert data["nation"] == "NLD"


def test_the_page_can_be_told_of_any_contribution(baseline: sim.RunResult) -> None:
    data = stage_data(baseline, None, None, OUTCOMES["Any military contribution"])
    assert data["shares"][-1] == [round(100 * share) for share in baseline.summary.p_contributes]
    assert data["does"] == "contributes any military means"


# --- the map -----------------------------------------------------------------------------------------


def test_the_map_shows_nations_and_their_neighbours(baseline: sim.RunResult) -> None:
    roster = baseline.case.roster
    drawn = drawn_map(roster.map_file, roster.iso3)
    assert drawn is not None
    countries = {country["code"]: country for country in drawn["countries"]}
    left, top, width, height = drawn["box"]
    x, y = countries["FRA"]["at"]
    assert left < x < left + width
    assert top < y < top + height
    assert all(country["path"][0] == "M" and country["path"][-1] == "Z" for country in countries.values())
    assert countries["FIN"]["at"][1] < countries["ITA"]["at"][1], "north is up"
    assert countries["FRA"]["at"][0] < countries["POL"]["at"][0], "east is right"
    assert set(countries) - set(roster.iso3), "neighbours"


def test_without_a_map_there_is_none(baseline: sim.RunResult) -> None:
    roster = baseline.case.roster
    assert drawn_map(None, roster.iso3) is None
    assert drawn_map(roster.map_file, ["XXX"]) is None


def test_a_map_that_is_gone_is_told(baseline: sim.RunResult, tmp_path: Path) -> None:
    roster = replace(baseline.case.roster, map_file=tmp_path / "gone.geojson")
    result = replace(baseline, case=replace(baseline.case, roster=roster))
    with pytest.raises(InputError, match=r"gone.geojson: no such file"):
        stage_data(result, None, None)
