// Read by node before an app: whatever the app sends to PostgreSQL and RabbitMQ, and what comes back, goes into the file that RECORD_FILE names, a line
// of JSON for each. The floor of the bench is made of it. It holds what the service holds, so it is only ever written into the run's own folder.
const { appendFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

// Those of the checkout whose app this is, which is not always the recorder's own.
const ofApp = createRequire(join(process.cwd(), 'package.json'));
const pg = ofApp('pg');
const amqplib = ofApp('amqplib');

let begun = 0;
const record = (order, event) => appendFileSync(process.env.RECORD_FILE, `${JSON.stringify({ order, ...event })}\n`, { mode: 0o600 });

const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (config, values, callback) {
  const order = ++begun;
  const { text = config, name = null } = typeof config === 'object' ? config : {};
  const sent = {
    kind: 'query',
    text,
    name,
    values: config.values ?? (Array.isArray(values) ? values : []),
    session: this.connectionParameters.options,
  };
  const answered = (result) => record(order, { ...sent, rows: result?.rows ?? [], count: result?.rowCount ?? 0 });
  const last = [callback, values, config.callback].find((argument) => typeof argument === 'function');
  if (last === undefined) return query.call(this, config, values, callback).then((result) => (answered(result), result));
  const heard = (error, result) => (error || answered(result), last(error, result));
  if (typeof config.callback === 'function') return query.call(this, Object.assign(config, { callback: heard }), values);
  return Array.isArray(values) ? query.call(this, config, values, heard) : query.call(this, config, heard);
};

const connect = amqplib.connect;
amqplib.connect = async (...args) => {
  const connection = await connect(...args);
  for (const method of ['createChannel', 'createConfirmChannel']) {
    const create = connection[method];
    connection[method] = async (...rest) => recorded(await create.apply(connection, rest));
  }
  return connection;
};

function recorded(channel) {
  const { publish, consume, ack, prefetch } = channel;
  let window = null;
  channel.prefetch = (count, ...rest) => ((window = count), prefetch.call(channel, count, ...rest));
  channel.publish = (exchange, key, content, properties, ...rest) => {
    record(++begun, { kind: 'publish', exchange, key, body: content.toString('utf8'), properties });
    return publish.call(channel, exchange, key, content, properties, ...rest);
  };
  channel.ack = (...args) => {
    record(++begun, { kind: 'ack' });
    return ack.apply(channel, args);
  };
  channel.consume = (queue, listener, options) => {
    const heard = (message) => {
      if (message) record(++begun, { kind: 'delivery', queue, window, noAck: options?.noAck ?? false, ...textsOf(message) });
      return listener(message);
    };
    return consume.call(channel, queue, heard, options);
  };
  return channel;
}

const textsOf = ({ content, properties }) => ({ body: content.toString('utf8'), properties: JSON.parse(JSON.stringify(properties)) });
