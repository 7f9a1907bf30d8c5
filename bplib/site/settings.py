"""What Sphinx is told: the theme, what of a notebook's outputs is shown, and that nothing is run or fetched."""
from pathlib import Path

from . import mathjax

HERE = Path(__file__).resolve().parent
TITLE = "Understand backpropagation"
SHOWN = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "text/plain")
"""Kinds of output, the first that there is: the order of JupyterLab."""


def settings(url: str = "", repository: str = "", scripts: Path | None = None) -> dict:
    """The settings of Sphinx.

    url         the address at which the site will be; cards for social media need it, because they name pictures so
    repository  where the source can be found
    scripts     a folder with scripts that are made when the site is built, where there are any
    """
    return {
        "project": TITLE, "author": "The authors of bplib", "html_title": TITLE,
        "extensions": ["myst_nb", "sphinx.ext.mathjax", "sphinxext.opengraph"],
        "html_theme": "furo", "language": "en", "templates_path": [str(HERE / "templates")],
        "html_static_path": [str(one) for one in (HERE / "static", scripts) if one], "html_css_files": ["site.css"], "html_js_files": ["site.js", "choices.js"],
        "html_theme_options": {"source_repository": repository} if repository else {},
        "html_copy_source": False, "html_show_search_summary": False, "html_use_index": False,
        "html_permalinks_icon": "#", "html_show_copyright": False,
        "nb_execution_mode": "off", "nb_merge_streams": True, "nb_render_markdown_format": "myst",
        "nb_mime_priority_overrides": [("html", kind, rank) for rank, kind in enumerate(SHOWN)],
        "myst_enable_extensions": ["dollarmath"], "myst_heading_anchors": 3,
        "myst_heading_slug_func": "bplib.site.sources.anchor", "myst_update_mathjax": False,
        "myst_url_schemes": {"http": None, "https": None, "page": "{{path}}#{{fragment}}"},
        "mathjax_path": "mathjax/startup.js", "mathjax3_config": mathjax.CONFIG,
        "html_baseurl": url, "ogp_site_url": url, "ogp_site_name": TITLE, "ogp_enable_meta_description": True,
        "ogp_social_cards": {"enable": bool(url), "font": "DejaVu Sans"},  # a font that has Persian, too
    }

