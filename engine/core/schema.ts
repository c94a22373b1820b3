import { z } from 'zod';

// Pages forbid code from text; zod would try it once, and the browser would report that as an error of the page.
z.config({ jitless: true });

export { z };
