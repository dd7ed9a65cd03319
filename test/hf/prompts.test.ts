import { execFileSync } from 'node:child_process';
import path from 'node:path';
import pythia from '../../studies/pythia-sft';
import { PYTHON } from '../support/hugging-face';
import { ROOT } from '../support/root';

/**
 * What the harness's tasks of these names begin an item with when no examples are shown, as
 * templates.
 */
const TEMPLATES = `
import json, pathlib, sys, lm_eval, yaml
folders = [pathlib.Path(sys.argv[1]), pathlib.Path(lm_eval.__file__).parent / "tasks"]
def template(name):
    found = yaml.safe_load(next(file for folder in folders for file in folder.rglob(f"{name}.yaml")).read_text())
    text = found["doc_to_text"]
    return found.get("description", "") + (text if "{{" in text else "{{" + text + "}}")
print(json.dumps([template(name) for name in sys.argv[2:]]))
`;

function templatesOf(tasks: readonly string[]): unknown {
  const own = path.join(ROOT, 'studies/pythia-sft/tasks');
  return JSON.parse(execFileSync(PYTHON, ['-c', TEMPLATES, own, ...tasks]).toString());
}

interface Asked {
  readonly harness: readonly string[];
  readonly data?: { readonly prompt: string };
}

test("the study of Pythia fine-tunes on the harness's own prompts, descriptions among them", () => {
  const tasks = Object.values(pythia.tasks) as unknown as Asked[];
  const prompts = tasks.map(({ data }) => data?.prompt);
  expect(prompts).not.toContain(undefined);
  expect(templatesOf(tasks.flatMap(({ harness }) => harness))).toEqual(prompts);
});
