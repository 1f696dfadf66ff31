"""Settings of the documentation site, built by packaging/site.sh."""

import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]

project = "Fieldcheck"
author = "The Fieldcheck authors"
copyright = author  # noqa: A001 - the name that Sphinx reads
version = release = PROJECT["version"]
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["pictures/**", "examples/**"]
myst_heading_anchors = 4
# Links to files outside the site (sources, licences, figures) stay links into the checkout.
myst_enable_extensions = ["deflist"]
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
html_theme = "furo"
html_title = f"Fieldcheck {version}"
html_static_path: list[str] = []
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
language = "en"
