/**
 * The records of studies other than the measurements: each study's specification, its plans and the
 * result of its latest execution, as JSON objects below `studies/<name@version>/`. A specification
 * is written once: a different configuration under the same name and version is rejected, unless it
 * corrects a study of which nothing was measured.
 */
import { FingerprintMismatchError, NotFoundError, SpecError } from '../base/errors';
import { fingerprint, sha256 } from '../base/fingerprint';
import { studyId } from '../domain/ids';
import { decidingFields, differences, type Plan } from '../domain/plan';
import type { Study } from '../domain/schema';
import { PromiseCache } from '../base/promise-cache';
import type { ObjectStore } from '../dataset/store';
import {
  decodeLatest,
  decodePlan,
  decodeSpec,
  encodeBook,
  type Latest,
  type SpecRecord,
} from './study-books';

export type { Latest, SpecRecord } from './study-books';

/**
 * Whether a study has no measurements and no running jobs. Called only if its configuration
 * differs.
 */
export type IsUnused = (study: string) => Promise<boolean>;

export class Studies {
  /** The plan of a key never changes. */
  private readonly plans = new PromiseCache<Plan>(CACHED_PLANS, Infinity);
  private readonly specs = new PromiseCache<SpecRecord>(CACHED_SPECS, SPEC_FRESH_MS);

  constructor(private readonly store: ObjectStore) {}

  /** Writes the specification, or checks that the recorded one is the same or may be corrected. */
  async register(wanted: Configuration, isUnused: IsUnused = never): Promise<SpecRecord> {
    const { study, table, registered } = wanted;
    const record: SpecRecord = {
      format: 1,
      study,
      fingerprint: fingerprint(deciding(wanted)),
      table,
      registered,
      registered_at: new Date().toISOString(),
    };
    const key = specKey(studyId(study));
    if (await this.store.putIfAbsent(key, encodeBook(record))) return record;
    const recorded = await this.spec(studyId(study));
    if (await corrects(recorded, record, isUnused)) await this.put(record);
    else {
      refuseOther(recorded, record);
      // Fields that cannot change a measurement (description, window, cluster) may be edited.
      await this.put({ ...record, registered_at: recorded.registered_at });
    }
    return record;
  }

  private put(record: SpecRecord): Promise<void> {
    return this.store.put(specKey(studyId(record.study)), encodeBook(record));
  }

  /**
   * Adds variants, and the mixtures that they use, to the recorded specification; returns the new
   * ids. Throws FingerprintMismatchError if anything else differs, SpecError if nothing is new.
   */
  async extend(wanted: Configuration): Promise<string[]> {
    const { study } = wanted;
    const recorded = await this.spec(studyId(study));
    const added = addedVariants(recorded.study, study);
    refuseOther(
      { ...recorded, table: wanted.table },
      { ...wanted, study: without(added, study, recorded.study) },
    );
    if (!added.length)
      throw new SpecError(
        `Study "${studyId(study)}" already has all variants of its file: nothing was added. Add variants to the file first.`,
      );
    await this.put({ ...recorded, ...wanted, fingerprint: fingerprint(deciding(wanted)) });
    return added;
  }

  /** Fails like `register`, but writes nothing; returns the recorded specification. */
  async check(wanted: Configuration, isUnused: IsUnused = never): Promise<SpecRecord | undefined> {
    const key = specKey(studyId(wanted.study));
    const bytes = await this.store.get(key);
    if (!bytes) return undefined;
    const recorded = decodeSpec(bytes, key);
    if (!(await corrects(recorded, wanted, isUnused))) refuseOther(recorded, wanted);
    return recorded;
  }

  spec(study: string): Promise<SpecRecord> {
    return this.specs.renew(study, () => this.readSpec(study));
  }

  /**
   * Like `spec`, but at most a few seconds old: for jobs, which ask many times per second for a
   * value that only a new registration changes.
   */
  recentSpec(study: string): Promise<SpecRecord> {
    return this.specs.get(study, () => this.readSpec(study));
  }

  private async readSpec(study: string): Promise<SpecRecord> {
    const bytes = await this.store.get(specKey(study));
    if (!bytes) throw new NotFoundError(await this.unknown(study));
    return decodeSpec(bytes, specKey(study));
  }

  /** Every registered `name@version`, in order of name, then version. */
  async list(): Promise<string[]> {
    const names: string[] = [];
    for await (const object of this.store.list('studies/')) {
      const name = /^studies\/([^/]+)\/spec\.json$/.exec(object.key)?.[1];
      if (name) names.push(name);
    }
    return names.sort(byNameThenVersion);
  }

  /** A name without a version means its latest version. */
  async resolve(nameOrId: string): Promise<string> {
    const known = await this.list();
    const found = nameOrId.includes('@')
      ? known.find((id) => id === nameOrId)
      : known.filter((id) => id.startsWith(`${nameOrId}@`)).at(-1);
    if (!found) throw new NotFoundError(await this.unknown(nameOrId, known));
    return found;
  }

  async savePlan(plan: Plan): Promise<string> {
    const body = encodeBook(plan);
    const key = `studies/${plan.study}/plans/${sha256(body).slice(0, 16)}.json`;
    await this.store.put(key, body);
    return key;
  }

  /** The plan is cached: do not modify it. */
  plan(key: string): Promise<Plan> {
    return this.plans.get(key, () => this.readPlan(key));
  }

  private async readPlan(key: string): Promise<Plan> {
    const bytes = await this.store.get(key);
    if (!bytes) throw new NotFoundError(`There is no plan "${key}" in ${this.store.uri}.`);
    return decodePlan(bytes, key);
  }

  async saveLatest(study: string, latest: Latest): Promise<void> {
    await this.store.put(latestKey(study), encodeBook(latest));
  }

  async latest(study: string): Promise<Latest | null> {
    const bytes = await this.store.get(latestKey(study));
    return bytes ? decodeLatest(bytes, latestKey(study)) : null;
  }

  /** The dataset's newest entry when each study ended last, by study. */
  async heads(): Promise<Map<string, NonNullable<Latest['head']>>> {
    const heads = new Map<string, NonNullable<Latest['head']>>();
    for (const study of await this.list()) {
      const head = (await this.latest(study))?.head;
      if (head) heads.set(study, head);
    }
    return heads;
  }

  /** For a dataset that was set back on purpose. */
  async forgetHeads(): Promise<void> {
    for (const study of await this.list()) {
      const latest = await this.latest(study);
      if (latest?.head) await this.saveLatest(study, { ...latest, head: undefined });
    }
  }

  /**
   * Records that a study is re-fitted by a schedule, so that Temporal is queried for such studies
   * only.
   */
  async markScheduled(study: string, scheduled: boolean): Promise<void> {
    if (scheduled) await this.store.put(scheduledKey(study), new TextEncoder().encode('{}'));
    else await this.store.delete(scheduledKey(study));
  }

  async isScheduled(study: string): Promise<boolean> {
    return (await this.store.get(scheduledKey(study))) !== undefined;
  }

  async saveReport(study: string, html: string): Promise<string> {
    const key = `studies/${study}/report.html`;
    await this.store.put(key, new TextEncoder().encode(html));
    return key;
  }

  async report(study: string): Promise<string | null> {
    const bytes = await this.store.get(`studies/${study}/report.html`);
    return bytes ? new TextDecoder().decode(bytes) : null;
  }

  private async unknown(study: string, known?: string[]): Promise<string> {
    const names = known ?? (await this.list());
    const hint = names.length ? `Known: ${names.join(', ')}.` : 'No study has been run here yet.';
    return `There is no study "${study}" in ${this.store.uri}. ${hint}`;
  }
}

const CACHED_PLANS = 2;
const CACHED_SPECS = 4;
const SPEC_FRESH_MS = 5000;

const specKey = (study: string) => `studies/${study}/spec.json`;
const scheduledKey = (study: string) => `studies/${study}/scheduled.json`;
const latestKey = (study: string) => `studies/${study}/latest.json`;

/** A study with the content of its table and the checkpoints that it registers. */
export type Configuration = Pick<SpecRecord, 'study' | 'table' | 'registered'>;

const never: IsUnused = () => Promise.resolve(false);

/**
 * Possible for a trained study with the same variants, since rows of removed variants would stay on
 * record. Failed runs stay on record too: their fingerprints differ, so they run again.
 */
async function corrects(
  recorded: Configuration,
  wanted: Configuration,
  isUnused: IsUnused,
): Promise<boolean> {
  const ids = ({ study }: Configuration) =>
    study.kind === 'trained' && study.variants.map(({ id }) => id).sort();
  if (!ids(wanted) || differences(ids(recorded), ids(wanted)).length) return false;
  return isOther(recorded, wanted) && (await isUnused(studyId(wanted.study)));
}

/** Whether two configurations differ in a value that determines a measurement. */
export function isOther(recorded: Configuration, wanted: Configuration): boolean {
  return differences(deciding(recorded), deciding(wanted)).length > 0;
}

/**
 * Compares the fields, not the recorded fingerprint: that fingerprint uses an older schema, and a
 * new field with a default would make every old study a different one.
 */
function refuseOther(recorded: Configuration, wanted: Configuration): void {
  const fields = differences(deciding(recorded), deciding(wanted));
  if (!fields.length) return;
  const id = studyId(wanted.study);
  const added = addedVariants(recorded.study, wanted.study);
  const rest = { ...wanted, study: without(added, wanted.study, recorded.study) };
  const advice =
    !added.length || differences(deciding(recorded), deciding(rest)).length
      ? `Raise \`version\` to ${wanted.study.version + 1} in the study file, or undo the change.`
      : `Only variants were added: add them with \`npx foretune add <study file>\`, or raise \`version\` to ${wanted.study.version + 1}.`;
  throw new FingerprintMismatchError(
    id,
    fields.map((field) => field.split(':')[0] ?? field),
    `"${id}" is on record with a different configuration:\n  ${fields.join('\n  ')}\nA study keeps its configuration under one name and version. ${advice}`,
  );
}

function addedVariants(recorded: Study, wanted: Study): string[] {
  if (recorded.kind !== 'trained' || wanted.kind !== 'trained') return [];
  const known = new Set(recorded.variants.map(({ id }) => id));
  return wanted.variants.map(({ id }) => id).filter((id) => !known.has(id));
}

/** `wanted` without these variants, and with the recorded mixtures only. */
function without(ids: readonly string[], wanted: Study, recorded: Study): Study {
  if (wanted.kind !== 'trained' || recorded.kind !== 'trained') return wanted;
  const variants = wanted.variants.filter(({ id }) => !ids.includes(id));
  const mixtures = Object.entries(wanted.mixtures).filter(([name]) => recorded.mixtures[name]);
  return { ...wanted, variants, mixtures: Object.fromEntries(mixtures) };
}

function deciding({ study, table, registered }: Configuration): Record<string, unknown> {
  return decidingFields(study, {
    tableDigest: table === null ? '' : sha256(table),
    registered: new Map(Object.entries(registered)),
  });
}

function byNameThenVersion(a: string, b: string): number {
  const [nameA = '', versionA] = a.split('@');
  const [nameB = '', versionB] = b.split('@');
  return nameA < nameB ? -1 : nameA > nameB ? 1 : Number(versionA) - Number(versionB);
}
