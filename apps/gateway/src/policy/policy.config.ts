import { IsIn, IsOptional, MinLength } from 'class-validator';

export class PolicyConfig {
  /** YAML or JSON file of rules that take the place of the defaults, a name and a check string for each, as Cinder's `policy.yaml`; see operations/policy.md. */
  @IsOptional() @MinLength(1) readonly POLICY_FILE?: string;
  /** `false` allows beside the defaults what Cinder's older defaults allow, as `[oslo_policy] enforce_new_defaults` does: any role of the project, not the member's alone. */
  @IsIn(['true', 'false']) readonly ENFORCE_NEW_DEFAULTS: string = 'true';
}
