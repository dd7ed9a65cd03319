/** The report of a study: the answer first, then the evidence, then how to read the data. */
import { studyId } from '../domain/ids';
import { wordsOf } from '../domain/words';
import { columnNamed, measureNamed, type FeatureTable } from '../predict/feature-table';
import { featuresOf } from '../predict/features';
import { rawValue, type Target } from '../predict/targets';
import { analyze } from './analysis';
import { answerTask } from './answer';
import { findFactors } from './factors';
import { counted, timestamp } from './format';
import { html, type VNode } from './html';
import type { ReportInput } from './input';
import { assignLooks, type Looks } from './looks';
import { metricName, namesOf, type Names } from './names';
import { noiseOf } from '../predict/noise';
import { findOddities } from '../predict/oddities';
import { renderPage } from './page';
import { plotCurves } from './plots/curves';
import { plotErrorRates } from './plots/error-rates';
import { plotScatter } from './plots/scatters';
import { answerSection } from './sections/answer';
import { confoundsSection } from './sections/confounds';
import { curvesSection, type CurveFigure } from './sections/curves';
import { errorRateSection, fitsSection, type TaskPlot } from './sections/fits';
import { learnedSection } from './sections/learned';
import { ledgerSection } from './sections/ledger';
import { noiseSection } from './sections/noise';
import { readingSection } from './sections/reading';
import { scatterSection, variantsSection, type Scatter } from './sections/scatters';
import { trustSection } from './sections/trust';
import { curvePlots } from './training-curves';

export type { ReportInput } from './input';

/** Number of training plots that fit in a report; a custom trainer may log hundreds of metrics. */
const MOST_CURVE_PLOTS = 12;

/** One self-contained HTML file. A partial study is reported as far as it was measured. */
export async function renderReport(input: ReportInput): Promise<string> {
  const words = wordsOf(input.study);
  const table = featuresOf(words, input);
  const names = namesOf(table);
  const looks = assignLooks(table);
  const curves = curvePlots(input.curves);
  const analysis = await analyze(input, table, names);
  const chosenAfter = words.proxies.filter((one) => one.chosen_after).map(({ name }) => name);
  const candidates = input.fits.filter(({ proxy }) => !chosenAfter.includes(proxy));
  const answers = names.tasks.flatMap((task) => answerTask(task, candidates, names) ?? []);
  const body = [
    answerSection(names, answers, analysis.learned),
    learnedSection(input.study, names, analysis.learned, analysis.importance),
    trustSection(input.study, names, analysis.trust, analysis.unjudged),
    fitsSection(names, input.fits, chosenAfter),
    errorRateSection(await errorRatePlots(input, names), names),
    scatterSection(names, await scatterPlots(input, table, looks), looks),
    variantsSection(table, looks),
    noiseSection(input.study, noiseOf(table), analysis.resolved),
    confoundsSection({
      study: input.study,
      tasks: names.tasks,
      factors: findFactors(table),
      oddities: findOddities(table),
      answers,
      judged: analysis.judged,
    }),
    curvesSection(
      await curveFigures(curves, looks),
      Math.max(0, curves.length - MOST_CURVE_PLOTS),
      looks,
    ),
    ledgerSection(input.runs, input.expenses),
    readingSection(input),
  ];
  const page = html`${header(input, table)}
    <main>${body}</main>
    ${footer(input)}`;
  return renderPage(`${studyId(input.study)} · foretune`, page);
}

function header({ study, dataset_version }: ReportInput, { variants, words }: FeatureTable): VNode {
  const facts = [
    counted(variants.length, 'variant'),
    counted(words.tasks.length, 'task'),
    study.kind === 'imported' ? 'published numbers' : 'trained here',
    `dataset version ${dataset_version}`,
  ];
  return html`<header>
    <p class="eyebrow">foretune report</p>
    <h1>${studyId(study)}</h1>
    ${study.description ? html`<p class="lead">${study.description}</p>` : null}
    <p class="facts">${facts.join(' · ')}</p>
  </header>`;
}

function footer({ study, dataset_uri, dataset_version, generated_at }: ReportInput): VNode {
  return html`<footer>
    ${study.citation ? html`<p>Source of the numbers: ${study.citation}.</p>` : null}
    <p>
      Dataset <code>${dataset_uri}</code>, version ${dataset_version}. Written${' '}
      <time datetime=${generated_at.toISOString()}>${timestamp(generated_at)}</time>.
    </p>
    <p>
      Pairwise accuracy after Zeng et al., “Can Pre-training Indicators Reliably Predict Fine-tuning
      Outcomes of LLMs?”, arXiv 2504.12491.
    </p>
  </footer>`;
}

async function errorRatePlots({ fits }: ReportInput, names: Names): Promise<TaskPlot[]> {
  const plots: TaskPlot[] = [];
  for (const task of names.tasks) {
    const ofTask = fits.filter((fit) => fit.task === task);
    if (ofTask.length) plots.push({ task, svg: await plotErrorRates(ofTask, names.baseline) });
  }
  return plots;
}

async function scatterPlots(
  { fits }: ReportInput,
  table: FeatureTable,
  looks: Looks,
): Promise<Scatter[]> {
  const scatters: Scatter[] = [];
  for (const target of table.targets.values())
    for (const indicator of table.indicators.keys()) {
      const points = pointsOf(table, indicator, target);
      if (!points.length) continue;
      const svg = await plotScatter(points, looks, titlesOf(table, indicator, target));
      const fit = fits.find((one) => one.task === target.name && one.proxy === indicator);
      const known = { task: target.name, indicator, svg, n_variants: points.length };
      scatters.push({ ...known, accuracy: fit?.accuracy });
    }
  return scatters;
}

function titlesOf(table: FeatureTable, indicator: string, { metric, better }: Target) {
  const x = measureNamed(table, indicator);
  const direction = (which: string) => (which === 'lower' ? ' (lower is better)' : '');
  return {
    x: `${x.label}${direction(x.better)}`,
    y: `${metricName(metric)} after SFT${direction(better)}`,
  };
}

/** As measured. */
function pointsOf(table: FeatureTable, indicator: string, target: Target) {
  const values = columnNamed(table, indicator);
  const measure = measureNamed(table, indicator);
  return table.variants.flatMap((variant_id) => {
    const [value, outcome] = [values?.get(variant_id), target.outcomes.get(variant_id)];
    if (value === undefined || outcome === undefined) return [];
    const raw = { indicator: rawValue(measure, value), outcome: rawValue(target, outcome) };
    return [{ variant_id, ...raw }];
  });
}

async function curveFigures(
  plots: ReturnType<typeof curvePlots>,
  looks: Looks,
): Promise<CurveFigure[]> {
  const figures: CurveFigure[] = [];
  for (const plot of plots.slice(0, MOST_CURVE_PLOTS))
    figures.push({
      title: plot.title,
      n_runs: plot.lines.length,
      not_finite: plot.not_finite,
      svg: plot.lines.length ? await plotCurves(plot, looks) : null,
    });
  return figures;
}
