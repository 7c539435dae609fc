"""`make audit`: the real pip-audit before a service of this machine; no answer is never a good one."""

import contextlib
import http.server
import json
import threading

import licences
import pytest

CANARY = "jinja2"


def advisory(name, known="PYSEC-2014-8"):
    """An advisory as OSV writes it."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}]
    package = {"name": name, "ecosystem": "PyPI"}
    dates = dict.fromkeys(("modified", "published"), "2014-05-19T00:00:00Z")
    affected = [{"package": package, "ranges": ranges}]
    return {"id": known, "summary": "x", "details": "x", "aliases": [], "affected": affected, **dates}


@contextlib.contextmanager
def service(answer):
    """A service of advisories: `answer(name, version)` gives a status and what is said."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = answer(sent["package"]["name"], sent["version"])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def audit(repo, processes):
    """`make audit`, asking at an address."""

    def done(address):
        return processes.python("bench/audit.py", "--osv-url", address, cwd=repo)

    return done


def knowing(*names, known="PYSEC-2014-8"):
    """A service that knows of the canary's faults, and of those of these libraries."""

    def answer(name, version):
        faulty = (name, version) == (CANARY, "2.4.1") or name in names
        body = {"vulns": [advisory(name, known)]} if faulty else {}
        return 200, json.dumps(body).encode()

    return answer


def nothing(name, version):
    return 200, b"{}"


def portal(name, version):
    return 200, b"<html>Connexion au reseau</html>"


def broken(name, version):
    return 500, b""


def refusing(name, version):
    """Knows the canary, then refuses."""
    return knowing()(name, version) if version == "2.4.1" else (429, b"")


@pytest.mark.parametrize("answer", [nothing, portal, broken, refusing])
def test_no_answer_is_never_a_good_one(audit, answer):
    with service(answer) as address:
        done = audit(address)
    assert done.returncode == 2 and "Rien n'a été vérifié" in done.stderr and not done.stdout
    assert "Traceback" not in done.stderr


def test_a_service_that_cannot_be_reached_is_said(audit):
    with service(nothing) as address:
        pass
    done = audit(address)
    assert done.returncode == 2 and "réseau" in done.stderr and not done.stdout


def test_every_library_of_the_locks_is_asked_about(audit):
    asked = set()

    def answer(name, version):
        asked.add(name)
        return knowing()(name, version)

    with service(answer) as address:
        done = audit(address)
    assert done.returncode == 0, done.stderr
    assert asked == licences.locked(licences.DEVELOPMENT)
    assert done.stdout.startswith(f"{len(asked)} bibliothèques") and "aucune faille" in done.stdout


def test_a_known_fault_is_named_with_what_depends_on_it(audit):
    with service(knowing("idna", "pytest", known="PYSEC-\x1b[31m1")) as address:
        done = audit(address)
    idna, pytest_line = done.stdout.splitlines()
    assert done.returncode == 1 and "\x1b" not in done.stdout
    assert idna.startswith("idna ") and "99" in idna and "un rapport en dépend" in idna
    assert pytest_line.startswith("pytest ") and "tests et outils" in pytest_line
    assert "make lock" in done.stderr
