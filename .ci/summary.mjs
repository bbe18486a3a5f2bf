// Prints `N passed, N failed` of a vitest report; anything that was skipped, or didn't run at all, has failed.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;
const silent = report.testResults.filter(
  ({ assertionResults, status }) => status === 'failed' && assertionResults.length === 0,
).length;
const failed = report.numFailedTests + skipped + silent;
if (skipped > 0) {
  for (const { assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults)
      if (status !== 'passed' && status !== 'failed') console.log(`skipped: ${fullName}`);
  }
}
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 && report.numPassedTests > 0 ? 0 : 1;
