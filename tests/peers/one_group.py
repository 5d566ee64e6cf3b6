#!/usr/bin/env python3
"""One group of offences with the usual Python tools: CSV, cells, join, Queen weights, Gi*, BH, GeoJSON.

Usage: one_group.py INCIDENTS.csv BOUNDARY.geojson OUT.geojson [ORIGIN]
The same work as `history` does for the group "all" of five, less the exact test, the recencies, the kernel sums
and the thirteen slices, which these tools do not have or take far longer for.
"""
import resource
import sys
import time

start = time.monotonic()

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from esda.getisord import G_Local
from libpysal.weights import Queen, fill_diagonal
from scipy.special import erfc


def step(name: str, since: list[float] = [start]) -> None:
    now = time.monotonic()
    print(f"  {name} {now - since[0]:.2f} s")
    since[0] = now


source, boundary, out = sys.argv[1:4]
origin = pd.Timestamp(sys.argv[4] if len(sys.argv) > 4 else "2025-01-01", tz="UTC")
step("imports")

crimes = pd.read_csv(source, usecols=["occurred_at", "offense", "lon", "lat"])
crimes["occurred_at"] = pd.to_datetime(crimes["occurred_at"], utc=True, format="%Y-%m-%d %H:%M:%S%z")
crimes = crimes.dropna(subset=["lon", "lat"])
step("read")

# Cells of geohash precision 7 whose centre lies in the study area.
width, height = 360 / 2**18, 180 / 2**17
area = gpd.read_file(boundary).union_all()
west, south, east, north = area.bounds
columns = np.arange(np.floor((west + 180) / width), np.floor((east + 180) / width) + 1)
rows = np.arange(np.floor((south + 90) / height), np.floor((north + 90) / height) + 1)
ix, iy = (axis.ravel() for axis in np.meshgrid(columns, rows))
x, y = ix * width - 180, iy * height - 90
inside = shapely.contains_xy(area, x + width / 2, y + height / 2)
x, y = x[inside], y[inside]
cells = gpd.GeoDataFrame(geometry=shapely.box(x, y, x + width, y + height), crs="OGC:CRS84")
step(f"grid of {len(cells)} cells")

window = crimes[(crimes["occurred_at"] >= origin - pd.Timedelta(days=365)) & (crimes["occurred_at"] < origin)]
points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(window["lon"], window["lat"]), crs="OGC:CRS84")
joined = points.sjoin(cells, predicate="within")
cells["count"] = joined.groupby("index_right").size().reindex(cells.index, fill_value=0)
step(f"join of {len(joined)} points")

weights = fill_diagonal(Queen.from_dataframe(cells, use_index=False, silence_warnings=True), 1.0)
step("queen weights")

gistar = G_Local(cells["count"].to_numpy(float), weights, transform="B", star=None, permutations=0)
cells["z"] = gistar.Zs
cells["p"] = erfc(np.abs(gistar.Zs) / np.sqrt(2))
step("gi*")

order = np.argsort(cells["p"].to_numpy(), kind="stable")
ranked = cells["p"].to_numpy()[order] * len(cells) / np.arange(1, len(cells) + 1)
q = np.empty(len(cells))
q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1)
cells["q"] = q
hot = [(cells["z"].gt(0) & cells["q"].le(level)).sum() for level in (0.01, 0.05, 0.10)]
step("bh")

cells[cells["count"] > 0].to_file(out, driver="GeoJSON")
step("geojson")
print(f"all: {cells['count'].sum()} events, hot {hot[0]}/{hot[1]}/{hot[2]}")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"everything {time.monotonic() - start:.3f} s, peak memory {peak} MiB")
