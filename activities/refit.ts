/** What a scheduled re-fit needs beside the fits themselves: the fits before it, and what they no longer say. */
import { Context } from '@temporalio/activity';
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import type { ObjectStore } from '../src/dataset/store';
import { driftBetween, type Drift } from '../src/predict/drift';
import type { LearnSettings } from '../src/predict/experiment';
import { measure } from '../src/predict/measurements';
import type { FitProcess } from '../src/study/fit-process';
import { measurements } from '../src/study/measurements';
import type { FitSummary } from '../src/study/fit-study';
import { fitLearned } from '../src/study/learned-fits';
import { buildReport } from '../src/study/build-report';
import { latestFits, newestFits } from '../src/study/newest-fits';

export interface RecordedFits {
  /** The newest fit under each settings. */
  readonly fit_ids: readonly string[];
  /** Settings of the learned fits, to be fitted again. */
  readonly learned: readonly string[];
  /** The dataset version that the newest fit of all pairs was made at; null before the first. */
  readonly read_version: number | null;
}

export interface DriftSummary {
  readonly key: string;
  /** Whether anything that was said before is no longer so. */
  readonly drifted: boolean;
  readonly summary: string;
}

export type StartLearning = (settings: LearnSettings, signal: AbortSignal) => FitProcess;

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly store: ObjectStore;
  readonly startLearning: StartLearning;
}

const HEARTBEAT_MS = 2000;

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createRefitActivities(deps: Deps) {
  const { dataset, studies, store, startLearning } = deps;
  return {
    async recordedFits({ study }: { readonly study: string }): Promise<RecordedFits> {
      await studies.spec(study); // a study that is not there is told so
      const newest = newestFits(await dataset.read('fits', { study }));
      return {
        fit_ids: [...new Set(newest.map(({ fit_id }) => fit_id))],
        learned: [...new Set(newest.flatMap(({ settings_json }) => settings_json ?? []))],
        read_version: latestFits(newest)[0]?.read_version ?? null,
      };
    },

    /** As `foretune fit` with the same settings; unchanged rows are left as they are fitted. */
    async fitLearnedAgain(of: {
      readonly study: string;
      readonly settings_json: string;
    }): Promise<FitSummary> {
      const settings = JSON.parse(of.settings_json) as LearnSettings; // we wrote it
      const activity = Context.current();
      const beat = setInterval(() => activity.heartbeat(), HEARTBEAT_MS);
      const process = startLearning(settings, activity.cancellationSignal);
      try {
        const known = { study: of.study, settings };
        const { fit_id, dataset_version, fitted } = await fitLearned(deps, known, process);
        return { fit_id, dataset_version, fitted };
      } finally {
        clearInterval(beat);
        await process.close();
      }
    },

    /** Compares the rows of today with those of the version before, and keeps the report by its fit. */
    async reportDrift(of: {
      readonly study: string;
      readonly before: number;
      readonly fit_id: string;
    }): Promise<DriftSummary> {
      const { study: spec } = await studies.spec(of.study);
      const version = await dataset.version();
      const [old, now] = await Promise.all(
        [of.before, version].map(async (at) => measure(await measurements(dataset, of.study, at))),
      );
      const drift = driftBetween(old ?? NOTHING, now ?? NOTHING, spec.tasks);
      const key = `studies/${of.study}/drift/${of.fit_id}.json`;
      const report = { study: of.study, fit_id: of.fit_id, before: of.before, after: version };
      await store.put(key, new TextEncoder().encode(JSON.stringify({ ...report, ...drift })));
      const changes = changesOf(drift);
      const summary = changes.join(', ') || 'rows were added that change no number';
      return { key, drifted: changes.length > 0, summary };
    },

    /** The study's report with the newest fits; its books stay as they are. */
    async refreshReport({ study }: { readonly study: string }): Promise<number> {
      await studies.saveReport(study, await buildReport(deps, study));
      return dataset.version();
    },
  };
}

const NOTHING = measure({ variants: [], indicators: [], outcomes: [] });

function changesOf({
  variants_added,
  variants_gone,
  moved,
  n_flips,
  error_rates,
}: Drift): string[] {
  const changed = error_rates.filter(({ before, after }) => before !== after);
  const parts = [
    [variants_added.length, 'variants added'],
    [variants_gone.length, 'variants gone'],
    [moved.length, 'indicators and outcomes moved'],
    [n_flips, 'answers about pairs flipped'],
    [changed.length, 'error rates changed'],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}
