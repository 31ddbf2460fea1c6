"""A comparison as its readers see it: table, figures, results folder, command."""

import io
import json
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from legible import illegible
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from printing import lost
from rich.console import Console

import sim
from sim.experiments.comparison.compare import TABLES, compare, compared, plan_comparison
from sim.experiments.comparison.result import Comparison
from sim.experiments.comparison.runs import ComparisonPlan
from sim.experiments.resumable import complete_results, run_parts
from sim.experiments.runs import Runs
from sim.inputs.case import load_case
from sim.outputs import style
from sim.outputs.comparison.figures import FIGURES, OF_NATIONS, figures_of
from sim.outputs.comparison.tables import comparison_report
from sim.outputs.document.terminal import rendered
from sim.outputs.words import signed
from sim.results.drawing import save_figures

A, B = "brussels-2025-04", "us-backstop"
MANY = [A, B, "domestic-backlash", "clear-reassurance", "us-withdrawal", "grand-bargain"]
Command = Callable[..., Any]


@pytest.fixture(scope="module")
def backstop() -> Comparison:
    return compare([A, B], runs=200)


@pytest.fixture(scope="module")
def itself() -> Comparison:
    return compare([A, A], runs=20)


@pytest.fixture(scope="module")
def many() -> Comparison:
    return compare(MANY, runs=100)


def printed(comparison: Comparison, width: int = 120) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(rendered(comparison_report(comparison)))
    return console.export_text()


# Words


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [(4038.2, 0, "+4,038"), (-0.126, 2, "-0.13"), (0.0, 1, "0.0"), (-0.04, 1, "0.0"), (0.3, 0, "0")],
)
def test_differences_have_a_sign_unless_they_are_nothing(number: float, decimals: int, text: str) -> None:
    assert signed(number, decimals) == text


# One run, which tells nothing of chance


@pytest.fixture(scope="module")
def once() -> Comparison:
    return compare([A, B], runs=1)


def test_one_run_tells_no_difference_from_chance(once: Comparison) -> None:
    text = printed(once)
    assert "[? to ?]" in text
    assert "the first may be chance" in " ".join(text.split())


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_differences_of_one_run_are_within_the_plot_and_hollow(
    once: Comparison, draw: Callable[[Comparison], Figure]
) -> None:
    figure = draw(once)
    assert illegible(figure) == []
    for axes in (inner for outer in figure.axes for inner in outer.child_axes):
        marks = [line for line in axes.lines if line.get_marker() == "o"]
        assert all(mark.get_markerfacecolor() == "white" for mark in marks)
        left, right = axes.get_xlim()
        assert all(left < mark.get_xdata()[0] < right for mark in marks)


# Table


def test_the_table_loses_nothing_at_80_columns(backstop: Comparison, many: Comparison) -> None:
    assert lost(comparison_report(backstop)) == lost(comparison_report(many)) == []


def test_the_table_says_what_the_data_say(backstop: Comparison) -> None:
    text = printed(backstop)
    size = backstop.coalition.set_index("measure").loc["size"]
    interval = f"{size.difference:+.2f} [{size.difference_low:+.2f} to {size.difference_high:+.2f}]"
    of_values = [backstop.verdicts(name, "value")["size"] for name in (A, B)]
    (line,) = re.findall("declare soldiers on land, nations.*", text)
    assert line.split() == [
        *[
            "declare",
            "soldiers",
            "on",
            "land,",
            "nations",
            *(f"{size.reference:.1f}", f"({of_values[0]})"),
            "->",
            *(f"{size.value:.1f}", f"({of_values[1]})"),
        ],
        *interval.split(),
        f"({backstop.verdicts(B, 'difference')['size']})",
    ]
    canada = backstop.nations.set_index(["iso3", "measure"]).loc["CAN"]
    (line,) = re.findall("Canada.*", text)
    assert f"{canada.loc['p_committed'].difference * 100:+.1f} [" in line
    assert f"{canada.loc['days_to_joining'].difference:+.0f} [" in line


def test_the_table_says_how_many_runs_and_what_the_intervals_are(backstop: Comparison) -> None:
    text = " ".join(printed(backstop).split())
    for said in (
        "200 runs of each, seed 1, against brussels-2025-04",
        "95 % interval of the paired",
        "horizon of 364 days",
    ):
        assert said in text


def test_no_nation_that_differs_is_left_out(many: Comparison) -> None:
    text = printed(many)
    for name in many.about.names[1:]:
        rows = many.nations[many.nations["scenario"] == name]
        left = len(many.about.cases[0].nations) - rows[rows["difference"] != 0]["iso3"].nunique()
        part = text.split(f"\n{name}: ")[1]
        assert f"no difference in any run: {left} of 38 nations" in part.split("\n\n\n")[0]


def test_the_table_of_a_scenario_against_itself(itself: Comparison) -> None:
    text = printed(itself)
    assert "brussels-2025-04-2: Brussels, 10 April 2025" in text
    assert "no difference in any run: 38 of 38 nations" in text
    words = " ".join(text.split())
    same = "as many nations declare soldiers on land at the end in every run"
    nothing = "0.00 [0.00 to 0.00] contribute any military means (assumed), 0 [0 to 0] soldiers are pledged"
    assert f"{same}; {nothing} (assumed)." in words
    assert re.search(r"declare soldiers on land, nations .* 0\.00 \[0\.00 to 0\.00\] \(assumed\)", text)


# Figures


@pytest.fixture(scope="module", params=(*FIGURES, OF_NATIONS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["backstop", "itself", "many"])
def figure(request: pytest.FixtureRequest, kind: str) -> Figure:
    drawn = figures_of(request.getfixturevalue(request.param))[kind]()
    drawn.draw_without_rendering()
    return drawn


def shown(figure: Figure) -> dict[Text, Bbox]:
    """Where every text that is seen is drawn: ticks beyond their axis are not."""
    hidden: set[Artist] = set()
    for axes in figure.findobj(Axes):
        assert isinstance(axes, Axes)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                hidden.add(tick.label2)
                if not (axes.axison and low <= tick.get_loc() <= high):
                    hidden.add(tick.label1)
    texts = [
        item
        for item in figure.findobj(Text)
        if isinstance(item, Text) and item.get_visible() and item not in hidden
    ]
    return {text: text.get_window_extent() for text in texts if text.get_text().strip()}


def test_nothing_is_clipped(figure: Figure) -> None:
    page = figure.bbox
    for text, box in shown(figure).items():
        inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
        assert inside, text.get_text()


def test_no_text_stands_on_another(figure: Figure) -> None:
    for (one, its), (other, box) in combinations(shown(figure).items(), 2):
        wide = min(its.x1, box.x1) - max(its.x0, box.x0)
        high = min(its.y1, box.y1) - max(its.y0, box.y0)
        assert wide <= 0.5 or high <= 0.5, (one.get_text(), other.get_text())


def test_figures_say_how_many_runs_and_against_what(figure: Figure) -> None:
    text = " ".join(" ".join(item.get_text() for item in figure.texts).split())
    assert re.search(
        r"\d+ runs of each scenario with the same draws, seed 1, reference brussels-2025-04", text
    )
    assert ("95 % intervals of the paired differences" in text) != ("Grey: the reference" in text)


@pytest.mark.slow
def test_the_same_comparison_gives_the_same_bytes(backstop: Comparison, tmp_path: Path) -> None:
    written = [
        [file.read_bytes() for file in save_figures(backstop, tmp_path / name)] for name in ("one", "two")
    ]
    assert written[0] == written[1]
    assert len(written[0]) == 2 * len(figures_of(backstop))


# Results folder


def into_folder(plan: ComparisonPlan, out: Path, *, csv: bool = False) -> tuple[Comparison, Path]:
    folder = run_parts(plan, out)
    comparison = compared(plan, folder)
    complete_results(plan, folder, comparison, csv=csv)
    return comparison, folder


def test_a_folder_holds_tables_figures_and_what_was_compared(tmp_path: Path) -> None:
    plan = plan_comparison([A, B], Runs(40, seed=2))
    comparison, folder = into_folder(plan, tmp_path, csv=True)
    assert folder == tmp_path / "compare" / f"{A}-{B}" / plan.id
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == {
        "digests.sha256",
        "manifest.json",
        "document.json",
        "sums.parquet",
        *(f"{table}.{ending}" for table in TABLES for ending in ("parquet", "csv")),
        *(f"figures/{name}.{ending}" for name in (*FIGURES, OF_NATIONS) for ending in ("png", "svg")),
    }
    for table in ("nations", "coalition"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(folder / f"{table}.parquet"), getattr(comparison, table), check_exact=True
        )
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [case["scenario"]["name"] for case in manifest["cases"]] == manifest["names"] == [A, B]
    assert (manifest["runs"], manifest["seed"]) == (40, 2)
    assert str(Path.home()) not in json.dumps(manifest)


def test_a_folder_holds_what_runs_in_memory_give(tmp_path: Path) -> None:
    kept, _ = into_folder(plan_comparison([A, B], Runs(600)), tmp_path)
    for table in ("nations", "coalition"):
        in_memory = getattr(compare([A, B], runs=600), table)
        pd.testing.assert_frame_equal(getattr(kept, table), in_memory, check_exact=True)


def test_a_folder_is_that_of_the_command() -> None:
    def id_of(scenarios: list[Any], overrides: tuple[str, ...] = (), **options: Any) -> str:
        return plan_comparison(scenarios, Runs(**options), overrides).id

    ids = {
        id_of([A, B], number=40),
        id_of([B, A], number=40),
        id_of([A, B, A], number=40),
        id_of([A, B], number=41),
        id_of([A, B], number=40, seed=2),
        id_of([A, B], ("washington.involvement=0.7",), number=40),
        id_of([A, load_case(B, ["washington.involvement=0.7"])], number=40),
    }
    assert len(ids) == 7
    assert id_of([A, B], number=40, threads=3) in ids


def test_many_scenarios_make_no_endless_name(many: Comparison, tmp_path: Path) -> None:
    cases = [load_case(name) for name in (*many.about.names, *many.about.names)]
    plan = ComparisonPlan(tuple(cases), Runs(5))
    assert plan.folder(tmp_path).parent.name == f"{A}-and-11-others"


# Command


def test_the_command_prints_the_table_and_where_the_results_are(coalition: Command) -> None:
    ended = coalition("compare", A, B, "--runs", 30, "--rounds", 12, "--seed", 3, "--csv")
    assert ended.code == 0
    assert "us-backstop: A US backstop" in ended.out
    assert "30 runs of each, seed 3" in ended.out
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert (folder / "nations.csv").exists()
    assert json.loads((folder / "manifest.json").read_text())["cases"][0]["scenario"]["rounds"] == 12


@pytest.mark.slow
def test_what_is_set_applies_to_every_scenario(coalition: Command) -> None:
    ended = coalition("compare", A, B, "--runs", 10, "--set", "washington.involvement=0.3")
    assert "no difference in any run: 38 of 38 nations" in ended.out


@pytest.mark.slow
def test_quiet_prints_only_where_the_results_are(coalition: Command) -> None:
    ended = coalition("compare", A, B, "--runs", 10, "--quiet", "--out", "there")
    assert re.fullmatch(r"results: there/compare/brussels-2025-04-us-backstop/[0-9a-f]{12}\n", ended.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((A,), "a comparison needs two scenarios or more; the first is the reference"),
        ((A, "us-backstopp"), "us-backstopp"),
        ((A, B, "--set", "washington.involvment=1"), "washington.involvment"),
    ],
)
def test_mistakes_are_told_in_one_line(coalition: Command, arguments: tuple[str, ...], said: str) -> None:
    ended = coalition("compare", *arguments)
    assert ended.code == 2
    (line,) = [line for line in ended.err.splitlines() if not line.startswith("compiling")]
    assert line.startswith("coalition: ")
    assert said in line
    assert not Path("results").exists()


# Over time


def test_lines_over_time_are_those_of_the_runs(backstop: Comparison) -> None:
    runs = sim.run(B, runs=200)
    rounds = backstop.tables["rounds"].query("scenario == @B")
    for column in ("size_mean", "force_mean", "p_force_met"):
        assert rounds[column].tolist() == runs.rounds[column].tolist()
    canada = backstop.tables["nation_rounds"].query("scenario == @B and iso3 == 'CAN'")
    assert canada["p_committed"].tolist() == runs.nations.query("iso3 == 'CAN'")["p_committed"].tolist()


def test_lines_end_where_the_differences_are_told(backstop: Comparison) -> None:
    last = backstop.tables["rounds"].groupby("scenario")["size_mean"].last()
    size = backstop.coalition.set_index("measure").loc["size"]
    assert last[B] - last[A] == pytest.approx(size.difference)


def test_the_reference_is_grey_and_every_line_is_named_with_where_it_ends(many: Comparison) -> None:
    figure = figures_of(many)["over-time"]()
    panels = [axes for axes in figure.axes[0].child_axes if axes.lines]
    for axes in panels:
        assert axes.lines[0].get_color() == style.MUTED
        assert len({line.get_color() for line in axes.lines}) == len(many.about.names)
        words = " ".join(text.get_text() for text in axes.texts)
        assert all(name.split("-")[0] in words for name in many.about.names)


def test_nations_over_time_are_those_chosen_by_any_name(backstop: Comparison) -> None:
    figure = backstop.plot("nations-over-time", nations=["Sweden", "DEU"])
    titles = [axes.get_title(loc="left") for axes in figure.axes[0].child_axes]
    assert titles == ["Sweden: P(soldiers on land)", "Germany: P(soldiers on land)"]


def test_many_runs_are_shown_over_time_by_the_first_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiments.comparison.estimates.MOST_RUNS_OVER_TIME", 30)
    comparison = compare([A, B], runs=50)
    assert set(comparison.tables["rounds"]["runs"]) == {30}
    assert set(comparison.coalition["runs"]) == {50}
