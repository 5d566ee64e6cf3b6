#!/usr/bin/env python3
"""Checks the catalogues of a public bucket against the JSON Schemas of DCAT-US: dcat.py FOLDER SCHEMAS

data.json as a whole must hold under 1.1 (non-federal), data-3.0.json under 3.0, and each data set under both. SCHEMAS is
a folder with us-1.1/ and us-3.0/definitions/, as Data.gov's harvester has them. Prints one line a check and ends with 1
where one fails.
"""
import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def registry(folder):
    resources = [Resource.from_contents(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]
    return Registry().with_resources([(resource.id(), resource) for resource in resources])


def faults(schema, registry, value):
    validator = Draft202012Validator(schema, registry=registry)
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in validator.iter_errors(value)]


def check(what, found):
    print(f"{what}: " + ("valid" if not found else f"{len(found)} faults"))
    print(*found[:10], sep="\n", end="\n" if found else "")
    return bool(found)


def main(folder, schemas):
    first, third = Path(schemas) / "us-1.1", Path(schemas) / "us-3.0" / "definitions"
    old, new = (json.loads((Path(folder) / name).read_text()) for name in ("data.json", "data-3.0.json"))
    # The head's schema names the data sets by a file that the folder keeps in three forms; ours is the non-federal one.
    head = json.loads((first / "catalog.json").read_text())
    head["properties"]["dataset"].pop("items")
    dataset_1, dataset_3 = (json.loads(path.read_text()) for path in (first / "non-federal_dataset.json", third / "Dataset.json"))
    known_1, known_3 = registry(first), registry(third)
    bad = check("data.json, head under 1.1", faults(head, Registry(), old))
    bad |= check("data-3.0.json under 3.0", faults(json.loads((third / "Catalog.json").read_text()), known_3, new))
    bad |= check("the same data sets in both", [] if old["dataset"] == new["dataset"] else ["they differ"])
    for dataset in old["dataset"]:
        bad |= check(f"{dataset['identifier']} under 1.1", faults(dataset_1, known_1, dataset))
        bad |= check(f"{dataset['identifier']} under 3.0", faults(dataset_3, known_3, dataset))
    sys.exit(bad or not old["dataset"])


main(*sys.argv[1:])
