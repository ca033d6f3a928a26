import type { Caller } from '@app/attachments';

/** An administrator, for calls of the services that no gateway makes. */
export const aCaller = (requestId: string): Caller => ({
  userId: 'u',
  projectId: 'p',
  isAdmin: true,
  roles: [],
  serviceRoles: [],
  serviceUserId: null,
  isService: false,
  requestId,
  globalRequestId: null,
});
