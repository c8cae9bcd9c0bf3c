"""How Sphinx makes the pages of this folder, and the docstrings of the library, into a site."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

project = "jena-forecast"
project_copyright = "the contributors; Apache 2.0"
html_title = project

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
html_theme = "furo"

# The pages are written for a reader of the files: links to other files stay what they are there.
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

# The notebooks are run by tests/test_notebooks.py, and kept without what they print.
nb_execution_mode = "off"

autosummary_generate = True
autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    "exclude-members": "model_config",
    "ignore-module-all": True,  # what a room exports is described where it is defined
}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
default_role = "code"
