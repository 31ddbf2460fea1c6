"""One nation's figure: its stances over time and when it joins, in a file of its own."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure

import sim
from sim.outputs.figures import OF_NATIONS, figures_of
from sim.outputs.figures.nation import nation_over_time
from sim.outputs.redraw import MOST_IN_NAME, Wanted, file_name, redraw
from sim.outputs.style import WIDTH
from sim.results.kinds import KINDS

PAGE = 9 / 16


@pytest.fixture(scope="module")
def result() -> sim.RunResult:
    return sim.run("paris-us-backstop", runs=60)


def words(figure: Figure) -> str:
    texts = [text for axes in figure.axes for inner in axes.child_axes for text in inner.texts]
    titles = [inner._left_title for axes in figure.axes for inner in axes.child_axes]
    return "\n".join(text.get_text() for text in (*texts, *titles, *figure.texts))


def test_it_says_where_the_nation_stands_at_the_end_and_when_it_joins(result: sim.RunResult) -> None:
    row, text = result.summary.loc["SWE"], words(nation_over_time(result, ["SWE"])).replace("\n", " ")
    assert f"declares soldiers {row['p_committed'] * 100:.0f} %" in text
    assert "conditional at the start" in text
    assert f"half of them by {row['joined']:%-d %b %Y}" in text


def test_who_hardly_ever_joins_has_no_date(result: sim.RunResult) -> None:
    assert "half of them by" not in words(nation_over_time(result, ["HUN"]))


def test_one_nation_fills_about_a_page_of_16_to_9(result: sim.RunResult) -> None:
    width, height = nation_over_time(result, ["SWE"]).get_size_inches()
    assert width == WIDTH
    assert height / width == pytest.approx(PAGE, abs=0.1)


def test_texts_do_not_run_into_each_other(result: sim.RunResult) -> None:
    figure = nation_over_time(result, ["GBR", "POL", "SWE"])
    figure.draw_without_rendering()
    for axes in figure.axes[0].child_axes:
        boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[place + 1 :])
            assert box.x1 <= figure.bbox.x1


def test_figures_of_nations_are_those_that_are_declared() -> None:
    assert tuple(OF_NATIONS) == KINDS["run"].of_nations


def test_it_is_drawn_of_chosen_nations_only(result: sim.RunResult) -> None:
    assert "nation" not in figures_of(result)
    assert "nation" in figures_of(result, ["SWE"])


def test_figures_of_chosen_nations_do_not_replace_those_of_all() -> None:
    of_nations = KINDS["run"].of_nations
    assert file_name("joining", of_nations, ()) == "joining"
    assert file_name("joining", of_nations, ["NLD", "SWE"]) == "joining-NLD-SWE"
    assert file_name("map", of_nations, ["NLD"]) == "map"
    many = [f"N{number:02}" for number in range(MOST_IN_NAME + 3)]
    assert file_name("nation", of_nations, many).endswith(f"{many[MOST_IN_NAME - 1]}-and-3")


def test_plot_writes_them_beside_the_figures_of_all(tmp_path: Path) -> None:
    from sim.experiments.run import run_into_folder
    from sim.experiments.runs import Runs
    from sim.inputs.case import load_case

    folder = run_into_folder(load_case("paris-us-backstop", ["rounds=4"]), Runs(8), tmp_path)
    figures = folder if isinstance(folder, Path) else folder[-1]
    before = (figures / "figures" / "joining.png").read_bytes()
    drawn = [file.name for file in redraw([figures], Wanted(nations=("Sweden",), formats=("png",)))]
    assert drawn == ["nation-SWE.png", "joining-SWE.png", "willingness-SWE.png"]
    assert (figures / "figures" / "joining.png").read_bytes() == before
