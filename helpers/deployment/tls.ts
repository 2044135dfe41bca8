import type { ConnectionOptions } from 'node:tls';
import type { Config } from './config.ts';

/** Who a node is to others, and whom it believes: texts in PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
  /** Who has signed the certificates that it believes. */
  readonly authority: string;
}

const FILES = { key: 'tls.key', certificate: 'tls.crt', authority: 'authority.crt' };

/** The files of a node that speaks TLS, by name. */
export function tlsFiles({ key, certificate, authority }: Identity): Record<string, string> {
  return { [FILES.key]: key, [FILES.certificate]: certificate, [FILES.authority]: authority };
}

/** What a redis.conf says for TLS alone, to clients, replicas and the upstream. */
export function tlsDirectives(port: number): Config {
  return {
    port: 0,
    'tls-port': port,
    'tls-key-file': FILES.key,
    'tls-cert-file': FILES.certificate,
    'tls-ca-cert-file': FILES.authority,
    'tls-replication': 'yes',
  };
}

/** How a client of the test speaks to a node. It believes any certificate: whom servers believe is their matter. */
export function tlsOfClients({ key, certificate }: Identity): ConnectionOptions {
  return { key, cert: certificate, rejectUnauthorized: false };
}
