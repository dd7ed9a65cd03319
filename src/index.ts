/** What study files and predictors are written with: `import { defineStudy } from 'foretune'`. */
export { SpecError } from './base/errors';
export type { Study, StudyInput, TrainedStudy, ImportedStudy } from './domain/schema';
export { defineStudy, grid, type StudyOptions } from './domain/study';

// What predictors of one's own are written with.
export { pairwiseAccuracy } from './domain/pairs';
export type { Features } from './predict/feature-table';
export { missingOf, type Predictor, type Sample } from './predict/predictor';
