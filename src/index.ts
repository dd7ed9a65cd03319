/** What study files are written with: `import { defineStudy } from 'foretune'`. */
export { SpecError } from './base/errors';
export type { Study, StudyInput, TrainedStudy, ImportedStudy } from './domain/schema';
export { defineStudy, grid, type StudyOptions } from './domain/study';
