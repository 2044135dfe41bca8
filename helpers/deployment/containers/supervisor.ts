/**
 * What runs as the first process of a server's container, so that the container, with its address and its
 * data, outlives the server: a killed process leaves a host behind that refuses connections at once. A
 * dead container would leave an address to which packets vanish, for as long as neighbours remember it.
 */

/** Signals to the container, and what they do to the server in it. */
export const SIGNALS = { start: 'SIGHUP', SIGTERM: 'SIGUSR2', SIGKILL: 'SIGUSR1' } as const;

const ENDED = 'redis-chaos: the server has ended with ';

/** The status of the last line the supervisor writes for each end: exit code, or 128 and the signal. */
export function endedStatus(line: string): number | undefined {
  return line.startsWith(ENDED) ? Number(line.slice(ENDED.length)) : undefined;
}

/**
 * A script for `sh -c`, with the server's command line as its arguments. On the first start it writes the
 * configuration file from the environment. Official images start servers through an entrypoint script.
 */
export function supervisorScript(configVariable: string, configFile: string): string {
  return `
test -f ${configFile} || printenv ${configVariable} > ${configFile}
command -v docker-entrypoint.sh > /dev/null && set -- docker-entrypoint.sh "$@"
trap 'kill -KILL "$server"' USR1
trap 'kill -TERM "$server"' USR2
trap 'started=yes' HUP
while :; do
  "$@" &
  server=$!
  while :; do
    wait "$server"
    status=$?
    kill -0 "$server" 2> /dev/null && continue
    # A wait that a signal ended told of the signal: the server's own status can still be had.
    wait "$server"
    late=$?
    [ "$late" = 127 ] || status=$late
    break
  done
  started=no
  echo "${ENDED}$status"
  while [ "$started" = no ]; do
    sleep 3600 &
    wait $!
  done
  kill $! 2> /dev/null
done
`;
}
