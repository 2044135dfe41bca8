/** A command as it is sent. */
export type Command = readonly [string, ...(string | Buffer | number)[]];
