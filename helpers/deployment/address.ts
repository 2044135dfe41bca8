/** A TCP endpoint. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`;
}
