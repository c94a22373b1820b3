/* What the peers of all vendors share: options, time, lines of JSON, and the order in which samples came. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* To be called first: the program ends with the test that started it. */
void start_reports(int count, char **arguments);

/* Options are words `name=value` of the command line. */
const char *option(const char *name, const char *fallback);
double number_option(const char *name, double fallback);
bool option_is(const char *name, const char *value);

/* CLOCK_MONOTONIC, which Node's process.hrtime reads too [ns]. */
int64_t now_ns(void);
void sleep_until(int64_t time_ns);
void sleep_for(int64_t ns);
#define SECOND 1000000000LL

/* One line of JSON: the name of the event alone, or with what the format says. */
void announce(const char *name);
void event(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `"name":{"median":..,"p99":..,"max":..}` [ms] of times [ns], which it sorts; for event. */
const char *times_text(const char *name, int64_t *times, size_t count);
/* Whether the test has asked for the end (SIGTERM). */
bool stopped(void);
/* Waits for a line on the standard input. */
void await_go(void);
/* A line that says why, and the end of the program. */
void fail(const char *what, const char *why) __attribute__((noreturn));
/* The most memory that the process has had [KiB]. */
long peak_memory(void);

/* What one sample holds, whatever its kind. */
typedef struct {
  uint32_t writer, number;
  /* When it was written [ns]; 0 where the kind has no place for it. */
  int64_t time_ns;
  size_t bytes;
  /* Whether every other byte is as it was written. */
  bool intact;
} Reading;

/* What a reader got: per writer in the order of arrival, and how long it took. */
void start_tally(size_t count);
void tally(const Reading *reading);
size_t tallied(void);
/* When the last sample came [ns]. */
int64_t last_tallied(void);
void summarize(void);

#ifdef __cplusplus
}
#endif
#endif
