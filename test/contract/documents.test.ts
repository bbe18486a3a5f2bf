import { drivenSql } from '../support/document-drivers.ts';
import { describeDatabases } from '../support/databases.ts';
import { keepsAgents } from '../support/contracts/agent-documents.ts';
import { keepsHistory } from '../support/contracts/document-keeping.ts';
import { keepsMessages } from '../support/contracts/message-documents.ts';

await describeDatabases('documents', (databases) => {
  const open = () => drivenSql(databases);
  keepsAgents(open);
  keepsMessages(open);
  keepsHistory(open);
});
