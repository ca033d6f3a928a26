import { isText, isWholeNumber, type OptionRule } from '../option-rules.js';

export interface NbdOptions {
  /** Where the volumes' files are kept. */
  folder: string;
  host?: string;
  port?: number;
  advertise?: string;
}

export const DEFAULT_HOST = '127.0.0.1';
/** The port that IANA gave to NBD. */
export const DEFAULT_PORT = 10809;

export const NBD_OPTIONS = {
  folder: {
    meaning: 'The folder that the volumes are kept in, as sparse files.',
    allowed: 'the path of a folder',
    required: true,
    fits: isText,
  },
  host: { meaning: 'The address that the server listens on.', allowed: 'an address', default: DEFAULT_HOST, fits: isText },
  port: {
    meaning: 'The port that the server listens on; 0 takes a free one and keeps it in the folder, the same after a restart.',
    allowed: 'an integer from 0 to 65535',
    default: String(DEFAULT_PORT),
    fits: (value) => isWholeNumber(value, 0, 65_535),
  },
  advertise: {
    meaning: 'What hosts are told to connect to, where it is not what the server listens on.',
    allowed: 'of the form host, host:port or [address]:port',
    fits: (value) => isText(value) && advertised(value) !== null,
  },
} satisfies Record<keyof NbdOptions, OptionRule>;

/** Null when the text is no portal. */
export function advertised(text: string): { host: string; port: number | null } | null {
  const { bracketed, plain, port } = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]\s/]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups ?? {};
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? 1) > 65_535 || Number(port ?? 1) < 1) return null;
  return { host, port: port === undefined ? null : Number(port) };
}
