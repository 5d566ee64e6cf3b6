"""Compares an internal cell table with a golden one, column by column; exits 1 where they differ too much.

Usage: compare.py OURS.csv GOLDEN.csv.gz
"""
import csv
import gzip
import sys

# Columns that must be the same text: names, counts, classes.
EXACT = {"geohash", "count_train", "c_i", "S_i", "mk_s", "class_sf", "class_arcgis", *(f"x{i}" for i in range(13))}
# Largest relative difference; the golden binomial itself is right to a few parts in 10^12 only.
LIMITS = {"p_binom": 1e-11, "q_binom": 1e-11}
SMALLEST = 1e-300


def main(ours, golden):
    with open(ours, newline="") as file:
        left = list(csv.DictReader(file))
    with gzip.open(golden, "rt", newline="") as file:
        right = list(csv.DictReader(file))
    columns = list(right[0])
    missing = [column for column in columns if column not in left[0]]
    if missing:
        print(f"DIFFERS: no column {', '.join(missing)}")
        return 1
    failed = len(left) != len(right)
    print(f"{len(left)} cells against {len(right)}")
    for column in columns:
        pairs = [(a[column], b[column]) for a, b in zip(left, right)]
        if column in EXACT:
            wrong = sum(a != b for a, b in pairs)
            failed |= wrong > 0
            print(f"  {column:12} {wrong} of {len(pairs)} differ")
            continue
        limit = LIMITS.get(column, 1e-12)
        gaps = ((abs(float(a) - float(b)), abs(float(b))) for a, b in pairs)
        worst = max((gap / size if size else float("inf")) if gap > SMALLEST else 0.0 for gap, size in gaps)
        failed |= worst > limit
        print(f"  {column:12} largest relative difference {worst:.1e} (limit {limit:.0e})")
    print("AGREES" if not failed else "DIFFERS")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
