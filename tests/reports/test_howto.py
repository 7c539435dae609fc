"""docs/publier.md, followed word for word: from a scheduled run to a signed PDF in a mailbox."""

import os
import re
import shutil
import sys
from pathlib import Path

import pikepdf
from processes import words_of
from reports.mail_server import mail_server

CODE = "val-d-aubrelle"


def test_from_the_schedule_to_the_mailbox(repo, tmp_path, processes):
    shutil.copytree(repo / "data" / "demo", tmp_path / "data" / "demo")
    (tmp_path / "data" / "demo" / "recipients.csv").write_text(
        f"territory,address\n{CODE},maire@exemple.fr\n", "utf-8"
    )
    (tmp_path / "bin").mkdir()
    # A crontab of this test's own: the real one belongs to whoever runs it.
    (tmp_path / "cron.kept").write_text("0 4 * * * sauvegarde\n", "utf-8")
    theirs = 'if [ "$1" = -l ]; then cat cron.kept; else cat > cron.new; mv cron.new cron.kept; fi'
    (tmp_path / "bin" / "crontab").write_text(f"#!/bin/sh\n{theirs}\n", "utf-8")
    (tmp_path / "bin" / "crontab").chmod(0o755)
    (tmp_path / "tls").mkdir()
    blocks = re.findall(
        r"```sh\n(.*?)```", (repo / "docs" / "publier.md").read_text("utf-8"), flags=re.DOTALL
    )
    with mail_server(tmp_path / "tls") as (kept, address, cert):
        retract = next(block for block in blocks if block.startswith("impactkit retract"))
        blocks.remove(retract)
        script = "set -e\n" + "".join(blocks)
        assert "smtp://nom:motdepasse@serveur.exemple.fr:587" in script
        script = script.replace("smtp://nom:motdepasse@serveur.exemple.fr:587", address)
        folder = f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {**os.environ, "PATH": folder, "IMPACTKIT_SMTP_CA": str(cert)}
        done = processes.run(["sh", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    already, added = (tmp_path / "cron.kept").read_text("utf-8").splitlines()
    assert already == "0 4 * * * sauvegarde" and "impactkit run" in added
    assert [to for to, _ in kept.arrived] == ["moi@exemple.fr", "maire@exemple.fr"]
    (attached,) = kept.arrived[1][1].iter_attachments()
    (tmp_path / "received.pdf").write_bytes(attached.get_content())
    words = words_of(tmp_path / "received.pdf")
    assert "validé par Blaise Exemple" in words.replace("\n", " ") and "BROUILLON" not in words
    with pikepdf.open(tmp_path / "received.pdf") as pdf:
        assert "provenance.json" in pdf.attachments
    assert (tmp_path / "web" / "demo" / CODE / "report.pdf").is_file()
    # The page retracts a second edition; here there is one, and it leaves what is published.
    first = retract.splitlines()[0].replace("--edition 2", "--edition 1")
    done = processes.run(["sh", "-c", first], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "web" / "demo" / CODE / "report.pdf").is_file()
