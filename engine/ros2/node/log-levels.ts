import type { LogLevel } from './types.ts';

/** rcl_interfaces/msg/Log */
export const LOG_LEVELS: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40, fatal: 50 };
