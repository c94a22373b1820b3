import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

// WebGPU without a graphics card: Chromium's software Vulkan driver serves Node as well.
const software = '/usr/lib/chromium/vk_swiftshader_icd.json';
const env: Record<string, string> = { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() };
if (existsSync(software)) Object.assign(env, { VK_ICD_FILENAMES: software, VK_DRIVER_FILES: software });

const vitestConfig = defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/missing-data.ts'],
    pool: 'forks',
    maxWorkers: 2,
    env,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default vitestConfig;
