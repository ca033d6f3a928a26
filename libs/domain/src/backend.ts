/** A backend's name as a worker serves it: `host@backend`. */
export const BACKEND_NAME = /^[^@#\s]+@[^@#\s]+$/;

/** Whether a volume type that asks for `wanted` (`volume_backend_name`) may be placed on this backend: by its whole name or the part behind the `@`. */
export function answersTo(backend: string, wanted: string): boolean {
  return backend === wanted || backend.split('@')[1] === wanted;
}
