import { type Reply } from './wire';
import { VolumeApi } from './volume-api';

/** The client itself, before answers that a test makes up: it must ask, repeat and stumble as Nova does. */
const versions = (version: string): Reply => ({
  status: 300,
  body: {
    versions: [
      { version: '', id: 'v2' },
      { version, min_version: '3.0' },
    ],
  },
});
const fault = (status: number): Reply => ({ status, body: { computeFault: { code: status, message: 'because' } } });
const attachment = { id: 'a', status: 'attaching', instance: 's', volume_id: 'v', attached_at: '', detached_at: '', attach_mode: 'rw' };
const volume = {
  ...{ id: 'v', status: 'available', size: 1, availability_zone: 'nova', created_at: 'then', name: null, description: null },
  ...{ volume_type: null, snapshot_id: null, bootable: 'false', metadata: {}, attachments: [], multiattach: false },
};

/** Answers in this order, and what was asked for them. */
function scripted(...replies: Reply[]) {
  const lines: string[] = [];
  const api = new VolumeApi('compute', async ({ method, path, microversion = '-' }) => {
    lines.push(`${method} ${path} ${microversion}`);
    const reply = replies.shift();
    if (!reply) throw new Error(`nothing is left to answer ${lines.join(', ')}`);
    return reply;
  });
  return { api, lines };
}

it.each([
  ['3.71', 'GET / - GET /volumes/v 3.69'],
  ['3.68', 'GET / - GET / - GET /volumes/v 3.48'],
  ['3.44', 'GET / - GET / - GET /volumes/v -'],
])('of a server that goes as far as %s a volume is asked for by %s', async (version, expected) => {
  const discoveries = expected.split('GET / -').length - 1;
  const { api, lines } = scripted(...Array<Reply>(discoveries).fill(versions(version)), { status: 200, body: { volume } });

  expect(await api.getForConnection('v')).toMatchObject({ id: 'v', bootable: false, attachStatus: 'detached' });
  expect(lines.join(' ')).toBe(expected);
});

it.each([500, 504])('update and delete are sent five times in all while the answer is %i', async (status) => {
  const { api, lines } = scripted(...Array<Reply>(10).fill(fault(status)));

  await expect(api.attachmentUpdate('a', {})).rejects.toMatchObject({ exception: 'ClientException', code: status, message: 'because' });
  await expect(api.attachmentDelete('a')).rejects.toMatchObject({ code: status });

  expect(lines).toEqual([...Array<string>(5).fill('PUT /attachments/a 3.44'), ...Array<string>(5).fill('DELETE /attachments/a 3.44')]);
});

it('create and complete are sent once whatever the answer is, and update once where it is neither 500 nor 504', async () => {
  const { api, lines } = scripted(versions('3.71'), fault(500), fault(504), fault(503));

  await expect(api.attachmentCreate('v', 's')).rejects.toMatchObject({ code: 500 });
  await expect(api.attachmentComplete('a')).rejects.toMatchObject({ code: 504 });
  await expect(api.attachmentUpdate('a', {})).rejects.toMatchObject({ code: 503 });

  expect(lines).toHaveLength(4);
});

it('an attachment that is gone is deleted; for every other verb it is not found', async () => {
  const { api } = scripted(fault(404), fault(404), fault(404));

  await expect(api.attachmentDelete('a')).resolves.toBeUndefined();
  await expect(api.attachmentGet('a')).rejects.toMatchObject({ exception: 'VolumeAttachmentNotFound' });
  await expect(api.attachmentComplete('a')).rejects.toMatchObject({ exception: 'VolumeAttachmentNotFound' });
});

it('a flat connection_info is made into the older one, and an empty one is no connection', async () => {
  const flat = { driver_volume_type: 'iscsi', attachment_id: 'a', target_lun: 1, encrypted: false };
  const { api } = scripted(
    { status: 200, body: { attachment: { ...attachment, connection_info: flat } } },
    { status: 200, body: { attachment: { ...attachment, connection_info: {} } } },
  );

  expect((await api.attachmentGet('a')).connectionInfo).toEqual({
    ...{ driverVolumeType: 'iscsi', data: { target_lun: 1, encrypted: false } },
    ...{ status: 'attaching', instance: 's', attachedAt: '', detachedAt: '', volumeId: 'v' },
  });
  expect((await api.attachmentGet('a')).connectionInfo).toBeNull();
});

it.each(Object.keys(volume).filter((key) => key !== 'multiattach'))('without %s a volume is no volume', async (key) => {
  const { [key]: _absent, ...rest } = volume as Record<string, unknown>;
  const { api } = scripted({ status: 200, body: { volume: rest } });

  await expect(api.get('v')).rejects.toThrow(`Nova needs ${key}`);
});
