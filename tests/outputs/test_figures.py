"""Figures: all of it is seen, and it says what the tables say."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

import sim
from sim.outputs import style
from sim.outputs.figures import FIGURES, coalition_size, force_by_nation, joining_strip
from sim.outputs.figures.timeline import date_axis
from sim.outputs.words import percent
from sim.results.drawing import save_figures

EVENTS = "".join(
    f'\n[[events]]\nround = {number}\ntitle = "Event {number}, told at such length that it does not fit on '
    f'one line of the page and must go on on the next, whatever it is"\nceasefire = 0.{number}\n'
    for number in range(1, 7)
)


WORLDS = (
    "hindcast",
    "long",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("baseline", "nobody", "5 nations", "200 nations", "1 nation, 1 round")
    ),
)


@pytest.fixture(scope="module", params=WORLDS)
def result(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    write_world: Callable[..., Path],
) -> "sim.RunResult":
    folder = tmp_path_factory.mktemp("world")
    match request.param:
        case "5 nations":
            return sim.run(mapped(write_world(folder, 5, rest=EVENTS)), runs=20)
        case "200 nations":
            return sim.run(mapped(write_world(folder, 200, rounds=30)), runs=20)
        case "1 nation, 1 round":
            return sim.run(mapped(write_world(folder, 1, rounds=1)), runs=20)
        case "long":
            title = "WHAT WOULD IT TAKE, AND WHO WOULD PAY THE $5 BN OR $6 BN " * 8
            return sim.run(mapped(write_world(folder, 3, title=title, rest=EVENTS)), runs=20)
        case name:
            return request.getfixturevalue(name)


@pytest.fixture(scope="module")
def nobody() -> "sim.RunResult":
    """Runs without a member: all are held out."""
    case = sim.load_case("brussels-2025-04")
    out = {f"nations.{code}.held": "out" for code in case.roster.iso3}
    start = {f"start.{path}": word for path, word in out.items()}
    return sim.run(case.with_overrides({**start, **out}), runs=20)


def mapped(scenario: Path) -> Path:
    """Give every third nation of a small world a square on a map, and the map a long source."""
    roster = scenario.parent / "roster"
    rows = (roster / "nations.csv").read_text("utf-8").splitlines()[1::3]
    squares = []
    for number, code in enumerate(row[:3] for row in rows):
        west, south = 10 + 3 * (number % 9), 45 + 2 * (number // 9)
        east, north = west + 0.2 + number % 3, south + 0.2 + number % 3 * 0.8
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        squares.append({"type": "Feature", "properties": {"iso3": code}, "geometry": shape})
    outlines = {"type": "FeatureCollection", "source": "a survey; " * 30, "features": squares}
    (roster / "map.geojson").write_text(json.dumps(outlines), encoding="utf-8")
    declared = roster / "roster.toml"
    declared.write_text(f'map = "map.geojson"\n{declared.read_text("utf-8")}', encoding="utf-8")
    return scenario


@pytest.fixture(scope="module", params=FIGURES)
def figure(request: pytest.FixtureRequest, result: "sim.RunResult") -> Figure:
    """A figure of each kind, of each world, laid out."""
    drawn = FIGURES[request.param](result)
    drawn.draw_without_rendering()
    return drawn


def texts_in(axes: Axes) -> list[Text]:
    """All that is written in and around a plot."""
    found = [*axes.texts, axes.title, axes._left_title, axes._right_title]
    for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
        low, high = sorted(axis.get_view_interval())
        found += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        found.append(axis.label)
    for inner in axes.child_axes:
        found += texts_in(inner)
    return [text for text in found if text.get_visible() and text.get_text()]


def texts(figure: Figure) -> list[Text]:
    return [*figure.texts, *(text for axes in figure.axes for text in texts_in(axes))]


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in texts(figure))


@pytest.mark.slow
def test_no_text_is_clipped(figure: Figure) -> None:
    page, seen = figure.bbox, texts(figure)
    assert len(seen) > 6
    for text in seen:
        box = text.get_window_extent()
        assert page.x0 <= box.x0 and box.x1 <= page.x1, text
        assert page.y0 <= box.y0 and box.y1 <= page.y1, text


def test_no_two_texts_overlap(figure: Figure) -> None:
    # Without what leads from a text to what it is about.
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1.0)) for text in texts(figure)]
    for number, (one, box) in enumerate(boxes):
        for other, another in boxes[number + 1 :]:
            assert not box.overlaps(another), (one, other)


def test_title_plot_and_notes_stand_apart(figure: Figure) -> None:
    title, notes = (text.get_window_extent() for text in figure.texts)
    for axes in figure.axes:
        for text in texts_in(axes):
            box = text.get_window_extent()
            assert notes.y1 < box.y0 and box.y1 < title.y0, text


def test_names_of_nations_do_not_run_into_each_other(result: "sim.RunResult") -> None:
    figure = joining_strip(result, result.case.roster.iso3)
    figure.draw_without_rendering()
    names = set(result.case.roster.names)
    boxes = [text.get_window_extent() for text in texts(figure) if text.get_text() in names]
    assert len(boxes) == len(names)
    assert all(above.y0 >= below.y1 for above, below in pairwise(boxes))


def test_numbers_of_events_do_not_run_into_each_other(hindcast: "sim.RunResult") -> None:
    figure = coalition_size(hindcast)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    labels = [text for text in axes.texts if text.get_text()[0].isdigit() and "." not in text.get_text()]
    boxes = [text.get_window_extent() for text in labels]
    assert len(boxes) > 5
    for one, other in pairwise(boxes):
        assert not one.overlaps(other)


@pytest.mark.parametrize("draw", [coalition_size, joining_strip])
def test_events_are_numbered_alike_at_their_lines_and_in_the_notes(
    hindcast: "sim.RunResult", draw: Callable[..., Figure]
) -> None:
    figure = draw(hindcast)
    notes = figure.texts[1].get_text()
    scheduled = hindcast.case.scenario.schedule()
    for number, item in enumerate(scheduled, start=1):
        assert f"{number}. {item.date:%-d %b %Y}: {item.event.title}"[:60] in notes
    numbered: list[int] = []
    labels = [text for text in figure.axes[0].texts if text.get_fontsize() == 7]
    for text in labels:
        first, _, last = text.get_text().partition("-")
        numbered += range(int(first), int(last or first) + 1)
    assert numbered == list(range(1, len(scheduled) + 1))
    lines = {float(line.get_xdata()[0]) for line in figure.axes[0].lines if len(line.get_xdata()) == 2}
    assert lines == {text.xy[0] for text in labels}


@pytest.mark.parametrize("start", ["2025-04-10", "2025-11-20", "2026-01-05"])
@pytest.mark.parametrize("days", [1, 7, 14, 28, 56, 63, 70, 91, 112, 119, 126, 133, 140, 182, 364, 728, 3640])
@pytest.mark.parametrize(("ticks", "width", "size"), [(9, 5.0, 9), (5, 2.0, 7)], ids=["page", "panel"])
def test_dates_of_any_span_differ_and_stand_apart(
    start: str, days: int, ticks: int, width: float, size: float
) -> None:
    with style.figure_style():
        axes = Figure((width + 1, 2)).add_axes((0.5 / (width + 1), 0.4, width / (width + 1), 0.5))
        first = np.datetime64(start)
        date_axis(axes, first, first + np.timedelta64(days, "D"), ticks=ticks)
        axes.tick_params(labelsize=size)
        axes.figure.draw_without_rendering()
    labels = axes.get_xticklabels()
    assert labels
    boxes = [label.get_window_extent() for label in labels]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    assert all(one.get_text() != other.get_text() for one, other in pairwise(labels))
    assert "\n20" in labels[0].get_text()


def test_an_event_after_the_last_round_is_not_shown() -> None:
    result = sim.run("hindcast-2025", overrides=["rounds=15"], runs=5)
    notes = coalition_size(result).texts[1].get_text()
    assert "2. 17 Jul 2025" in notes
    assert "3. " not in notes


def test_notes_say_how_many_runs_of_what(figure: Figure, result: "sim.RunResult") -> None:
    notes = " ".join(figure.texts[1].get_text().split())
    runs, scenario = result.number_of_runs, result.case.scenario.name
    assert f"{runs} runs, seed 1, scenario {scenario}. Data: {result.case.roster.title}" in notes


@pytest.mark.parametrize(("place", "name"), [(0, "contributors"), (1, "size")])
def test_both_fans_are_drawn_from_the_rounds(hindcast: "sim.RunResult", place: int, name: str) -> None:
    figure, rounds = coalition_size(hindcast), hindcast.rounds
    (axes,) = figure.axes
    means = [line for line in axes.lines if len(line.get_xdata()) == 41]
    assert means[place].get_ydata().tolist() == rounds[f"{name}_mean"].tolist()
    bands = [band.get_paths()[0].vertices[:, 1] for band in axes.collections][2 * place : 2 * place + 2]
    for band, (low, high) in zip(bands, (("q05", "q95"), ("q25", "q75")), strict=True):
        assert (band.min(), band.max()) == (rounds[f"{name}_{low}"].min(), rounds[f"{name}_{high}"].max())
    mean, low, high = (rounds[f"{name}_{column}"].iloc[-1] for column in ("mean", "q05", "q95"))
    assert f"{mean:.1f} [{low:.0f}-{high:.0f}]" in words(figure)


def test_a_force_of_nobody_is_told_in_words(nobody: "sim.RunResult") -> None:
    assert (nobody.runs["size"] == 0).all()
    shown = words(force_by_nation(nobody))
    assert "Nobody pledges a soldier in any run." in shown
    assert "all 0 [0-0]" in shown


def test_the_strip_orders_nations_by_how_surely_they_join(hindcast: "sim.RunResult") -> None:
    figure = joining_strip(hindcast, hindcast.case.roster.iso3)
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    assert drawn.shape == (38, 41)
    assert (np.diff(drawn[:, -1]) <= 0).all()
    labels = [text for text in figure.axes[0].texts if text.get_fontsize() == 8]
    shares = hindcast.nations.pivot_table(index="iso3", columns="round", values="p_committed")
    by_name = dict(zip(hindcast.case.roster.names, hindcast.case.roster.iso3, strict=True))
    for row, (name, at_end) in enumerate(zip(labels[::2], labels[1::2], strict=True)):
        expected = shares.loc[by_name[name.get_text()]]
        assert drawn[row] == pytest.approx(expected.to_numpy())
        assert at_end.get_text() == percent(expected.iloc[-1])


def test_the_strip_leaves_out_who_never_joins_in_a_share_worth_naming(hindcast: "sim.RunResult") -> None:
    figure = joining_strip(hindcast)
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    assert drawn.max(axis=1).min() >= 0.05
    most = hindcast.nations.groupby("iso3")["p_committed"].max()
    assert len(drawn) == (most >= 0.05).sum() < 38
    told = " ".join(text.get_text() for text in texts(figure))
    assert f"Not drawn: {38 - len(drawn)} nations, below 5 % on every day." in " ".join(told.split())


def test_files_are_large_enough_to_print_and_small_enough_to_send(
    baseline: "sim.RunResult", tmp_path: Path
) -> None:
    from matplotlib.image import imread

    written = save_figures(baseline, tmp_path)
    assert [file.name for file in written] == [
        f"{name}.{ending}" for name in ("coalition-size", "joining") for ending in ("png", "svg")
    ]
    for file in written:
        assert 10_000 < file.stat().st_size < 500_000
        if file.suffix == ".png":
            height, width, _ = imread(file).shape
            assert width == 1200
            assert 500 < height < 1800


def test_the_style_is_the_same_whatever_the_user_has_set(baseline: "sim.RunResult", tmp_path: Path) -> None:
    import matplotlib as mpl

    drawn = []
    for size in (10, 30):
        with mpl.rc_context({"font.size": size, "axes.facecolor": "black", "savefig.dpi": 30}):
            (file,) = style.save(coalition_size(baseline), tmp_path, f"size-{size}", ["png"])
        drawn.append(file.read_bytes())
    assert drawn[0] == drawn[1]


def test_characters_that_the_font_lacks_are_told_of_in_one_line(
    write_world: Callable[..., Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    style._tell_of_boxes.cache_clear()
    title = "一つの小さな世界"
    result = sim.run(write_world(tmp_path, title=title), runs=5)
    for formats in (["png", "svg"], ["pdf"]):
        style.save(coalition_size(result), tmp_path, "size", formats)
    assert len(caplog.messages) == 1
    assert "boxes stand for these" in caplog.text
    assert title in (tmp_path / "size.svg").read_text("utf-8")


def test_text_is_wrapped_to_its_width_without_losing_a_word() -> None:
    text = "Governments are asked to declare contributions before the Paris summit of 4 September"
    lines = style.wrapped(text, 2.0, 7)
    assert len(lines) > 1
    assert " ".join(lines) == text
    assert all(style.text_width(line, 7) <= 2.0 for line in lines)


def test_a_text_of_too_many_lines_ends_in_an_ellipsis() -> None:
    lines = style.wrapped("word " * 100, 2.0, 7, max_lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
