import { openApiDocument } from '../../apps/gateway/src/openapi/openapi';
import { CONTROLLERS } from '../../apps/gateway/src/gateway.module';
import { MAX_VERSION, type Microversion, negotiate, printed } from '../../apps/gateway/src/openstack/microversion';
import { DocumentCheck, type Exchange } from './document-check';

/** What stands beside the API, and is not described. */
const BESIDE = ['/healthcheck', '/livez', '/readyz', '/openapi.json', '/docs'];

const checks = new Map<string, DocumentCheck>();

/** Compiled once for each microversion that a spec uses. */
export function documentCheck(version: Microversion): DocumentCheck {
  const key = printed(version);
  const check = checks.get(key) ?? new DocumentCheck(openApiDocument(CONTROLLERS, version));
  checks.set(key, check);
  return check;
}

/**
 * Holds an exchange against the document of the microversion in force. False: it is about nothing that is described.
 * @throws where the document says otherwise, so that the test which asked fails.
 */
export function documented(versionHeader: string | null | undefined, exchange: Exchange): boolean {
  if (BESIDE.includes(exchange.path.split('?', 1)[0] ?? '')) return false;
  const { version, refusal } = negotiate(versionHeader ?? undefined);
  const check = documentCheck(refusal ? MAX_VERSION : version);
  const fault = check.knows(exchange) ? check.faultOf(exchange) : documentCheck(MAX_VERSION).faultAsStray(exchange);
  if (fault === null) return true;
  const { method, path, answer } = exchange;
  throw new Error(
    `${method} ${path} at ${printed(version)} is not as /openapi.json says: ${fault}\n${answer.status} ${answer.text.slice(0, 500)}`,
  );
}
