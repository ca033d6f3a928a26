import { join } from 'node:path';

export interface BrokerPorts {
  amqp: number;
  distribution: number;
  epmd: number;
}

/** Every place and port that the start script would otherwise take from the system's own broker. */
export function brokerEnvironment(home: string, ports: BrokerPorts): NodeJS.ProcessEnv {
  const at = (file: string) => join(home, file);
  const loopback = '-kernel inet_dist_use_interface {127,0,0,1}';
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: at('home'),
    RABBITMQ_NODENAME: `mooring-${ports.amqp}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: at('mnesia'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_PID_FILE: at('pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: at('rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `${loopback} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none`,
    RABBITMQ_CTL_ERL_ARGS: loopback,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}

export const BROKER_SETTINGS = `log.console = false
log.file.level = warning
vm_memory_high_watermark.relative = 0.2
disk_free_limit.absolute = 50MB
`;
