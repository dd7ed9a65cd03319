/**
 * The books of studies beside the measurements: each study's specification, its plans and how its
 * latest execution ended, as JSON objects below `studies/<name@version>/`. A specification is
 * written once: another configuration under the same name and version is refused, unless it corrects
 * one by which nothing was measured.
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

/** Whether nothing was measured of a study, and nothing runs: asked only where its configuration differs. */
export type IsUnused = (study: string) => Promise<boolean>;

export class Studies {
  /** Plans never change under their key. */
  private readonly plans = new PromiseCache<Plan>(CACHED_PLANS, Infinity);
  private readonly specs = new PromiseCache<SpecRecord>(CACHED_SPECS, SPEC_FRESH_MS);

  constructor(private readonly store: ObjectStore) {}

  /** Writes the specification, or checks that the one that stands there is the same, or may be corrected. */
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
    const standing = await this.spec(studyId(study));
    if (await corrects(standing, record, isUnused)) await this.put(record);
    else {
      refuseOther(standing, record);
      // What cannot change a measurement (description, window, cluster) may be edited.
      await this.put({ ...record, registered_at: standing.registered_at });
    }
    return record;
  }

  private put(record: SpecRecord): Promise<void> {
    return this.store.put(specKey(studyId(record.study)), encodeBook(record));
  }

  /**
   * Takes variants, and mixtures that they use, into the specification that stands; returns the new
   * ids. Throws FingerprintMismatchError where anything else differs, SpecError where nothing is new.
   */
  async extend(wanted: Configuration): Promise<string[]> {
    const { study } = wanted;
    const standing = await this.spec(studyId(study));
    const added = addedVariants(standing.study, study);
    refuseOther(
      { ...standing, table: wanted.table },
      { ...wanted, study: without(added, study, standing.study) },
    );
    if (!added.length)
      throw new SpecError(
        `Study "${studyId(study)}" has all variants of its file: none was added.`,
      );
    await this.put({ ...standing, ...wanted, fingerprint: fingerprint(deciding(wanted)) });
    return added;
  }

  /** Fails as `register` would, and writes nothing; returns what stands there. */
  async check(wanted: Configuration, isUnused: IsUnused = never): Promise<SpecRecord | undefined> {
    const key = specKey(studyId(wanted.study));
    const bytes = await this.store.get(key);
    if (!bytes) return undefined;
    const standing = decodeSpec(bytes, key);
    if (!(await corrects(standing, wanted, isUnused))) refuseOther(standing, wanted);
    return standing;
  }

  spec(study: string): Promise<SpecRecord> {
    return this.specs.renew(study, () => this.readSpec(study));
  }

  /**
   * As `spec`, at most a few seconds old: for jobs, which ask many times a second for what only a new
   * registration changes.
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

  /** A bare name means its latest version. */
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

  /** The plan is kept: do not change it. */
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

  /** Notes that a study is re-fitted by a schedule, so that Temporal is asked about those studies alone. */
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
    const hint = names.length ? `Known: ${names.join(', ')}.` : 'No study was run here yet.';
    return `There is no study "${study}" in ${this.store.uri}. ${hint}`;
  }
}

const CACHED_PLANS = 2;
const CACHED_SPECS = 4;
const SPEC_FRESH_MS = 5000;

const specKey = (study: string) => `studies/${study}/spec.json`;
const scheduledKey = (study: string) => `studies/${study}/scheduled.json`;
const latestKey = (study: string) => `studies/${study}/latest.json`;

/** A study with what was looked up for it. */
export type Configuration = Pick<SpecRecord, 'study' | 'table' | 'registered'>;

const never: IsUnused = () => Promise.resolve(false);

/**
 * Of a trained study with the same variants, since rows of variants that are no more would stay on
 * record. Runs that failed stay there too: their fingerprints are others, so they are run again.
 */
async function corrects(
  standing: Configuration,
  wanted: Configuration,
  isUnused: IsUnused,
): Promise<boolean> {
  const ids = ({ study }: Configuration) =>
    study.kind === 'trained' && study.variants.map(({ id }) => id).sort();
  if (!ids(wanted) || differences(ids(standing), ids(wanted)).length) return false;
  return isOther(standing, wanted) && (await isUnused(studyId(wanted.study)));
}

/** Whether they differ in what decides a measurement. */
export function isOther(standing: Configuration, wanted: Configuration): boolean {
  return differences(deciding(standing), deciding(wanted)).length > 0;
}

/**
 * Compares the fields, not the recorded fingerprint: that one is of the schema of its day, and a
 * field added since, with a default, would make every old study another one.
 */
function refuseOther(standing: Configuration, wanted: Configuration): void {
  const fields = differences(deciding(standing), deciding(wanted));
  if (!fields.length) return;
  const id = studyId(wanted.study);
  const added = addedVariants(standing.study, wanted.study);
  const rest = { ...wanted, study: without(added, wanted.study, standing.study) };
  const advice =
    !added.length || differences(deciding(standing), deciding(rest)).length
      ? `Raise \`version\` to ${wanted.study.version + 1} in the study file, or undo the change.`
      : `Only variants were added: take them up with \`npx foretune add <study file>\`, or raise \`version\` to ${wanted.study.version + 1}.`;
  throw new FingerprintMismatchError(
    id,
    fields.map((field) => field.split(':')[0] ?? field),
    `"${id}" is on record with another configuration:\n  ${fields.join('\n  ')}\nA study keeps its configuration under one name and version. ${advice}`,
  );
}

function addedVariants(standing: Study, wanted: Study): string[] {
  if (standing.kind !== 'trained' || wanted.kind !== 'trained') return [];
  const known = new Set(standing.variants.map(({ id }) => id));
  return wanted.variants.map(({ id }) => id).filter((id) => !known.has(id));
}

/** `wanted` without these variants, and with none but the mixtures that stand. */
function without(ids: readonly string[], wanted: Study, standing: Study): Study {
  if (wanted.kind !== 'trained' || standing.kind !== 'trained') return wanted;
  const variants = wanted.variants.filter(({ id }) => !ids.includes(id));
  const mixtures = Object.entries(wanted.mixtures).filter(([name]) => standing.mixtures[name]);
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
