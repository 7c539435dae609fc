"""Each rule of a page: a page that breaks it is refused in words, a page that keeps it is not."""

import pytest

from impactkit.errors import ReportFailed
from impactkit.reports.page_rules import POLICY, problems, ruled
from impactkit.wording.language import FRENCH

PAGE = (
    '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Titre</title><style>'
    'p { background: url(data:image/png;base64,AA) } a::after { content: url("data:,x") }</style></head>'
    '<body><a href="#a">x</a><h1>Un</h1><h2 id="a">Deux</h2>'
    '<img src="data:image/png;base64,AA" alt="Une courbe">'
    '<table><tr><th scope="col">A</th></tr></table><!-- END --></body></html>'
)


def test_a_page_that_keeps_every_rule_has_no_problem():
    assert problems(FRENCH, PAGE) == ()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (' lang="fr"', "", "langue"),
        ("Titre", " ", "titre"),
        ("<h1>Un</h1>", "", "premier niveau"),
        ("<h1>Un</h1>", "<h1>Un</h1><h1>Bis</h1>", "un seul"),
        ("<h2", "<h3", "sautent"),
        ('alt="Une courbe"', 'alt=" "', "remplacement"),
        (' alt="Une courbe"', "", "remplacement"),
        (' scope="col"', "", "en-tête"),
        ("<h1>", '<h1 id="a">', "double"),
        ("#a", "#b", "ancres"),
    ],
)
def test_each_broken_rule_is_said(was, becomes, said):
    assert was in PAGE
    found = problems(FRENCH, PAGE.replace(was, becomes))
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    "added",
    [
        "<script>1</script>",
        "<SCRIPT src=x></SCRIPT>",
        "<iframe srcdoc='x'></iframe>",
        '<p onclick="x()">x</p>',
        '<link rel="stylesheet" href="x.css">',
        '<meta http-equiv="refresh" content="0;url=https://a.example">',
        '<meta http-equiv="Content-Security-Policy" content="default-src *">',
        '<base href="https://a.example">',
        '<form action="https://a.example"></form>',
        '<a href="https://a.example">x</a>',
        '<a href="//a.example">x</a>',
        '<a href="\\\\a.example">x</a>',
        '<a href=" java&#10;script:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<img alt="x" src="http://a.example/x.png">',
        '<img alt="x" src="&#104;ttp://a.example/x.png">',
        '<img alt="x" src="data:image/png;base64,AA" srcset="https://a.example/x.png 2x">',
        '<svg><image xlink:href="https://a.example/x.png"/></svg>',
        '<p style="background:url(https://a.example/x.png)">x</p>',
        "<style>p { background: URL( 'https://a.example/x.png') }</style>",
        "<style>@import 'x.css';</style>",
        "<style>p { background: image-set('x.png' 1x) }</style>",
    ],
)
def test_nothing_leads_out_of_the_page(added):
    page = PAGE.replace("<!-- END -->", added)
    assert problems(FRENCH, page)
    if "x.css" not in added:
        assert problems(FRENCH, page, links=True)


def test_a_page_tells_its_policy_before_all_else():
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = PAGE.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{meta}')
    assert ruled(FRENCH, page) == page
    late = PAGE.replace("</title>", f"</title>{meta}")
    for wrong in (PAGE, late, page.replace("'none'", "*"), page.replace(meta, f"<!-- {meta} -->")):
        with pytest.raises(ReportFailed, match="Content-Security-Policy"):
            ruled(FRENCH, wrong, where="report.html")


def test_links_to_the_files_beside_are_the_contents_page_s_own():
    page = PAGE.replace("<!-- END -->", '<a href="nantes/report.html">x</a>')
    assert problems(FRENCH, page) and not problems(FRENCH, page, links=True)


def test_an_address_that_is_only_written_is_text():
    assert not problems(FRENCH, PAGE.replace("Deux", "Lu sur https://a.example &lt;script&gt;"))
