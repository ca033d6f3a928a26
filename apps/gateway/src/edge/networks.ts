import { BlockList, isIP } from 'node:net';
import { ValidateBy } from 'class-validator';

const LONGEST = { 4: 32, 6: 128 } as const;

/** Addresses and networks, `10.0.0.5, 10.1.0.0/16, fd00::/8`. */
export class Networks {
  private readonly list = new BlockList();

  /** @throws TypeError where a word is neither */
  constructor(text = '') {
    for (const word of wordsOf(text)) this.add(word);
  }

  include(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  private add(word: string): void {
    const [address = '', length] = word.split('/');
    const family = isIP(address);
    if (!isNetwork(word)) throw new TypeError(`${word} is neither an address nor a network`);
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (length === undefined) this.list.addAddress(address, type);
    else this.list.addSubnet(address, Number(length), type);
  }
}

const wordsOf = (text: string): string[] => text.split(',').map((word) => word.trim()).filter(Boolean); // prettier-ignore

function isNetwork(word: string): boolean {
  const [address = '', length, ...more] = word.split('/');
  const family = isIP(address) as 0 | 4 | 6;
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= LONGEST[family]);
}

export function AreNetworks(): PropertyDecorator {
  return ValidateBy({
    name: 'areNetworks',
    validator: {
      validate: (text) => {
        const words = wordsOf(String(text));
        return words.length > 0 && words.every(isNetwork);
      },
      defaultMessage: (args) =>
        `${args?.property} is ${JSON.stringify(args?.value)}, but must be addresses and networks divided by commas, such as 10.0.0.5, fd00::/8.`,
    },
  });
}
