import { JobFolder } from '../../../src/cluster/disk/job-folder';

it('a job has a folder below the cluster’s, by its name', () => {
  expect(new JobFolder('/root', 'own-1-tune.0').log).toBe('/root/jobs/own-1-tune.0/job.log');
});

it.each(['', '..', '../other', 'a/b', 'A', '-rf'])('"%s" is not a job’s name', (name) => {
  expect(() => new JobFolder('/root', name)).toThrow(`"${name}" is not a job's name`);
});
