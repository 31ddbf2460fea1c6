"""How Sphinx builds these pages: ``sphinx-build -W -n docs build/docs``, offline, without a warning."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

import sim  # noqa: E402 - found by the line above

project = "coalition-sim"
author = "the authors of coalition-sim"
project_copyright = "the authors of coalition-sim"
version = release = sim.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated", "mathml", "public_names"]
exclude_patterns = ["README.md", "examples/**/README.md"]

# Pages: Markdown (MyST); those with code cells are notebooks and are run while building.
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "auto"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
nb_output_stderr = "remove"  # Mesa's progress bar asks for widgets

# Docstrings: numpy style; single backticks are code.
default_role = "code"
smartquotes_action = "D"  # dashes
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_google_docstring = False

# Nothing is fetched while building, so types of other libraries are names without a link; so are those of
# ours that a signature names but that are not public.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections|datetime|mesa|matplotlib|np|numpy|pandas|pathlib|pd|pydantic|typing)\..*"),
    (r"py:class", r"sim\.(inputs|model|results|experiments|outputs)\..+"),
    (r"py:class", r"Result|Answers|HindcastTables"),  # what public classes share
]

html_theme = "furo"
html_title = f"coalition-sim {release}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_search_summary = False  # read from disk, a page may not fetch others
html_show_sourcelink = False
