"""Tries the commands that the documents give an operator, as they stand, against the deployed stack.

Run are all blocks of RUNBOOK.md that are `sh`, and in the other documents those with the line `<!-- emulator -->` above. The
blocks of a document share one shell, so that a function or variable of an earlier one holds. The stack is deployed under the
name the documents use, and holds what story.py played. A block that fails stops the suite.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from stack import ROOT

MARKED = re.compile(r"^( *)<!-- emulator -->\n\1```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
EVERY = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# The command line installed here is version 1, the documents are written for version 2: version 1 takes a payload as it is, and
# needs to be told of the endpoint where SQS is asked. The emulator serves an API under its own address and not under the one
# that the stack's outputs name.
AWS = '''
aws() {
  local arguments=()
  while (($#)); do
    if [ "$1" = --cli-binary-format ]; then shift 2; else arguments+=("$1"); shift; fi
  done
  command aws --endpoint-url "$AWS_ENDPOINT_URL" "${arguments[@]}" | sed -E "s#^https://([a-z0-9]+)\\.execute-api[^/]*\$#$AWS_ENDPOINT_URL/_aws/execute-api/\\1/\\$default#"
}
'''
# What a command reads of an operator: an export of a CAD, addresses that stay out of the shell's history.
FILES = {
    "export.csv": "Call No,Type,Priority,Beat,Received,Dispatched,Enroute,Arrived,Closed,Disposition,Units,Caller Name,Caller Phone\n"
                  "26-048213,THEFT,3,21,07/04/2026 21:13:40,,,,,,,Pat Example,(218) 555-0123\n",
    "addresses.txt": "218-555-0123\nsam@example.com\n",
}


def documents():
    """Every document that an operator reads."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md"), *(ROOT / "functions").glob("**/*.md")])


def blocks(path):
    """The marked blocks of a document with the line each begins in."""
    text = path.read_text()
    for found in (EVERY if path.name == "RUNBOOK.md" else MARKED).finditer(text):
        lines = [line.removeprefix(found[1]) for line in found[2].splitlines()]
        yield text.count("\n", 0, found.start(2)) + 1, "\n".join(lines)


def script(marked):
    """One shell for a document's blocks; each is announced on standard error, so that a failure has its line."""
    parts = ["set -euo pipefail", AWS]
    for line, block in marked:
        parts += [f'echo "block:{line}" >&2', block]
    return "\n".join(parts) + "\n"


def environment(stack):
    """The operator's: credentials of the account and a commander's token, `aws` and `precinct` on the path."""
    token = stack.issuer.token("commander-1", "commander")
    paths = [str(Path(sys.executable).parent), str(ROOT / "target" / "debug"), os.environ["PATH"]]
    return {**stack.environment, "PATH": os.pathsep.join(paths), "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true", "TOKEN": token}


def desk(folder):
    """The folder an operator stands in: the agency folder where the repository has it, and the files that commands read."""
    (Path(folder) / "infra").symlink_to(ROOT / "infra")
    for name, text in FILES.items():
        (Path(folder) / name).write_text(text)


def check(stack):
    """Runs them all; returns one line for the terminal."""
    ran = []
    for path in documents():
        marked = list(blocks(path))
        if not marked:
            continue
        with tempfile.TemporaryDirectory() as folder:
            desk(folder)
            done = subprocess.run(["bash", "-c", script(marked)], cwd=folder, env=environment(stack), capture_output=True, text=True, timeout=900)
        name = path.relative_to(ROOT)
        last = re.findall(r"^block:(\d+)$", done.stderr, re.MULTILINE)
        assert done.returncode == 0, f"{name}:{last[-1] if last else '?'}: the commands of this block fail:\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        ran.append(f"{name} {len(marked)}")
    assert ran, "no document has a marked block"
    return f"commands of the documents, as they stand: {', '.join(ran)}"
