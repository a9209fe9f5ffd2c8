/* One engine in a process of its own, through its own library; the commands and answers are those of
 * worker.py.
 *
 * usage: PROGRAM FOLDER THREADS         reads commands: open BATCH, run SECONDS
 *        PROGRAM FOLDER THREADS once [CACHE]
 *                                       opens batch 1, runs once, prints when it was ready and had answered;
 *                                       with a folder for what the engine keeps prepared between two starts
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

#ifndef PEER_VERSION
#define PEER_VERSION "unknown"
#endif

static FILE* answers; /* the engines print on stdout too */

void peer_fail(const char* what, const char* why) {
  char line[200];
  snprintf(line, sizeof line, "%s", why ? why : "failed");
  for (char* c = line; *c; c++) *c = *c == '"' || *c == '\\' || (unsigned char)*c < ' ' ? ' ' : *c;
  fprintf(answers, "{\"error\": \"%s: %s\"}\n", what, line);
  exit(1);
}

const char* peer_file(const struct task* task, const char* ending) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/batch%d%s", task->folder, task->batch, ending);
  return path;
}

const char* peer_cached(const struct task* task, const char* name) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", task->cache, name);
  return path;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The numbers of a .npy file (version 1), mapped, and whether they are bytes: else floats, or int32 as
 * inputs. */
static const void* array(const char* path, size_t* bytes, int* are_bytes) {
  struct stat about;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &about)) peer_fail("cannot read", path);
  const unsigned char* data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (data == MAP_FAILED) peer_fail("cannot map", path);
  size_t begin = 10 + (size_t)data[8] + 256 * (size_t)data[9];
  *bytes = (size_t)about.st_size - begin;
  *are_bytes = memmem(data, begin, "'|i1'", 5) != NULL;
  return data + begin;
}

/* The input ("x") or the answer ("y") in the form that this engine's model has. */
static const void* numbers(const struct task* task, const char* which, size_t* bytes, int* are_bytes) {
  char ending[32];
  snprintf(ending, sizeof ending, "_float_%s.npy", which);
  if (!peer_floats_only || access(peer_file(task, ending), R_OK))
    snprintf(ending, sizeof ending, "_%s.npy", which);
  return array(peer_file(task, ending), bytes, are_bytes);
}

static void read_input(struct task* task) {
  int are_bytes;
  task->input = numbers(task, "x", &task->input_bytes, &are_bytes);
}

static long peak_kib(void) {
  char line[256];
  long peak = 0;
  FILE* status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &peak);
  if (status) fclose(status);
  return peak;
}

static double at(const void* numbers, int are_bytes, size_t i) {
  return are_bytes ? ((const signed char*)numbers)[i] : ((const float*)numbers)[i];
}

/* The largest difference from the wanted answer, of the largest wanted value. */
static double difference(const struct task* task) {
  int are_bytes;
  size_t bytes, got_bytes;
  const void* want = numbers(task, "y", &bytes, &are_bytes);
  const void* got = peer_output(&got_bytes);
  if (got_bytes != bytes) peer_fail("the output has another size", peer_file(task, "_y.npy"));
  double far = 0, largest = 1e-30;
  for (size_t i = 0; i < bytes / (are_bytes ? 1 : sizeof(float)); i++) {
    double wanted = at(want, are_bytes, i), apart = fabs(at(got, are_bytes, i) - wanted);
    far = apart > far || isnan(apart) ? apart : far;
    largest = fabs(wanted) > largest ? fabs(wanted) : largest;
  }
  return far / largest;
}

static void answer_open(struct task* task) {
  static const double kWarm = 0.6; /* seconds */
  read_input(task);
  double begin = now();
  peer_open(task);
  double opened = now();
  peer_run();
  double first = now();
  double far = difference(task);
  while (now() - opened < kWarm) peer_run();
  fprintf(answers,
          "{\"version\": \"%s\", \"open_s\": %g, \"first_s\": %g, \"difference\": %g, \"peak_bytes\": %ld}\n",
          PEER_VERSION, opened - begin, first - opened, isnan(far) ? 1.0 : far, 1024 * peak_kib());
}

static int ascending(const void* a, const void* b) {
  double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

/* So many calls are timed at once that reading the clock, up to a fifth of a microsecond, costs them nothing.
 */
static int calls_at_once(void) {
  static const double kBlock = 20e-6; /* seconds */
  double begin = now();
  peer_run();
  double once = now() - begin;
  if (once >= kBlock) return 1;
  begin = now();
  for (int i = 0; i < 100; i++) peer_run();
  once = (now() - begin) / 100;
  return once >= kBlock ? 1 : (int)(kBlock / once) + 1;
}

static void answer_run(double seconds) {
  static double* times;
  static size_t room;
  size_t n = 0;
  int calls = calls_at_once();
  for (double total = 0; total < seconds || n == 0; total += calls * times[n++]) {
    if (n == room && !(times = realloc(times, (room = 2 * room + 1024) * sizeof *times)))
      peer_fail("memory", NULL);
    double start = now();
    for (int i = 0; i < calls; i++) peer_run();
    times[n] = (now() - start) / calls;
  }
  qsort(times, n, sizeof *times, ascending);
  double median = n % 2 ? times[n / 2] : (times[n / 2 - 1] + times[n / 2]) / 2;
  double p90 = times[(size_t)(0.9 * (double)(n - 1))], p99 = times[(size_t)(0.99 * (double)(n - 1))];
  fprintf(answers, "{\"median\": %.9g, \"min\": %.9g, \"p90\": %.9g, \"p99\": %.9g, ", median, times[0], p90,
          p99);
  fprintf(answers, "\"runs\": %zu}\n", n);
}

static void once(struct task* task) {
  task->batch = 1;
  read_input(task);
  double begin = now();
  peer_open(task);
  double opened = now();
  peer_run();
  int are_bytes;
  size_t bytes, top = 0;
  numbers(task, "y", &bytes, &are_bytes);
  const void* got = peer_output(&bytes);
  for (size_t i = 1; i < bytes / (are_bytes ? 1 : sizeof(float)); i++)
    top = at(got, are_bytes, i) > at(got, are_bytes, top) ? i : top;
  fprintf(answers, "{\"ready_s\": %g, \"first_s\": %g, \"top\": %zu}\n", opened - begin, now() - begin, top);
  fflush(answers);
  peer_close();
  exit(0); /* without taking the engine down: nobody waits for that */
}

/* As worker.py does: as many processors as there are threads. */
static void pin(int threads) {
  cpu_set_t all, some;
  CPU_ZERO(&some);
  sched_getaffinity(0, sizeof all, &all);
  for (int cpu = 0; cpu < CPU_SETSIZE && threads > 0; cpu++) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &some), threads--;
  }
  sched_setaffinity(0, sizeof some, &some);
}

int main(int count, char** words) {
  if (count < 3) return fprintf(stderr, "usage: %s FOLDER THREADS [once [CACHE]]\n", words[0]), 2;
  struct task task = {.folder = words[1], .threads = atoi(words[2]), .cache = count > 4 ? words[4] : NULL};
  int out = dup(1);
  dup2(2, 1);
  answers = fdopen(out, "w");
  pin(task.threads);
  if (count > 3) once(&task);
  char verb[16];
  for (double value; scanf("%15s %lf", verb, &value) == 2; fflush(answers)) {
    if (!strcmp(verb, "open")) {
      task.batch = (int)value;
      answer_open(&task);
    } else {
      answer_run(value);
    }
  }
  return 0;
}
