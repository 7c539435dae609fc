"""Un attaquant qui a tous les fichiers d’une exécution publiée n’y retrouve aucun chiffre masqué."""

import hashlib
import hmac
import json
import shutil

import attacker
import pytest
import secrecy as bench

import impactkit as ik
from impactkit.errors import RefusedData
from impactkit.reports.editions import FOLDER, Move, unquoted
from impactkit.reports.fresh import KEY, OWN
from impactkit.reports.publish import publish
from impactkit.reports.record import read_record
from impactkit.reports.signing import sign
from impactkit.wording.language import FRENCH

RULES = '[secrecy]\nbusinesses = ["count_jobs"]\n\n'
PROJECTS = "project,territory,name,stage,as_of,source\n"
JOBS = "territory,project,actual,as_of,source\n"


@pytest.fixture(scope="module")
def attacked():
    """Whole published runs, each built twice: minutes."""
    return bench


@pytest.mark.parametrize("seed", range(5))
def test_nothing_withheld_comes_back(seed, tmp_path, processes, attacked):
    told = bench.tried(seed * bench.EARLIER + seed, tmp_path)
    assert told.withheld and not told.found
    # Small cells alone withheld, the same attacker finds what others determine.
    assert told.found_without >= bench.LEAST * told.determined


def test_the_attacker_reads_all_that_may_be_opened(tmp_path, processes, attacked):
    """A number planted in any file is one that he finds."""
    folder = bench.invented(1, tmp_path)
    target = bench.built(folder, tmp_path)
    texts = attacker.published(target)
    kinds = {name.rpartition(".")[2] for name in texts}
    assert kinds >= {"html", "csv", "ipynb", "json"} and "a/report.pdf/provenance.json" in texts
    assert not any(name.startswith((OWN, KEY)) for name in texts)
    for name in texts:
        planted = texts | {name: texts[name] + " 7 654 321 euros"}
        assert attacker.read(planted, 7_654_321.0) == [name]
    table = hashlib.sha256((folder / "funding.csv").read_bytes()).hexdigest()
    assert attacker.digests(texts | {"x": table}, folder, bench.PLACES) == ["funding.csv"]
    assert not attacker.digests(texts, folder, bench.PLACES)


def test_a_published_digest_is_of_a_whole_table(repo, tmp_path, processes):
    """Who answered and refused to be quoted is not found by trying words until a digest comes out."""
    folder = shutil.copytree(repo / "data" / "demo", tmp_path / "demo")
    done = ik.run(folder, only=["trois-brumes"], jobs=1, to=tmp_path / "reports").folder
    told = json.loads((done / "trois-brumes" / "provenance.json").read_text("utf-8"))["inputs"]
    for file in sorted(folder.glob("*.csv")):
        digest = told[f"evaluation/{file.name}"]
        whole = hashlib.sha256(file.read_bytes()).hexdigest()
        assert (digest == whole) == (file.name != "interviews.csv"), file.name
    assert told == dict(read_record(FRENCH, done / "trois-brumes").inputs)
    own = json.loads((done / OWN / "trois-brumes.json").read_text("utf-8"))
    assert own.keys() == told.keys() and own["evaluation/interviews.csv"] not in str(told)
    # Another territory's rows leave this report as it is.
    with (folder / "jobs.csv").open("a", encoding="utf-8") as file:
        file.write("merinval,nouveau,3,,,,2024-06-30,Gazette,\n")
    again = ik.run(folder, only=["trois-brumes"], to=tmp_path / "reports", dry_run=True)
    assert again.why["trois-brumes"] == ()


def test_with_secrecy_digests_are_keyed_and_the_key_is_not_published(tmp_path, processes, attacked):
    folder = bench.invented(2, tmp_path)
    target = bench.built(folder, tmp_path)
    key = (target / KEY).read_text("ascii")
    assert (target / KEY).stat().st_mode & 0o777 == 0o600
    told = json.loads((target / "a" / "provenance.json").read_text("utf-8"))["inputs"]
    for name in ("jobs.csv", "evaluation.toml"):
        content = (folder / name).read_bytes()
        assert told[f"evaluation/{name}"] == hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
    assert all(key not in text for text in attacker.published(target).values())
    # The same key the next time: nothing has changed.
    assert ik.run(folder, only=["a"], to=target.parent, dry_run=True).why["a"] == ()


def asked(valleys, write_notebook, text=""):
    """The three invented valleys with projects and jobs, under [secrecy] or not."""
    settings = valleys / "evaluation.toml"
    plain = settings.read_text("utf-8").replace(RULES, "")
    settings.write_text(plain.replace("[[wave]]", text + "[[wave]]", 1), "utf-8")
    shows = "import impactkit as ik\nplace = ik.load(folder).territory(territory)\n"
    shows += "ik.write_twins(place, rows=ik.indicators(place.evaluation, of=place))"
    write_notebook(valleys / "light.ipynb", middle=shows)


def jobs(valleys, count):
    (valleys / "projects.csv").write_text(PROJECTS + "p,aubepine,Four,idea,2020,Essai\n", "utf-8")
    (valleys / "jobs.csv").write_text(JOBS + f"aubepine,p,{count},2020,Essai\n", "utf-8")


def test_no_edition_that_told_it_stays_beside_the_new_one(valleys, write_notebook, processes):
    jobs(valleys, 4321)
    asked(valleys, write_notebook)
    ik.run("vallees", only=["aubepine"])
    jobs(valleys, 4322)
    target = ik.run("vallees", only=["aubepine"]).folder
    assert "4322" in (target / "aubepine" / "indicators.csv").read_text("utf-8")
    asked(valleys, write_notebook, RULES)
    ik.run("vallees", only=["aubepine"])
    assert not (target / FOLDER).exists()
    texts = attacker.published(target)
    assert "missing:withheld" in texts["aubepine/indicators.csv"]
    assert not [name for name, text in texts.items() if "4321" in text or "4322" in text]


def test_what_moved_is_told_of_official_figures_alone():
    declared = Move("count_jobs@2024", "count_jobs", "2024", "40", "42", "correction")
    official = Move("count_population@2022", "count_population", "2022", "99", "98", "period")
    assert unquoted([declared, official])[0].before == unquoted([declared])[0].after == ""
    assert unquoted([official]) == (official,)


def test_reports_of_two_protections_are_not_published_together(
    valleys, write_notebook, tmp_path, processes, attacked
):
    jobs(valleys, 4321)
    asked(valleys, write_notebook, RULES)
    reports = ik.run("vallees").folder.parent

    def signed(*codes):
        for code in codes:
            sign(FRENCH, reports / "vallees" / code, by="A. B.", as_="valide")

    signed("aubepine", "bruyere")
    site = tmp_path / "site"
    publish("vallees", to=site, reports=reports, only=["aubepine", "bruyere"])
    jobs(valleys, 4320)
    ik.run("vallees")
    signed("bruyere")
    with pytest.raises(RefusedData, match="aubepine"):
        publish("vallees", to=site, reports=reports, only=["bruyere"])
    signed("aubepine")
    publish("vallees", to=site, reports=reports, only=["aubepine", "bruyere"])
    assert not (site / "vallees" / FOLDER).exists() and len(list((site / ".vallees").glob("[0-9]*"))) == 1
    texts = attacker.published(site / "vallees")
    assert not [name for name, text in texts.items() if "4320" in text or "4321" in text]
