/** Program: waits for the owner of a session to end, then removes what it left. Argument: the folder. */
import { ownerGone } from './folder.ts';
import { removeSession } from './leftovers.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: watchdog.ts SESSION-FOLDER');
await ownerGone(folder);
await removeSession(folder, { settle: true });
