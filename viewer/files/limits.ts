/** As many files as `isocenter` looks at in a folder. */
export const MOST_FILES = 50_000;
