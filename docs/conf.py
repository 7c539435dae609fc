"""Sphinx: `make docs` builds the site into docs/_build/html, and asks nothing of the network."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import generate  # noqa: E402
from docutils import nodes  # noqa: E402
from docutils.utils.math.latex2mathml import tex2mathml  # noqa: E402

import impactkit  # noqa: E402
from impactkit.wording.catalogue import french_spaces  # noqa: E402

project, author, language = "impactkit", "impactkit", "fr"
version = release = impactkit.__version__
copyright = "les contributeurs d’impactkit, licence MIT"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
# The words of the docstrings in French, and those that the theme says of itself.
locale_dirs, gettext_compact = ["locale"], False
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nitpicky = True
smartquotes = False
default_role = "code"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
add_module_names = False

html_theme = "furo"
html_title = "impactkit"
html_static_path = ["static"]
html_css_files = ["impactkit.css"]
html_show_sphinx = False
html_copy_source = False
# Formulas are MathML: browsers draw them, and no script is fetched for it.
html_math_renderer = "mathml"


def formula(translator, node):
    block = isinstance(node, nodes.math_block)
    translator.body.append(tex2mathml(node.astext(), as_block=block))
    raise nodes.SkipNode


def typography(app, tree):
    """French spaces and apostrophes in prose, as in the reports; code stays as it is typed."""
    for text in list(tree.findall(nodes.Text)):
        above = text.parent
        while above and not isinstance(above, nodes.literal | nodes.literal_block | nodes.math | nodes.raw):
            above = above.parent
        if not above:
            text.parent.replace(text, nodes.Text(french_spaces(text)))


def unsigned(app, what, name, found, options, signature, returned):
    """Objects that the kit makes are not made by hand: their words say what they hold."""
    return ("", None) if what in ("class", "exception") else None


def setup(app):
    # Before the titles are gathered for the contents.
    app.connect("doctree-read", typography, priority=100)
    app.connect("autodoc-process-signature", unsigned)
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    app.connect("builder-inited", lambda app: generate.everything(HERE))
