import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// WebGPU without a graphics card: Chromium's software Vulkan driver serves Node as well.
const software = '/usr/lib/chromium/vk_swiftshader_icd.json';
const env: Record<string, string> = existsSync(software)
  ? { VK_ICD_FILENAMES: software, VK_DRIVER_FILES: software }
  : {};

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    env,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
