// node scripts/healthcheck.mjs [path]   asks the process of this container: exit code 0 when HEALTH_PORT answers 2xx (path: /readyz), else 1
// and, on standard output, what it said. Probes of Kubernetes ask by themselves (docs/operations/configure.md).
const [path = '/readyz'] = process.argv.slice(2);
const { HEALTH_PORT, HEALTH_HOST = '127.0.0.1' } = process.env;
const host = ['0.0.0.0', '::', ''].includes(HEALTH_HOST) ? '127.0.0.1' : HEALTH_HOST;

try {
  if (!HEALTH_PORT) throw new Error('HEALTH_PORT is not set');
  const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${HEALTH_PORT}${path}`, {
    signal: AbortSignal.timeout(4_000),
  });
  process.stdout.write(`${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`no answer: ${error.cause?.code ?? error.message}\n`);
  process.exitCode = 1;
}
