/** The bundle: everything exported here runs in the workflow sandbox. */
export { refitWorkflow } from './refit';
export { studyWorkflow } from './study';
export { variantWorkflow } from './variant';
