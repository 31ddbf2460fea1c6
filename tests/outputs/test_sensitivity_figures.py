"""Figures of a sensitivity analysis: what they show, and that it can be read."""

import math
from dataclasses import replace
from itertools import combinations

import pytest
from legible import illegible

from sim.experiments.sensitivity.discovery import Box, Discovery, Limit, Score
from sim.experiments.sensitivity.plan import Factors
from sim.experiments.sensitivity.result import Sensitivity
from sim.experiments.sensitivity.sensitivity import sensitivity
from sim.inputs.factors import Factor
from sim.outputs.sensitivity import figures
from sim.outputs.sensitivity.axes import COLOURS, KEY
from sim.outputs.sensitivity.boxes import boxes
from sim.outputs.sensitivity.words import noise_note
from sim.results.drawing import save_figures

pytestmark = pytest.mark.slow

SIZE, NLD = ("size", ""), ("p_committed", "NLD")
LEVERS = (
    Factor(path="washington.involvement", label="US involvement", range=(0.0, 1.0)),
    Factor(path="mandate.clarity", label="clarity of the mandate", range=(0.0, 1.0)),
)
REACH = "parameters.reach"
UNCERTAINTIES = (Factor(path=REACH, range=(0.6, 1.8)),)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return sensitivity(
        "brussels-2025-04",
        factors=Factors(LEVERS, UNCERTAINTIES),
        out=tmp_path_factory.mktemp("results"),
        outcomes=("size", "NLD"),
        samples=64,
        runs=16,
    )


def texts(figure):
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


def labels(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.mark.parametrize("outcome", [SIZE, NLD])
def test_bars_are_ranked_and_have_intervals(result, outcome):
    (axes,) = figures.total_effects(result, outcome).axes
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == sorted(widths, reverse=True)
    assert len(axes.containers) == 1 + 2  # bars, intervals of totals and of first order
    assert axes.get_xlim()[1] >= result.of(result.indices, outcome)["high"].max()


def test_levers_and_uncertainties_differ_in_colour_and_are_named(result):
    from matplotlib.colors import to_hex

    (axes,) = figures.elementary_effects(result, SIZE).axes
    colours = dict(
        zip(labels(axes), (to_hex(bar.get_facecolor()).upper() for bar in axes.patches), strict=True)
    )
    assert colours["US involvement"] == colours["clarity of the mandate"] == COLOURS["lever"]
    assert colours["reach"] == COLOURS["uncertainty"]
    assert {text.get_text() for text in axes.get_legend().get_texts()} == set(KEY.values())


@pytest.mark.parametrize(
    ("draw", "points"),
    [(figures.total_effects, 320), (figures.convergence_lines, 320), (figures.elementary_effects, 32)],
)
def test_captions_say_how_many_points_and_runs(result, draw, points):
    assert any(f"{points} points, 16 runs at each" in text for text in texts(draw(result, SIZE)))


def test_axes_name_their_units(result):
    assert "nations" in figures.elementary_effects(result, SIZE).axes[0].get_xlabel()
    assert "probability" in figures.elementary_effects(result, NLD).axes[0].get_xlabel()
    assert "share of the variance" in figures.total_effects(result, SIZE).axes[0].get_xlabel()


def test_heat_map_has_a_row_a_nation_that_varies(result):
    (axes,) = figures.nation_heat_map(result).axes
    shown = labels(axes)
    assert "Czechia" in shown  # it waits for the United States
    assert "France" not in shown  # committed at every point
    assert any(f"{38 - len(shown)} are left out" in text for text in texts(axes.figure))


def test_lines_reach_the_estimates(result):
    (axes,) = figures.convergence_lines(result, SIZE).axes
    totals = result.of(result.indices, SIZE).query("index == 'total' and estimate >= 0.05")
    ends = sorted(line.get_ydata()[-1] for line in axes.lines)
    assert ends == pytest.approx(sorted(totals["estimate"]))
    assert [line.get_xdata()[-1] for line in axes.lines] == [320] * len(totals)


@pytest.fixture
def conditions():
    """Two boxes: US involvement from 0.25 on and reach of at most 1.5; clarity from 0.9 on."""
    us, reach = (
        Limit("washington.involvement", 0.25, math.inf, 1e-9),
        Limit(REACH, -math.inf, 1.5, 0.031),
    )
    first = Box((us, reach), searched=Score(40, 30, 29, 128), judged=Score(40, 30, 24, 128))
    clarity = Limit("mandate.clarity", 0.9, math.inf, 0.002)
    second = Box((clarity,), searched=Score(11, 9, 9, 98), judged=Score(16, 10, 8, 98))
    return Discovery(NLD, (first, second), 80, 256)


@pytest.fixture
def searched(result):
    """The same analysis, as if conditions had been searched for too."""
    points = replace(result.options, discover=True).points(len(result.factors.all))
    return changed(result, discover=True, points=points)


def changed(result, **about):
    return Sensitivity(
        result.about.model_copy(update=about), result.tables, result.discoveries, result.folder
    )


def test_conditions_are_parts_of_the_ranges(searched, conditions):
    (axes,) = boxes(searched, conditions).axes
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches if bar.get_width() < 1]
    assert bars == [pytest.approx(bar) for bar in ((0.25, 0.75), (0.0, 0.75), (0.9, 0.1))]
    assert labels(axes) == ["US involvement", "reach", "clarity of the mandate"]
    written = {text.get_text() for text in axes.texts}
    assert {"0.25", "1.5", "0.9", "p < 0.001", "p = 0.031", "p = 0.002"} <= written


def test_conditions_tell_how_good_they_are_with_intervals(searched, conditions):
    text = " ".join(texts(boxes(searched, conditions)))
    assert "Where P(committed), Netherlands is 50 % or more" in text
    assert "box 1: coverage 60 % [45-74], density 80 % [63-90]" in text  # Wilson: 24 of 40, 24 of 30
    assert "So it is at 80 of all 256 points" in text


def test_the_same_conditions_are_read_back(conditions):
    assert Discovery.of_table(conditions.table()) == conditions


def test_nothing_of_the_conditions_is_outside_the_figure_or_on_other_text(searched, conditions):
    figure = boxes(searched, conditions)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    found = [text.get_window_extent() for text in [*axes.texts, *axes.get_yticklabels(), *figure.texts]]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in found)
    assert not any(one.overlaps(other) for one, other in combinations(found, 2))


@pytest.mark.parametrize(
    ("spread", "told"),
    [
        ({"noise": 0.0514}, "The number of runs accounts for at most 5.1 % of the variance."),
        ({"noise": 2.143}, "The number of runs could account for all of the variance: more runs would tell."),
        ({"noise": 0.0, "runs": 1}, "cannot be told from one run at each point"),
        ({"deviation": 0.0}, "The outcome is the same at every point: 320 points, 16 runs at each"),
    ],
)
def test_what_chance_accounts_for_is_never_more_than_all(result, spread, told):
    tables = {**result.tables, "spread": result.spread.assign(**spread)}
    other = Sensitivity(result.about, tables, result.discoveries, result.folder)
    assert told in noise_note(other, SIZE)


def test_nothing_is_drawn_outside_the_figure(result):
    for draw in (figures.total_effects, figures.convergence_lines, figures.elementary_effects):
        figure = draw(result, SIZE)
        figure.draw_without_rendering()
        box = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height


def test_a_long_label_is_cut_and_leaves_room_for_the_plot(result):
    names = [f"{lever.name}, {'in short ' * 20}" for lever in LEVERS]
    levers = tuple(
        lever.model_copy(update={"label": name}) for lever, name in zip(LEVERS, names, strict=True)
    )
    for name, draw in figures.figures_of(changed(result, levers=levers)).items():
        figure = draw()
        assert illegible(figure) == [], name
        assert figure.axes[0].get_position().width > 0.4, name
        assert "US involvement, in short" in " ".join(texts(figure)), name


def test_saves_all_of_them(result, tmp_path):
    names = {file.stem for file in save_figures(result, tmp_path)}
    assert names == {
        "nations",
        *(
            f"{kind}-{name}"
            for kind in ("total-effects", "convergence", "elementary-effects")
            for name in ("size", "NLD")
        ),
    }
    assert len(list((tmp_path / "figures").iterdir())) == 2 * len(names)
