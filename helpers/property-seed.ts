import fc from 'fast-check';

/** Repeat a failure with the seed it printed, or look further: `PROPERTY_SEED=42 npm test -- --project unit`. */
const SEED = 'PROPERTY_SEED';

// What a change is judged by must not change by itself.
fc.configureGlobal({ seed: Number(process.env[SEED] ?? 1) });
