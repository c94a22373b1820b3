/** As many files as `isocenter` looks at in a folder. */
export const MOST_FILES = 50_000;

/** Of a file that is read whole, of a patient's files and of a session's arrays together: as much as a typed array holds everywhere. */
export const MOST_BYTES = 2 ** 31 - 1;
