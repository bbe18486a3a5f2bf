import type { Incident } from '../../../../api/contract/summary.ts';
import { timeOfDay } from './clock-text.ts';

/** So many agents are named. */
const MAX_NAMED = 3;

/** What is wrong, a sentence each; of the platform first. */
export function incidentTexts(incidents: readonly Incident[]): readonly string[] {
  const flapping = incidents.flatMap((incident) => (incident.kind === 'flapping' ? [incident] : []));
  return [
    ...incidents.flatMap((incident) => (incident.kind === 'flapping' ? [] : [platformText(incident)])),
    ...(flapping.length === 0 ? [] : [flappingText(flapping)]),
  ];
}

function platformText({ kind, since, until }: Extract<Incident, { until: number }>): string {
  const what = kind === 'restart' ? 'The server was restarted' : 'Many agents lost their connection';
  return `${what} at ${timeOfDay(since)}. Until ${timeOfDay(until)} nobody counts as gone or idle.`;
}

function flappingText(flapping: readonly Extract<Incident, { kind: 'flapping' }>[]): string {
  const names = flapping.flatMap(({ agent }) => (agent === undefined ? [] : [agent.name]));
  const count = flapping.length;
  const verb = count === 1 ? 'is unstable' : 'are unstable';
  if (names.length === 0) return `${count === 1 ? 'One connection' : `${count} connections`} ${verb}.`;
  const others = count - Math.min(names.length, MAX_NAMED);
  const named = [...names.slice(0, MAX_NAMED), ...(others > 0 ? [`${others} more`] : [])].join(', ');
  return `${count === 1 ? 'The connection' : 'The connections'} of ${named} ${verb}.`;
}
