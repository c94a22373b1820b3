import { z } from '../../engine/core/schema.ts';

/** What a viewer asks a planner over the link for; see docs/link.md for what comes back. */

const name = z.string().min(1).max(4096);
const angles = z.array(z.number().min(-180).max(360)).min(1).max(360);

/** `patient`: CT, structures and dose voxels of one of the server's patients. */
export const patientRequestSchema = z.object({ patient: name });

/** `plan`: an optimised dose. */
export const planRequestSchema = z.object({
  patient: name,
  /** Built-in names only: files of the server are none of the viewer's business. */
  protocol: z.string().max(100).optional(),
  machine: z.string().max(100).optional(),
  gantryDeg: angles.optional(),
  couchDeg: angles.optional(),
  collimatorDeg: angles.optional(),
  bixelMm: z.number().min(1).max(50).optional(),
  isocenterMm: z.tuple([z.number(), z.number(), z.number()]).optional(),
  doseGridMm: z.number().min(0.5).max(20).optional(),
  maxIterations: z.int().min(1).max(100_000).optional(),
});
export type PlanQuestion = z.infer<typeof planRequestSchema>;
