"""Libraries that are loaded when something of them is first asked for."""

import subprocess
import sys

import pandas  # noqa: ICN001 - beside pd of libraries
import pytest
import scipy.stats

from sim.system.libraries import Late, mpl, pd, stats


def test_it_gives_what_the_library_has() -> None:
    assert pd.DataFrame is pandas.DataFrame
    assert stats.rankdata is scipy.stats.rankdata


def test_a_module_of_a_package_is_loaded_when_it_is_named() -> None:
    code = (
        "import sys; from sim.system.libraries import mpl\n"
        "before = 'matplotlib' in sys.modules; mpl.ticker.MaxNLocator\n"
        "print(before, 'matplotlib.ticker' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False True\n"
    assert mpl.ticker.MaxNLocator


def test_what_it_lacks_it_says_as_any_module_does() -> None:
    assert not hasattr(pd, "__wrapped__")
    with pytest.raises(AttributeError, match="no_such_thing"):
        pd.no_such_thing  # noqa: B018


def test_a_library_that_is_not_installed_is_missed_when_it_is_used() -> None:
    missing = Late("no_such_library")
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        missing.anything  # noqa: B018


def test_pandas_is_loaded_before_pyarrow_loads_it_and_forgets_that_it_was_interrupted() -> None:
    code = "import sys\nfrom sim.system.libraries import pa\npa.array\nprint('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "True\n"
