#!/usr/bin/env python3
"""Independent check of the backtest's measures with numpy and scikit-learn. Run by hand:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy scikit-learn
    precinct backtest officers --data DIR --out OUT --scores
    /tmp/venv/bin/python tests/golden/metrics.py OUT

Reads OUT/metrics.json and OUT/scores.csv, computes every measure of every method and origin again, and fails
where any differs by more than 1e-12. Precision and recall at k are expectations over a random order of those
who tie; average precision follows scikit-learn, in which those who tie enter together.
"""
import csv
import json
import sys
from collections import defaultdict

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

SHARES = {"1pct": 0.01, "2pct": 0.02, "5pct": 0.05, "10pct": 0.10}


def hits_at(scores, hits, k):
    """Expected outcomes among the k highest scores, by the value at the cut: not by walking through blocks."""
    cut = np.sort(scores)[::-1][k - 1]
    above, tied = scores > cut, scores == cut
    return hits[above].sum() + (k - above.sum()) * hits[tied].mean()


def measure(scores, hits):
    size = len(scores)
    cuts = {name: round(share * size) for name, share in SHARES.items()}
    cuts |= {"50": min(50, size), "100": min(100, size)}
    found = {name: hits_at(scores, hits, k) for name, k in cuts.items()}
    precision = {name: found[name] / k for name, k in cuts.items()}
    return {
        "auc": roc_auc_score(hits, scores),
        "average_precision": average_precision_score(hits, scores),
        "precision_at": precision,
        "recall_at": {name: hits_found / hits.sum() for name, hits_found in found.items()},
        "lift_at_5pct": precision["5pct"] / hits.mean(),
    }


def distance(ours, theirs):
    if isinstance(ours, dict):
        return max(distance(ours[key], theirs[key]) for key in theirs)
    return abs(ours - theirs)


def main(out):
    metrics = json.load(open(f"{out}/metrics.json"))
    origins = defaultdict(lambda: defaultdict(list))
    with open(f"{out}/scores.csv") as file:
        reader = csv.DictReader(file)
        methods = reader.fieldnames[3:]
        for row in reader:
            for name in ["hit", *methods]:
                origins[row["origin"]][name].append(float(row[name]))
    worst, count, all_of = 0.0, 0, defaultdict(list)
    for origin, columns in origins.items():
        hits = np.array(columns["hit"])
        for method in methods:
            theirs = measure(np.array(columns[method]), hits)
            worst = max(worst, distance(metrics["per_origin"][origin]["methods"][method], theirs))
            all_of[method].append(theirs)
            count += 1
    for method, several in all_of.items():
        ours = metrics.get(method) or metrics["more_methods"][method]
        mean = np.mean([one["auc"] for one in several])
        precision = np.mean([one["precision_at"]["5pct"] for one in several])
        worst = max(worst, abs(ours["auc"] - mean), abs(ours["precision_at"]["5pct"] - precision))
    print(f"{count} rankings, largest difference {worst:.2e}")
    return 0 if worst <= 1e-12 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
