/** The treatment machine of the page's plans. */
export const MACHINE = 'generic-6mv';
