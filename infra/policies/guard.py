"""Puts our rules (*.guard) to the translated template, then each rule to its counter-examples: the same template with one
thing wrong, which that rule must refuse. A rule that cannot fail, or that looked at nothing, fails the gate.

    guard.py target/policies/template.json
"""

import copy
import json
import re
import sys
from pathlib import Path

import guardpycfn
import yaml

HOME = Path(__file__).parent


def rules_of(text):
    """Each rule of a file by its name, with the definitions that the file begins with: the binding returns the end alone of
    an answer that is long, so one rule is put at a time."""
    definitions, *rules = re.split(r"^(?=rule )", text, flags=re.MULTILINE)
    return {rule.split()[1]: definitions + rule for rule in rules}


def put(template, rule):
    """Whether the rule holds of the template (PASS), not (FAIL), or looked at nothing (SKIP), and guard's reasons."""
    said = guardpycfn.validate_with_guard(json.dumps(template), rule)
    if not said["success"]:
        raise SystemExit(f"guard cannot read a rule: {said}")
    result = said["result"]
    if isinstance(result, str):  # the end of a long answer: one that lists what is wrong
        return "FAIL", re.findall(r'"error_message": "(.*)"', result)
    return result["status"], re.findall(r"'error_message': '(.*?)'[,}]", str(result["not_compliant"]))


def edited(template, example):
    """The template with the example's mistake made: `set` puts values at paths, `remove` takes paths away."""
    broken = copy.deepcopy(template)
    for path, value in example.get("set", {}).items():
        *way, last = steps(path)
        place(broken, way, create=True)[last] = value
    for path in example.get("remove", []):
        *way, last = steps(path)
        del place(broken, way)[last]
    return broken


def steps(path):
    """`A.'b.c'.0` as ["A", "b.c", 0]."""
    found = re.findall(r"'([^']+)'|([^.']+)", path)
    return [int(plain) if plain.isdecimal() else quoted or plain for quoted, plain in found]


def place(node, way, create=False):
    for step in way:
        if create and isinstance(node, dict):
            node = node.setdefault(step, {})
        else:
            node = node[step]
    return node


def main():
    template = json.loads(Path(sys.argv[1]).read_text())
    rules = {}
    for path in sorted(HOME.glob("*.guard")):
        rules |= rules_of(path.read_text())
    examples = yaml.safe_load((HOME / "counterexamples.yaml").read_text())
    wrong = [f"counterexamples.yaml: {name} has none" for name in sorted(set(rules) - set(examples))]
    wrong += [f"counterexamples.yaml: there is no rule {name}" for name in sorted(set(examples) - set(rules))]
    tried = 0
    for name, rule in rules.items():
        status, reasons = put(template, rule)
        if status != "PASS":
            wrong.append("\n  ".join([f"{name}: {'looked at nothing' if status == 'SKIP' else 'does not hold'}", *reasons]))
        for example in examples.get(name, []):
            tried += 1
            mistake = edited(template, example)
            if mistake == template:
                wrong.append(f"{name}: {example} changes nothing")
            elif put(mistake, rule)[0] != "FAIL":
                wrong.append(f"{name} does not refuse {example}")
    print("\n".join(wrong) if wrong else f"{len(rules)} rules hold; each refuses its counter-examples, {tried} in all")
    sys.exit(1 if wrong else 0)


main()
