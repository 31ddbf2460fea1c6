"""Tables of others: what would not fit into memory is refused before it is read."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from signing import sign

from sim.system import tables
from sim.system.folders import Damaged, Missing
from sim.system.tables import TooLarge, read_frame, read_table

MB = 10**6


def table_file(folder: Path, table: pa.Table) -> Path:
    pq.write_table(table, folder / "t.parquet", store_schema=False)
    sign(folder)
    return folder / "t.parquet"


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 20 MB be free."""
    monkeypatch.setattr(tables, "available_memory", lambda: 20 * MB)


def words(word: str, times: int) -> pa.Table:
    return pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), [word])})


TOO_LARGE = {
    "equal numbers": pa.table({"a": pa.array([7] * (2 * MB), pa.int64())}),
    "equal words": words("yes", 2 * MB),
    "long words": words("x" * MB, 100),
    "words in lists": pa.table({"a": pa.array([["x" * 20_000]] * 2000)}),
}


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_small_file_of_a_table_that_is_too_large_is_refused(tmp_path: Path, what: str) -> None:
    file = table_file(tmp_path, TOO_LARGE[what])
    assert file.stat().st_size < MB / 4
    for read in (read_table, read_frame):
        with pytest.raises(TooLarge, match=r"t\.parquet: takes .* GB of memory, of which 0\.0 GB are free; "):
            read(file)


@pytest.mark.usefixtures("little_memory")
def test_a_table_that_fits_is_read(tmp_path: Path) -> None:
    for fitting in (words("yes", MB), words("x" * 1000, 5), pa.table({"a": [1.5] * (MB // 2)})):
        assert read_table(table_file(tmp_path, fitting)).num_rows == fitting.num_rows


def test_a_table_is_read_as_pandas_has_written_it(tmp_path: Path) -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2025-04-10"]), "n": [1], "x": [0.1], "word": ["é"]})
    frame.to_parquet(tmp_path / "t.parquet")
    sign(tmp_path)
    pd.testing.assert_frame_equal(read_frame(tmp_path / "t.parquet"), frame, check_exact=True)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 no longer PAR1", b"x" * 1000])
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(content)
    sign(tmp_path)
    for read in (read_table, read_frame):
        with pytest.raises(Damaged, match=r"t\.parquet: is no table that can be read"):
            read(tmp_path / "t.parquet")


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"t\.parquet: is missing"):
        read_table(sign(tmp_path) / "t.parquet")
