/** The paper's table on record in memory, as `foretune run studies/zeng2025.ts` leaves it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { importRows } from '../../src/dataset/import-table';
import { openDataset, type Dataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies } from '../../src/books/studies';
import { parseStudy } from '../../src/domain/study';
import zeng2025 from '../../studies/zeng2025';

export const ZENG = 'zeng2025@1';

export async function recordPublished(): Promise<{
  dataset: Dataset;
  studies: Studies;
  store: MemoryStore;
}> {
  const study = parseStudy(zeng2025);
  if (study.kind !== 'imported') throw new TypeError('zeng2025 is an imported study');
  const csv = readFileSync(path.join(__dirname, '../../studies', study.table), 'utf8');
  const store = new MemoryStore();
  const [dataset, studies] = [openDataset(store), new Studies(store)];
  await studies.register({ study, table: csv, registered: {} });
  await dataset.commit({ key: 'import', rows: { ...importRows(study, csv, new Date(0)) } });
  return { dataset, studies, store };
}
