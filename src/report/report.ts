/** The report of a study: the answer first, then the evidence, then how to get at the numbers. */
import { EXTRA_INDICATORS, INDICATORS } from '../domain/vocabulary';
import { studyId } from '../domain/ids';
import { comparedVariants, measure, primaryOutcomes, type Measured } from '../predict/measurements';
import { analyse } from './analysis';
import { answerTask } from './answer';
import { findFactors } from './factors';
import { counted, timestamp } from './format';
import { html, type VNode } from './html';
import type { ReportInput } from './input';
import { assignLooks, type Looks } from './looks';
import { proxyName } from './names';
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

/** Plots of training curves that fit a report; a custom trainer may log hundreds of metrics. */
const MOST_CURVE_PLOTS = 12;

/** One self-contained HTML file. Partial studies are reported as far as they are measured. */
export async function renderReport(everything: ReportInput): Promise<string> {
  const input = withoutExtras(everything);
  const { tasks } = input.study;
  const variants = comparedVariants(input.variants);
  const measured = measure(input);
  const looks = assignLooks(variants);
  const answers = tasks.flatMap((task) => answerTask(task, input.fits) ?? []);
  const curves = curvePlots(input.curves);
  const analysis = await analyse(input, measured);
  const body = [
    answerSection(tasks, answers, analysis.learned),
    learnedSection(input.study, analysis.learned, analysis.importance),
    trustSection(input.study, analysis.trust, analysis.unjudged),
    fitsSection(tasks, input.fits),
    errorRateSection(await errorRatePlots(input)),
    scatterSection(tasks, await scatterPlots(input, measured, looks), looks),
    variantsSection(variants, measured, looks),
    noiseSection(input.study, noiseOf(input, tasks), analysis.resolved),
    confoundsSection({
      study: input.study,
      factors: findFactors(variants, measured, tasks),
      oddities: findOddities(measured),
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
  const page = html`${header(input, variants.length)}
    <main>${body}</main>
    ${footer(input)}`;
  return renderPage(`${studyId(input.study)} · foretune`, page);
}

/** No proxy reads them yet, and tables of a dozen more columns would hide those that are read. */
function withoutExtras(input: ReportInput): ReportInput {
  const extra = new Set(EXTRA_INDICATORS);
  return { ...input, indicators: input.indicators.filter((row) => !extra.has(row.indicator)) };
}

function header({ study, dataset_version }: ReportInput, variants: number): VNode {
  const facts = [
    counted(variants, 'variant'),
    counted(study.tasks.length, 'task'),
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
      Proxies and pairwise accuracy after Zeng et al., “Can Pre-training Indicators Reliably Predict
      Fine-tuning Outcomes of LLMs?”, arXiv 2504.12491.
    </p>
  </footer>`;
}

async function errorRatePlots({ study, fits }: ReportInput): Promise<TaskPlot[]> {
  const plots: TaskPlot[] = [];
  for (const task of study.tasks) {
    const ofTask = fits.filter((fit) => fit.task === task);
    if (ofTask.length) plots.push({ task, svg: await plotErrorRates(ofTask) });
  }
  return plots;
}

async function scatterPlots(
  { study, fits, outcomes }: ReportInput,
  measured: Measured,
  looks: Looks,
): Promise<Scatter[]> {
  const scatters: Scatter[] = [];
  const scores = primaryOutcomes(outcomes);
  for (const task of study.tasks) {
    const metric = scores.find((row) => row.task === task)?.metric ?? 'outcome';
    for (const indicator of INDICATORS) {
      const points = pointsOf(measured, indicator, task);
      if (!points.length) continue;
      const svg = await plotScatter(points, looks, {
        x: proxyName(indicator) || indicator,
        y: `${metric} after SFT`,
      });
      const fit = fits.find((one) => one.task === task && one.proxy === indicator);
      const accuracy = fit?.accuracy;
      scatters.push({ task, indicator, svg, n_variants: points.length, accuracy });
    }
  }
  return scatters;
}

function pointsOf(measured: Measured, indicator: string, task: string) {
  const [values, outcomes] = [measured.indicators.get(indicator), measured.outcomes.get(task)];
  return measured.variants.flatMap((variant_id) => {
    const [value, outcome] = [values?.get(variant_id), outcomes?.get(variant_id)];
    return value === undefined || outcome === undefined
      ? []
      : [{ variant_id, indicator: value, outcome }];
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
