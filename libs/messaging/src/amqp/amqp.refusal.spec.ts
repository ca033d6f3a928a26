import { refusal } from './amqp.refusal.js';

const HANDSHAKE = 'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"';

it.each([
  ['a password that is wrong', new Error(HANDSHAKE), /refuses the user app or its password: correct .* or AMQP_PASSWORD_FILE\.$/],
  [
    'a virtual host that is missing',
    new Error('Expected ConnectionOpenOk; got <ConnectionClose channel:0>'),
    /has no virtual host store\/1, or its user may not use it: .*rabbitmqctl add_vhost and set_permissions/,
  ],
  [
    'nobody there',
    new Error('connect ECONNREFUSED 127.0.0.1:5672'),
    /cannot be used \(connect ECONNREFUSED 127\.0\.0\.1:5672\): see that it listens there/,
  ],
  ['nobody on two addresses', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), /cannot be used \(ECONNREFUSED\)/],
])('says of %s which setting it is, and what to do', (_, error, said) => {
  const sentence = refusal({ url: 'amqp://app:hunter2@rabbit.example.org:5672/store%2F1' }, error);

  expect(sentence).toMatch(/^AMQP_URL: RabbitMQ at rabbit\.example\.org:5672 /);
  expect(sentence).toMatch(said);
  expect(sentence).not.toContain('hunter2');
});

it('names the default user and virtual host where AMQP_URL names none', () => {
  expect(refusal({ url: 'amqp://127.0.0.1' }, new Error('ACCESS_REFUSED'))).toContain('the user guest');
  expect(refusal({ url: 'amqp://127.0.0.1' }, new Error('Expected ConnectionOpenOk; got x'))).toContain('no virtual host /,');
});
