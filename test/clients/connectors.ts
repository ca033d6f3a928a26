import type { Connection } from '@app/domain';
import type { World } from '../support/world';

/** What the storage is told of hosts from now on. */
export function connectorsToldTo(world: World): { of(attachment: string | undefined): unknown[] } {
  const asked = jest.spyOn(world.driver, 'initializeConnection');
  const connections = () => asked.mock.calls.map(([, connection]: [unknown, Connection, ...unknown[]]) => connection);
  return {
    of: (attachment) => connections().flatMap(({ attachmentId, connector }) => (attachmentId === attachment ? [connector] : [])),
  };
}
