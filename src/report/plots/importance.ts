/** Share of each feature in the importance. */
import type { Importance } from '../../predict/importance';
import { share } from '../format';
import { nameAxis } from './axes';
import { renderSvg } from './svg';

const LABEL_WIDTH = 110;

export function plotImportance(parts: readonly Importance[]): Promise<string> {
  const values = parts.map(({ indicator, share: value }) => ({
    indicator,
    share: value,
    text: share(value),
    label: `${indicator}: ${share(value)}`,
  }));
  const y = {
    field: 'indicator',
    type: 'nominal' as const,
    sort: null,
    axis: nameAxis(LABEL_WIDTH, LABEL_WIDTH - 10),
  };
  return renderSvg({
    width: 190,
    height: { step: 22 },
    data: { values },
    encoding: { y },
    layer: [
      {
        mark: { type: 'bar', height: 12, color: 'var(--bar-best)' },
        encoding: {
          x: {
            field: 'share',
            type: 'quantitative',
            scale: { domainMin: 0 },
            axis: {
              title: 'share of the importance',
              tickCount: 4,
              format: '.2~f',
              domain: false,
              ticks: false,
            },
          },
          description: { field: 'label' },
        },
      },
      {
        mark: {
          type: 'text',
          align: 'left',
          dx: 8,
          fontSize: 11,
          color: 'var(--ink)',
          aria: false,
        },
        encoding: { x: { value: 'width' }, text: { field: 'text', type: 'nominal' } },
      },
    ],
  });
}
