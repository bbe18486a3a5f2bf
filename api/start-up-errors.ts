/** Errors that a person can mend: they are told in one line, without a stack. */
const EXPECTED: ReadonlySet<string> = new Set([
  'BadVariable',
  'DatabaseLost',
  'DatabaseNewer',
  'DatabaseUnavailable',
  'FolderLocked',
  'JournalBroken',
  'JournalCorrupt',
  'NativeServerMissing',
  'NoRoom',
  'PortInUse',
  'TlsRefused',
]);

/** What to print of an error that ended the start. */
export function startUpMessage(error: unknown): string {
  if (!(error instanceof Error)) return `rollcall: ${String(error)}`;
  return `rollcall: ${EXPECTED.has(error.name) ? error.message : (error.stack ?? error.message)}`;
}
