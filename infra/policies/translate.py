"""Writes the template as CloudFormation gets it, after SAM's transform: functions, event source mappings and stages are
resources there, and rules can be put to them. Runs in the environment of SAM, whose translator it uses."""

import json
import os
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

source, target = map(Path, sys.argv[1:])
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # names the partition of what SAM adds
template = yaml_parse(source.read_text())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://code/function"  # what `sam package` would have put in
template["Globals"]["Function"].pop("CodeUri")
translated = Translator({}, Parser()).translate(template, {})
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(translated, indent=1, default=str))
print(f"{target}: {len(translated['Resources'])} resources")
