import type { Question } from '../messages.ts';

/** Asks the user, and waits for the value of one of the options. */
export type Ask = (question: Question) => Promise<string>;
