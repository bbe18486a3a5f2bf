import type { User } from '../drizzle/repositories/users.ts';
import type { Member } from '../engine/member.ts';
import type { AgentRecord } from '../engine/record.ts';
import type { Agent } from './contract/agents.ts';

/** A user as lists show them: master data, with what the engine knows now merged in. */
export function agentOf(
  user: User,
  { viewer, record }: { viewer: Member; record: AgentRecord | null },
): Agent {
  const {
    id,
    username,
    email,
    fullName: name,
    role,
    teamId,
    department,
    avatar,
    isActive: active,
    onBoard,
  } = user;
  const maySeePhone = viewer.id === id || viewer.role === 'manager' || viewer.role === 'admin';
  return {
    id,
    username,
    email,
    name,
    role,
    teamId,
    department,
    ...(maySeePhone && { phone: user.phone }),
    avatar,
    active,
    onBoard,
    lastLoginAt: user.lastLoginAt?.getTime() ?? null,
    createdAt: user.createdAt.getTime(),
    updatedAt: user.updatedAt.getTime(),
    presence: record === null || role === 'viewer' ? null : presenceOf(record),
  };
}

function presenceOf({ status, category, since, connectivity, routable }: AgentRecord): Agent['presence'] {
  return { status, category, since, connectivity, routable };
}
