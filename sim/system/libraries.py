"""Libraries that take long to load, each loaded when it is first used.

pandas takes a third of a second and results are tables of it, but ``coalition --help``, a mistake in a file
and a worker that only simulates use none. Modules import such a library from here as they would by itself:
``from sim.system.libraries import pd``. In annotations it stands in quotes, which load nothing.
"""

from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import distributed
    import jinja2
    import loky
    import matplotlib as mpl
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from ema_workbench.analysis import prim
    from SALib.analyze import sobol as sobol_analysis
    from SALib.sample import morris as morris_sample
    from SALib.sample import sobol as sobol_sample
    from scipy import special, stats

__all__ = [
    "Late",
    "distributed",
    "jinja2",
    "loky",
    "morris_sample",
    "mpl",
    "pa",
    "pc",
    "pd",
    "pq",
    "prim",
    "sobol_analysis",
    "sobol_sample",
    "special",
    "stats",
]


class Late(ModuleType):
    """A module that is imported when something of it is first asked for.

    Parameters
    ----------
    name
        Of the module.
    before
        A module that it imports by itself, and so that nobody can interrupt it: it is imported first.
    """

    def __init__(self, name: str, *, before: str = "") -> None:
        super().__init__(name)
        self._before = before

    def __getattr__(self, name: str) -> Any:
        """Return what it has of this name."""
        if self._before:
            import_module(self._before)
        module = import_module(self.__name__)
        if not hasattr(module, name):
            with suppress(ModuleNotFoundError):
                import_module(f"{self.__name__}.{name}")  # a module of a package
        return getattr(module, name)


if not TYPE_CHECKING:
    distributed = Late("distributed")
    jinja2 = Late("jinja2")
    loky = Late("loky")
    morris_sample = Late("SALib.sample.morris")
    mpl = Late("matplotlib")
    # Where it makes arrays it loads pandas, and goes on without if that is interrupted: a Ctrl-C was lost.
    pa = Late("pyarrow", before="pandas")
    pc = Late("pyarrow.compute", before="pandas")
    pd = Late("pandas")
    pq = Late("pyarrow.parquet", before="pandas")
    prim = Late("ema_workbench.analysis.prim")
    sobol_analysis = Late("SALib.analyze.sobol")
    sobol_sample = Late("SALib.sample.sobol")
    special = Late("scipy.special")
    stats = Late("scipy.stats")
