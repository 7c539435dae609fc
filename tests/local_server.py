"""A web server of this machine that answers what a test wrote, and remembers when it was asked."""

import http.server
import threading
import time
from collections import defaultdict
from contextlib import contextmanager


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers in the order they were given for a path; the last one for ever after."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        site = self.server.site
        with site.lock:
            site.asked.append((time.time(), self.path, dict(self.headers)))
            turn = site.turns[path]
            site.turns[path] += 1
        known = site.answers.get(path, [(404, {}, b"")])
        status, headers, body, *rest = known[min(turn, len(known) - 1)]
        if callable(body):
            status, headers, body = body(self.path, dict(self.headers))
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        slow = rest[0] if rest else 0
        if slow:
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            site.half.set()
            time.sleep(slow)
            self.wfile.write(body[half:])
        else:
            self.wfile.write(body)
        if "Content-Length" in headers and int(headers["Content-Length"]) != len(body):
            self.close_connection = True

    def do_POST(self):
        # What a page may send without being asked: heard as any other request.
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *words):
        pass


class Site:
    """`answers`: path -> list of (status, headers, body[, seconds in the middle of the body]); a status of 0
    hangs up without a word.
    """

    def __init__(self):
        self.answers, self.asked, self.turns = {}, [], defaultdict(int)
        self.lock, self.half = threading.Lock(), threading.Event()
        self.address = ""

    def fullest(self, seconds):
        """The most requests in any window of so many seconds."""
        times = sorted(moment for moment, *_ in self.asked)
        return max(sum(start <= other < start + seconds for other in times) for start in times)


@contextmanager
def serving():
    """A site on a free port of this machine."""
    site = Site()

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """A client that was killed is part of the test."""

    server = Quiet(("127.0.0.1", 0), Answers)
    server.site = site
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
