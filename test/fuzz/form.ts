/** How much is asked. The seed and the number of requests are all that a run depends on, so both can be set from outside to run it again. */
const { FUZZ_REQUESTS, FUZZ_SEED } = process.env;

export const REQUESTS = FUZZ_REQUESTS ? Number(FUZZ_REQUESTS) : 2_000;
export const SEED = FUZZ_SEED ? Number(FUZZ_SEED) : Math.floor(Math.random() * 1_000_000);
/** What a gateway takes when it has warmed up is known after so many. */
export const WARM = 5_000;
export const IS_LONG = REQUESTS > WARM;
/** Each asks one thing after another, in a project of its own. */
export const CALLERS = 8;
