#include "report.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static char **words;
static volatile sig_atomic_t stop_asked;

static void on_stop(int signal) {
  (void)signal;
  stop_asked = 1;
}

void start_reports(int count, char **arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGTERM, on_stop);
  words = arguments + (count < 2 ? 1 : 2);
}

const char *option(const char *name, const char *fallback) {
  size_t length = strlen(name);
  for (char **word = words; *word != NULL; word++)
    if (strncmp(*word, name, length) == 0 && (*word)[length] == '=') return *word + length + 1;
  return fallback;
}

double number_option(const char *name, double fallback) {
  const char *text = option(name, NULL);
  return text == NULL ? fallback : atof(text);
}

bool option_is(const char *name, const char *value) { return strcmp(option(name, ""), value) == 0; }

int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND + time.tv_nsec;
}

void sleep_until(int64_t time_ns) {
  struct timespec time = {time_ns / SECOND, time_ns % SECOND};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) continue;
}

void sleep_for(int64_t ns) { sleep_until(now_ns() + ns); }

void announce(const char *name) {
  printf("{\"event\":\"%s\"}\n", name);
  fflush(stdout);
}

void event(const char *name, const char *format, ...) {
  va_list values;
  va_start(values, format);
  printf("{\"event\":\"%s\",", name);
  vprintf(format, values);
  printf("}\n");
  fflush(stdout);
  va_end(values);
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

const char *times_text(const char *name, int64_t *times, size_t count) {
  static char text[200];
  if (count == 0) {
    snprintf(text, sizeof text, "\"%s\":null", name);
    return text;
  }
  qsort(times, count, sizeof *times, by_size);
  snprintf(text, sizeof text, "\"%s\":{\"median\":%.4f,\"p99\":%.4f,\"max\":%.4f}", name, times[count / 2] / 1e6,
           times[(size_t)((double)(count - 1) * 0.99)] / 1e6, times[count - 1] / 1e6);
  return text;
}

bool stopped(void) { return stop_asked != 0; }

void await_go(void) {
  for (int letter = 0; letter != '\n' && letter != EOF;) letter = getchar();
}

void fail(const char *what, const char *why) {
  event("failed", "\"what\":\"%s\",\"why\":\"%s\"", what, why);
  exit(1);
}

long peak_memory(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

#define MOST_WRITERS 8

static struct {
  uint32_t received, first, last, missing, reordered, repeated, streak;
} flows[MOST_WRITERS];
static int64_t *delays, first_time, last_time;
static size_t received, corrupt, room;
static double bytes;

void start_tally(size_t count) {
  room = count + 1000;
  delays = malloc(room * sizeof *delays);
}

void tally(const Reading *reading) {
  last_time = now_ns();
  if (received == 0) {
    first_time = last_time;
    event("first", "\"bytes\":%zu,\"number\":%u", reading->bytes, reading->number);
  }
  if (received < room) delays[received] = last_time - reading->time_ns;
  received++;
  bytes += (double)reading->bytes;
  corrupt += !reading->intact || reading->writer >= MOST_WRITERS;
  if (reading->writer >= MOST_WRITERS) return;
  uint32_t number = reading->number, last = flows[reading->writer].last;
  if (flows[reading->writer].received++ == 0) flows[reading->writer].first = number;
  else if (number == last) flows[reading->writer].repeated++;
  else if (number < last) flows[reading->writer].reordered++;
  else flows[reading->writer].missing += number - last - 1;
  flows[reading->writer].streak = number == last + 1 ? flows[reading->writer].streak + 1 : 1;
  if (number > last) flows[reading->writer].last = number;
}

size_t tallied(void) { return received; }

int64_t last_tallied(void) { return last_time; }

void summarize(void) {
  char text[1500] = "";
  for (int w = 0, used = 0; w < MOST_WRITERS; w++) {
    if (flows[w].received == 0) continue;
    used += snprintf(text + used, sizeof text - (size_t)used,
                     "%s{\"writer\":%d,\"received\":%u,\"first\":%u,\"last\":%u,\"missing\":%u,\"reordered\":%u,"
                     "\"repeated\":%u,\"streak\":%u}",
                     used == 0 ? "" : ",", w, flows[w].received, flows[w].first, flows[w].last, flows[w].missing,
                     flows[w].reordered, flows[w].repeated, flows[w].streak);
  }
  event("summary", "\"received\":%zu,\"corrupt\":%zu,\"bytes\":%.0f,\"seconds\":%.3f,\"peakKiB\":%ld,%s,\"flows\":[%s]",
        received, corrupt, bytes, (double)(last_time - first_time) / 1e9, peak_memory(),
        times_text("delayMs", delays, received < room ? received : room), text);
}
