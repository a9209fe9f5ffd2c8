/* How fast so many processors together read so many bytes again and again: the ceiling of what is bound by
 * weights.
 *
 * usage: read BYTES THREADS    prints bytes per second, the best of several rounds; each thread reads its own
 * part
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kRounds = 10, kMostThreads = 64, kStep = 512 };
static const double kRound = 0.02; /* seconds */

typedef uint64_t vector __attribute__((vector_size(64)));
struct reader {
  pthread_t thread;
  pthread_barrier_t* start;
  const char* memory;
  size_t bytes;
  int cpu;
  double done[kRounds]; /* bytes per second */
  vector keep;
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static vector pass(const char* memory, size_t bytes) {
  vector sum[kStep / sizeof(vector)] = {0};
  for (size_t at = 0; at < bytes; at += kStep) {
    const vector* from = (const vector*)(memory + at);
#pragma GCC unroll 8
    for (int i = 0; i < (int)(kStep / sizeof(vector)); i++) sum[i] ^= from[i];
  }
  for (int i = 1; i < (int)(kStep / sizeof(vector)); i++) sum[0] ^= sum[i];
  return sum[0];
}

static void* read_part(void* told) {
  struct reader* me = told;
  cpu_set_t mine;
  CPU_ZERO(&mine);
  CPU_SET(me->cpu, &mine);
  sched_setaffinity(0, sizeof mine, &mine);
  for (int round = 0; round < kRounds; round++) {
    double read = 0, took = 0;
    pthread_barrier_wait(me->start);
    for (double begin = now(); took < kRound; took = now() - begin) {
      for (size_t some = 0; some < (1 << 16); some += me->bytes) { /* the clock is to cost nothing */
        me->keep ^= pass(me->memory, me->bytes);
        read += (double)me->bytes;
      }
    }
    me->done[round] = read / took;
  }
  return NULL;
}

int main(int count, char** words) {
  static struct reader readers[kMostThreads];
  int threads = count == 3 ? atoi(words[2]) : 0, next = 0;
  if (threads < 1 || threads > kMostThreads) return fprintf(stderr, "usage: %s BYTES THREADS\n", words[0]), 2;
  size_t part = ((size_t)strtoull(words[1], NULL, 10) / (size_t)threads + kStep) / kStep * kStep;
  char* memory = aligned_alloc(kStep, part * (size_t)threads);
  cpu_set_t all;
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, (unsigned)threads);
  if (!memory || sched_getaffinity(0, sizeof all, &all)) return perror(words[0]), 1;
  memset(memory, 1, part * (size_t)threads);
  for (int i = 0; i < threads; i++, next++) {
    while (next < CPU_SETSIZE && !CPU_ISSET(next, &all)) next++;
    readers[i] =
        (struct reader){.start = &start, .memory = memory + part * (size_t)i, .bytes = part, .cpu = next};
    pthread_create(&readers[i].thread, NULL, read_part, &readers[i]);
  }
  for (int i = 0; i < threads; i++) pthread_join(readers[i].thread, NULL);
  double best = 0;
  for (int round = 0; round < kRounds; round++) {
    double together = 0;
    for (int i = 0; i < threads; i++) together += readers[i].done[round];
    best = together > best ? together : best;
  }
  printf("%.6g\n", best);
  return 0;
}
