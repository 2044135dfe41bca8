/**
 * What runs as the first process of a server's container, so that the container, with its address and its
 * data, outlives the server: a killed process leaves a host behind that refuses connections at once. A
 * dead container would leave an address to which packets vanish, for as long as neighbours remember it.
 *
 * It also lets one deployment after another have the container. What a server lives through in one
 * deployment is a life: it begins with a configuration, may have several starts, and ends with a wipe.
 */
import { fileBlocks, limitFiles } from '../file-limit.ts';

/** What the supervisor is told, line by line on its standard input; it does one after the other. */
export const commands = {
  /** Writes a file into the data folder, for a life that has begun or is about to. */
  file: (life: string, name: string, text: string): string =>
    `file ${life} ${name}\n${block(life, text)}`,
  /**
   * Writes the configuration and starts the server, with further words of its command line. Each of its starts in this life
   * has the limit.
   */
  begin: (life: string, config: string, args: readonly string[], fileBytesMax?: number): string =>
    `begin ${life} ${fileBlocks(fileBytesMax)}\n${block(life, config)}${block(life, args.join('\n'))}`,
  /** Starts the server again after its end. */
  start: (life: string, args: readonly string[]): string =>
    `start ${life}\n${block(life, args.join('\n'))}`,
  /** A paused server goes on at once, to act on it. */
  signal: (signal: 'SIGTERM' | 'SIGKILL'): string => `signal ${signal.slice('SIG'.length)}\n`,
  /** Freezes the server with all that it has started. */
  pause: (life: string): string => `pause ${life}\n`,
  resume: (life: string): string => `resume ${life}\n`,
  /** Asks which processes the server has forked. */
  children: (life: string): string => `children ${life}\n`,
  killChildren: (life: string): string => `kill-children ${life}\n`,
  /** Removes the data but for the configuration. */
  loseData: (life: string): string => `lose-data ${life}\n`,
  /** Kills whatever runs and removes whatever it wrote. */
  wipe: (life: string): string => `wipe ${life}\n`,
};

/** Lines of any content up to one that is the name of the life. */
function block(life: string, text: string): string {
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${life}\n`;
}

const EVENTS_OF_LIFE = ['began', 'paused', 'resumed', 'data-lost', 'wiped'] as const;
export type EventOfLife = (typeof EVENTS_OF_LIFE)[number];

/** What the supervisor says between the lines of its server. */
export type Word =
  | { readonly event: EventOfLife; readonly life: string }
  /** What the server has forked and that runs; or what was killed of it. */
  | { readonly event: 'children'; readonly life: string; readonly pids: readonly number[] }
  /** An exit code, or 128 and the number of the signal. */
  | { readonly event: 'ended'; readonly status: number };

const PREFIX = 'redis-chaos: ';

/** Undefined for a line that is the server's own. */
export function wordOf(line: string): Word | undefined {
  if (!line.startsWith(PREFIX)) return undefined;
  const [event, argument = '', ...rest] = line.slice(PREFIX.length).split(' ');
  if (event === 'ended') return { event, status: Number(argument) };
  if (event === 'children') return { event, life: argument, pids: rest.map(Number) };
  return isOfLife(event) ? { event, life: argument } : undefined;
}

function isOfLife(event: string | undefined): event is EventOfLife {
  return EVENTS_OF_LIFE.some((one) => one === event);
}

/** Where a server may write. */
export interface Places {
  /** In the data folder. */
  readonly configFile: string;
  readonly dataFolder: string;
  /** Further folders that a wipe empties. */
  readonly scratch: readonly string[];
}

/**
 * A script for `sh -c`, with the server's command line as its arguments. Official images start servers
 * through an entrypoint script. All output is one stream, so that its order is the order of events; what
 * the supervisor says begins a new line, since a killed server may have left one unfinished.
 */
export function supervisorScript({ configFile, dataFolder, scratch }: Places): string {
  return `
exec 2>&1 3>&1
command -v docker-entrypoint.sh > /dev/null && set -- docker-entrypoint.sh "$@"
say() { printf '\\n${PREFIX}%s\\n' "$*"; }
alone() { [ $# = 1 ]; }
# The lines up to the one that says $1.
block() {
  while IFS= read -r line && [ "$line" != "$1" ]; do
    printf '%s\\n' "$line"
  done
}
# A shell of the server's own waits for its end; its first line is the server's process ID. Each line of $words is a
# word of its command line.
start() {
  server=$(
    {
      if [ "$blocks" != unlimited ]; then ${limitFiles('"$blocks"')}; fi
      (
        IFS='
'
        set -f
        exec "$@" $words
      ) < /dev/null >&3 3>&- &
      echo $!
      exec >&3
      wait $! 2> /dev/null
      say ended $?
    } &
  )
}
# To the server with all that it has started: in a container there is nobody but us.
everyone() {
  if [ $$ = 1 ]; then kill -s "$1" -- -1; else kill -s "$1" "$server"; fi 2> /dev/null
}
# The state of the server's process, a letter: proc(5). Its name stands before it, in parentheses.
state() {
  read -r line 2> /dev/null < "/proc/$server/stat" && line=\${line##*) } && echo "\${line%% *}"
}
is_running() {
  case $(state) in R | S | D) ;; *) false ;; esac
}
# What the server has forked and that still runs: once seen, a child is known, whoever is its parent now.
children() {
  for stat in /proc/[0-9]*/stat; do
    read -r line 2> /dev/null < "$stat" || continue
    child=\${line%% *}
    set -- \${line##*) }
    case $1 in R | S | D | T) ;; *) continue ;; esac
    case " $forked " in
      *" $child "*) echo "$child" ;;
      *) [ "$2" != "$server" ] || echo "$child" ;;
    esac
  done
}
empty() {
  for folder in "$@"; do
    [ ! -d "$folder" ] || find "$folder" -mindepth 1 -delete || return 1
  done
}
while read -r command argument rest; do
  case $command in
    file) block "$argument" > "${dataFolder}/$rest" ;;
    begin)
      blocks=$rest
      block "$argument" > ${configFile}
      words=$(block "$argument")
      say began "$argument"
      start "$@"
      ;;
    start)
      words=$(block "$argument")
      start "$@"
      ;;
    signal)
      kill -s "$argument" "$server"
      everyone CONT
      ;;
    pause)
      everyone STOP
      while is_running; do sleep 0.01; done
      [ "$(state)" = T ] && say paused "$argument"
      ;;
    resume) everyone CONT && say resumed "$argument" ;;
    children)
      forked=$(echo $(children))
      say children "$argument" $forked
      ;;
    kill-children)
      forked=$(echo $(children))
      [ -z "$forked" ] || kill -s KILL $forked
      say children "$argument" $forked
      ;;
    lose-data)
      find ${dataFolder} -mindepth 1 ! -path ${configFile} -delete && say data-lost "$argument"
      ;;
    wipe)
      kill -s KILL "$server" 2> /dev/null
      # In a container there is nobody but us: what the server has left running goes, too.
      if [ $$ = 1 ]; then
        until alone /proc/[0-9]*; do
          everyone KILL
          sleep 0.01
        done
      fi
      empty ${[dataFolder, ...scratch].join(' ')} && say wiped "$argument"
      ;;
  esac
done
`;
}
