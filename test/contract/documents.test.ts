import { drivenSql } from '../support/document-drivers.ts';
import { describeDatabases } from '../support/databases.ts';
import { keepsAgents } from '../support/contracts/agent-documents.ts';
import { keepsHistory } from '../support/contracts/document-keeping.ts';
import { keepsMessages } from '../support/contracts/message-documents.ts';
import { keepsWhatIsSent } from '../support/contracts/posted-messages.ts';

await describeDatabases('documents', (databases) => {
  const open = () => drivenSql(databases);
  keepsAgents(open);
  keepsMessages(open);
  keepsWhatIsSent(open);
  keepsHistory(open);
});
