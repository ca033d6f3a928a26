const AN_INSTANCE = '2a1b6a2e-6b0c-4f0e-9f3c-0d5c1b7e4a11';

/** What a stranger sees first: that it is ready, and three requests to paste, of which the third connects the volume that the first has made. */
export function welcome(url: string): string {
  const send = `curl -sw '\\n' -H 'X-Auth-Token: demo' -H 'OpenStack-API-Version: volume 3.44'`;
  const json = `-H 'Content-Type: application/json'`;
  const newest = `$(${send} '${url}/v3/volumes?limit=1' | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`;
  const attachment = `{"attachment":{"volume_uuid":"'"${newest}"'","instance_uuid":"${AN_INSTANCE}","connector":{"host":"laptop"}}}`;
  return [
    `ready ${url}`,
    `${send} ${json} ${url}/v3/volumes -d '{"volume":{"size":1,"name":"first"}}'`,
    `${send} ${url}/v3/volumes/detail`,
    // Pasted all at once, it may come before the volume is there.
    `${send} ${json} --retry 9 --retry-delay 1 --retry-all-errors --fail ${url}/v3/attachments -d '${attachment}'`,
    '',
  ].join('\n');
}
