import type { AccessRule, Token } from './token.js';

const BLOCK_STORAGE = ['block-storage', 'volumev3', 'volume', 'volumev2'];

/** Whether a token may ask for this; only one of an application credential with rules may not ask for everything. */
export function isAccessible({ accessRules, services }: Pick<Token, 'accessRules' | 'services'>, method: string, path: string): boolean {
  if (accessRules === null) return true;
  if (!services.some((type) => BLOCK_STORAGE.includes(type))) return false;
  return accessRules.some((rule) => rule.method === method && BLOCK_STORAGE.includes(rule.service) && fits(rule, path));
}

/** `{name}` and `*` stand for one part of the path, `**` for any number of them. */
function fits({ path: pattern }: AccessRule, path: string): boolean {
  const source = pattern.replaceAll(/\{[^}]*\}|\*\*|\*|[^{}*]+/g, (part) => {
    if (part === '**') return '.*';
    return part === '*' || part.startsWith('{') ? '[^/]+' : part.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`).test(path);
}
