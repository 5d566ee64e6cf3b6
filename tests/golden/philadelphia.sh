#!/usr/bin/env bash
# Nine years of a real city through the operator's command, against the golden tables: import, one night, compare.
# Needs PRECINCT_DATA (folder of the data, not part of the repository). Prints wall time and peak memory.
# Usage: tests/golden/philadelphia.sh [DATA_FOLDER]   (kept if given; else a temporary one)
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ -z "${PRECINCT_DATA:-}" ]]; then
  echo "skipped: PRECINCT_DATA is not set"
  exit 0
fi
PRECINCT_DATA="$(realpath "$PRECINCT_DATA")"
export PRECINCT_DATA
crime="$PRECINCT_DATA/crime"

data="${1:-}"
if [[ -z "$data" ]]; then
  data="$(mktemp -d)"
  trap 'rm -rf "$data"' EXIT
fi

# PROFILE=fast builds everything optimised first: minutes once, then a fraction of the run time.
profile="${PROFILE:-dev}"
cargo build --quiet --profile "$profile" -p precinct
folder="$profile"
[[ "$profile" == dev ]] && folder=debug
precinct="${CARGO_TARGET_DIR:-target}/$folder/precinct"

# Runs a command and prints its wall time and the peak memory of its process.
measured() {
  python3 - "$@" <<'PY'
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.run(sys.argv[1:]).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"  wall {time.monotonic() - start:.2f} s, cpu {usage.ru_utime + usage.ru_stime:.2f} s, peak {usage.ru_maxrss / 1024:.0f} MiB", file=sys.stderr)
sys.exit(code)
PY
}

echo "== import"
measured "$precinct" import crime "$crime/philadelphia_2016_2024.csv.gz" --data "$data" \
  --agency tests/agency/philadelphia --keep-repeats \
  --columns id=id,from=occurred_at,offence=offense,lon=lon,lat=lat
echo "== the night of 2025-01-01"
measured "$precinct" run map-hotspots --time 2025-01-01T00:00:00Z --data "$data" \
  --agency tests/agency/philadelphia > "$data/report.json"
head -c 1500 "$data/report.json"; echo

failed=0
for map in all violent burglary veh_theft theft_from_vehicle; do
  echo "== $map"
  python3 tests/golden/compare.py "$data/s3/internal/cells/2025-01-01/$map.csv" \
    "$crime/golden/philly_${map}_p7_2025-01-01.csv.gz" || failed=1
done
echo "== slices, trend and classes"
python3 tests/golden/compare.py "$data/s3/internal/cells/2025-01-01/all.csv" \
  "$crime/golden/philly_spacetime_p7_2025-01-01.csv.gz" || failed=1
exit "$failed"
