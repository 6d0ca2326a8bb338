/** Who asks: established at the edge, carried to the write that it ends in. */
import type { Role } from '../../wire/access.ts';

export interface Principal {
  /** `local` or `token NAME`. */
  readonly who: string;
  readonly role: Role;
  /** Of the role customer: the only one whose clouds it reaches. */
  readonly customer: string | undefined;
  /** An address, or `socket`. */
  readonly from: string;
}

/** With the request: `DELETE /v1/guests/:name`. */
export interface Author extends Principal {
  readonly what: string;
}

/** Whoever may open the Unix socket: root, on the controller's machine. */
export const localPrincipal: Principal = {
  who: 'local',
  role: 'administrator',
  customer: undefined,
  from: 'socket',
};
