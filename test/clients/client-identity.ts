/** What clients of Python are given to prove who they are; every caller is named as noauth would. */
export interface ClientIdentity {
  /** As the API takes it. */
  token(named: string): Promise<string>;
  /** What a command calls the user. */
  userOf(named: string): string;
  /** Variables of the `cinder` command. */
  cinder(named: string): Promise<Record<string, string>>;
  /** Variables of the `openstack` command; `neighbours` is where it finds compute and identity where no catalog says so. */
  openstack(named: string, neighbours: string | null): Promise<Record<string, string>>;
  /** Arguments of `openstack.connect`. */
  sdk(named: string): Promise<object>;
  stop(): Promise<void>;
}

/** The parts of `user:project[:role,role…]`; without a role it is an administrator. */
export function partsOf(named: string): { user: string; project: string; roles: string[] } {
  const [user = '', project = '', roles = 'admin'] = named.split(':');
  return { user, project, roles: roles.split(',') };
}
