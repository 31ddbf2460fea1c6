"""Documents of any kind, for tests of what becomes of them."""

from hypothesis import strategies as st

from sim.results.document import (
    Cell,
    Code,
    Details,
    Document,
    Fact,
    Facts,
    Note,
    Picture,
    Point,
    Points,
    Section,
    Table,
    nothing,
    number,
    word,
)

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
MARKUP = st.sampled_from(
    ["<b>x</b>", "[bold]x[/bold]", "a|b", "&amp;", '"><script>', ":flag:", "<!--", "]]>"]
)
TEXTS = WORDS | MARKUP
NUMBERS = st.floats(allow_nan=False).map(lambda value: number(value, f"{value:g}"))
CELLS = NUMBERS | TEXTS.map(word) | TEXTS.map(nothing)


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[Cell] = CELLS) -> Table:
    """Return a table of one to four columns, which may have no row."""
    width = draw(st.integers(1, 4))
    rows = st.lists(st.tuples(*[cells] * width), max_size=4).map(tuple)
    headings = draw(st.tuples(*[TEXTS] * width))
    most, aside = draw(st.none() | st.integers(1, 3)), draw(st.sets(st.sampled_from(headings), max_size=1))
    return Table(headings, draw(rows), draw(TEXTS), most, tuple(aside))


BLOCKS = st.one_of(
    TEXTS,
    st.builds(Note, TEXTS),
    st.builds(Code, TEXTS),
    st.builds(Picture, st.just("data:image/png;base64,"), TEXTS, st.integers(1), st.integers(1)),
    st.lists(st.builds(Fact, TEXTS, TEXTS, TEXTS), max_size=3).map(lambda facts: Facts(tuple(facts))),
    st.lists(st.builds(Point, TEXTS, TEXTS), max_size=3).map(lambda points: Points(tuple(points))),
    tables(),
)
SECTIONS = st.recursive(
    BLOCKS,
    lambda blocks: (
        st.lists(blocks, max_size=3)
        .map(tuple)
        .flatmap(lambda inside: st.builds(Section, TEXTS, st.just(inside)) | st.just(Details(inside)))
    ),
    max_leaves=6,
)
DOCUMENTS = st.builds(Document, TEXTS, st.lists(SECTIONS, max_size=5).map(tuple))
