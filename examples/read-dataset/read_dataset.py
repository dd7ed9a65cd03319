"""Prints the rows of a study without foretune: `read_dataset.py outcomes quickstart@1`."""

import hashlib
import json
import sys
from os import environ, getenv

import pyarrow as pa
from pyarrow import fs

table, study = sys.argv[1:]
s3 = fs.S3FileSystem(endpoint_override=getenv("AWS_ENDPOINT_URL"), region=getenv("AWS_REGION"))
root = environ["FORETUNE_DATASET"].removeprefix("s3://")
files, digest = {}, None
for path in sorted(info.path for info in s3.get_file_info(fs.FileSelector(f"{root}/_log"))):
    if not path.endswith(".checkpoint.json"):
        entry = json.loads(s3.open_input_stream(path).read())
        assert entry["previous"] == digest, f"{path} does not follow the entry before it"
        digest = entry["digest"]
        files |= {file["key"]: file for file in entry["added"] if file["table"] == table}
        files = {key: file for key, file in files.items() if key not in entry["removed"]}
rows = []
for key, file in files.items():
    data = s3.open_input_stream(f"{root}/{key}").read()
    assert hashlib.sha256(data).hexdigest() == file["sha256"], f"{key} is damaged"
    rows += [row for row in pa.ipc.open_file(data).read_all().to_pylist() if row["study"] == study]
print(json.dumps(rows, sort_keys=True, default=lambda t: t.isoformat("T", "milliseconds") + "Z"))
