/** How to read the data with pandas, without any of our code. */
import { studyId } from '../../domain/ids';
import { html, type VNode } from '../html';
import type { ReportInput } from '../input';

export function readingSection(input: ReportInput): VNode {
  return html`<section aria-labelledby="reading">
    <h2 id="reading">Read the data with pandas</h2>
    <p>
      Every number above is in Arrow files on S3. A commit log lists the current files; this script
      replays the log up to the version of this report.
    </p>
    <pre tabindex="0"><code>${snippet(input)}</code></pre>
  </section>`;
}

/** Values are written as Python literals, by JSON: Python reads its strings in the same way. */
export function snippet(input: ReportInput): string {
  const study = JSON.stringify(studyId(input.study));
  return `# pip install pyarrow pandas; eval "$(npx foretune env)"; then run this with Python
import json, os
import pyarrow as pa
from pyarrow import fs, ipc

root = os.environ["FORETUNE_DATASET"].removeprefix("s3://")
s3 = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"], region=os.environ["AWS_REGION"])
files = {}
for version in range(1, ${input.dataset_version} + 1):
    with s3.open_input_stream(f"{root}/_log/{version:020d}.json") as entry:
        commit = json.load(entry)
    for file in commit["removed"]:
        files.pop(file["key"])
    files.update((file["key"], file["table"]) for file in commit["added"])

def table(name):
    keys = [key for key, owner in files.items() if owner == name]
    parts = [ipc.open_file(s3.open_input_file(f"{root}/{key}")).read_all() for key in keys]
    rows = pa.concat_tables(parts).to_pandas()
    return rows[rows.study == ${study}]

fits = table("fits")
print(fits[fits.fit_id == ${JSON.stringify(input.fits[0]?.fit_id ?? '')}][["task", "proxy", "n_pairs", "accuracy", "ci_low", "ci_high"]])
variants, indicators, outcomes, runs = map(table, ["variants", "indicators", "outcomes", "runs"])`;
}
