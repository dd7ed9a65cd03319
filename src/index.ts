/** The exports for study files and predictors: `import { defineStudy } from 'foretune'`. */
export { SpecError } from './base/errors';
export type { Study, StudyInput, TrainedStudy, ImportedStudy } from './domain/schema';
export { defineStudy, grid, type StudyOptions } from './domain/study';

// For user-defined predictors.
export { pairwiseAccuracy } from './domain/pairs';
export type { Features } from './predict/feature-table';
export { missingOf, type Predictor, type Sample } from './predict/predictor';
