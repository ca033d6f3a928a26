export const JSON_MEDIA_TYPE = 'application/json';
export const VENDOR_MEDIA_TYPE = 'application/vnd.openstack.volume+json';
export const TEXT_MEDIA_TYPE = 'text/plain; charset=UTF-8';

/** Which of the two names of JSON a success goes out under; any other wish is ignored (spec: microversions-and-errors §6). */
export function successMediaType(accept: string | undefined): string {
  return accept !== undefined && accept.includes(VENDOR_MEDIA_TYPE) && !accept.includes(JSON_MEDIA_TYPE)
    ? VENDOR_MEDIA_TYPE
    : JSON_MEDIA_TYPE;
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}\\s*(?:;|$)`);

/** Whether a `Content-Type` is one, whatever it names. */
export const isMediaType = (header: string): boolean => MEDIA_TYPE.test(header);
